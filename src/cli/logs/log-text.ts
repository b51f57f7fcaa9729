import type { ChalkInstance } from 'chalk';
import type { LogRecord } from '../../engine/client.ts';

/** Whose log a record is of, in names. */
export interface LogSubject {
  /** `shop_web`. */
  readonly service: string;
  /** `web.1`; the id when the task is forgotten. */
  readonly task: string;
  /** Hostname, or id. */
  readonly node: string;
}

/** A record with names. */
export interface NamedRecord extends LogRecord, LogSubject {}

/** How lines look. */
export interface LogLook {
  readonly withTimestamps: boolean;
  readonly withPrefix: boolean;
  /** Width of the longest prefix. */
  readonly width: number;
  /** Absent: no colour. */
  readonly color?: ((subject: string) => (text: string) => string) | undefined;
  /** Whether a terminal reads: what tasks write must not drive it, colours aside. */
  readonly isTerminal: boolean;
}

/** `web.1@node-2  | 2026-11-20T10:00:00.000000000Z text`. */
export function logLine(record: NamedRecord, look: LogLook): string {
  const subject = prefixOf(record);
  const paint = look.color?.(subject) ?? ((text: string) => text);
  const prefix = look.withPrefix ? `${paint(`${subject.padEnd(look.width)} |`)} ` : '';
  const time = look.withTimestamps ? `${record.timestamp} ` : '';
  return `${prefix}${time}${look.isTerminal ? withoutControl(record.text) : record.text}\n`;
}

/** `web.1@node-2`. */
export function prefixOf({ task, node }: LogSubject): string {
  return node === '' ? task : `${task}@${node}`;
}

/** One JSON object a line. */
export function logJson(record: NamedRecord): string {
  const { timestamp, service, task, taskId, node, stream, text } = record;
  return `${JSON.stringify({ time: timestamp, service, task, taskId, node, stream, text })}\n`;
}

/** Colours stay, and tabs; what moves the cursor or names windows goes. */
function withoutControl(text: string): string {
  // oxlint-disable-next-line no-control-regex
  return text.replace(/(?!\u001b\[[\d;]*m|\t)\p{Cc}/gu, '');
}

const PALETTE = [
  'cyan',
  'yellow',
  'green',
  'magenta',
  'blue',
  'cyanBright',
  'yellowBright',
] as const;

/** A colour for each subject, in order of appearance. */
export function colorBySubject(
  colors: ChalkInstance,
): (subject: string) => (text: string) => string {
  const chosen = new Map<string, (typeof PALETTE)[number]>();
  return (subject) => {
    const color = chosen.get(subject) ?? PALETTE[chosen.size % PALETTE.length] ?? 'cyan';
    chosen.set(subject, color);
    return colors[color];
  };
}
