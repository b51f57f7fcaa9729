import type { LogRecord } from '../orchestrator/agent/executor.ts';
import { goQueryEscape } from './go-query-escape.ts';

/** Which stream of a multiplexed answer; 3 carries the daemon's own complaint. */
export type StreamNumber = 0 | 1 | 2 | 3;

/**
 * One frame of a multiplexed stream: eight bytes of head, then the payload.
 * @source spec/engine-api.md section 1.9
 */
export function toFrame(stream: StreamNumber, payload: Uint8Array): Buffer {
  const frame = Buffer.allocUnsafe(8 + payload.length);
  frame.writeUInt32BE(stream * 0x1_00_00_00, 0);
  frame.writeUInt32BE(payload.length, 4);
  frame.set(payload, 8);
  return frame;
}

/** How a log's lines are written. */
export interface LogFormat {
  /** False for a TTY: bytes as they are. */
  readonly isFramed: boolean;
  readonly withTimestamps: boolean;
  /** Written before each text, by name; absent: none. */
  readonly details?: Readonly<Record<string, string>> | undefined;
}

/**
 * One log record as clients get it: time, details, text.
 * @source spec/engine-api.md section 8
 */
export function toLogChunk(record: LogRecord, format: LogFormat): Uint8Array {
  const time = format.withTimestamps ? `${padTimestamp(record.timestamp)} ` : '';
  const details = format.details ? `${formatDetails(format.details)} ` : '';
  const head = Buffer.from(`${time}${details}`);
  const payload = head.length > 0 ? Buffer.concat([head, record.data]) : record.data;
  return format.isFramed ? toFrame(record.stream === 'stdout' ? 1 : 2, payload) : payload;
}

/** Log times alone have all nine digits. @source spec/engine-api.md section 1.5 */
export function padTimestamp(timestamp: string): string {
  const match = /^([^.]*?)(?:\.(\d+))?Z$/.exec(timestamp);
  return match ? `${match[1]}.${(match[2] ?? '').padEnd(9, '0')}Z` : timestamp;
}

function formatDetails(details: Readonly<Record<string, string>>): string {
  return Object.keys(details)
    .sort()
    .map((key) => `${goQueryEscape(key)}=${goQueryEscape(details[key] ?? '')}`)
    .join(',');
}
