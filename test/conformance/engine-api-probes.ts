import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** Recorded from the real engine; beside the repository, not in it. */
export const RECORDINGS = resolve(import.meta.dirname, '../../../shared/conformance/engine-api');

/** One recorded request and its answer. @source conformance/engine-api/README.md */
export interface Probe {
  readonly name: string;
  readonly method: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly status: number;
  readonly resHeaders?: Readonly<Record<string, string>>;
  readonly json?: unknown;
  readonly text?: string;
  readonly base64?: string;
  readonly streaming?: boolean;
}

/** The recorded probes in order; undefined when the recordings are not there. */
export function loadProbes(): readonly Probe[] | undefined {
  const file = join(RECORDINGS, 'probes.json');
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Probe[]) : undefined;
}

/** Ids of the recording, and those of the same objects here. */
export class IdMap {
  readonly #ids = new Map<string, string>();

  /** Learns ids by walking two answers of one shape. */
  learn(recorded: unknown, given: unknown): void {
    if (typeof recorded === 'string' && typeof given === 'string') {
      if (ID.test(recorded) && ID.test(given)) this.#ids.set(recorded, given);
    } else if (Array.isArray(recorded) && Array.isArray(given)) {
      for (const [at, one] of recorded.entries()) {
        const name = nameOf(one);
        const same = given.find((other) => name !== undefined && nameOf(other) === name);
        this.learn(one, same ?? given[at]);
      }
    } else if (isObject(recorded) && isObject(given)) {
      for (const [key, one] of Object.entries(recorded)) {
        if (key !== 'JoinTokens' && key !== 'TLSInfo') this.learn(one, given[key]);
      }
    }
  }

  /** A text of the recording in the terms of here. */
  translate(text: string): string {
    const pairs = [...this.#ids].flatMap(([old, id]) => [
      [old, id] as const,
      [`${old.slice(0, 8)}%22`, `${id.slice(0, 8)}%22`] as const,
    ]);
    return pairs.reduce((kept, [old, id]) => kept.replaceAll(old, id), text);
  }
}

const ID = /^[0-9a-z]{25}$|^[0-9a-f]{64}$/;

/** Lists come in different orders: what they hold is told apart by name. */
function nameOf(value: unknown): string | undefined {
  if (!isObject(value)) return undefined;
  const { Name, Spec } = value;
  if (typeof Name === 'string') return Name;
  return isObject(Spec) && typeof Spec['Name'] === 'string' ? Spec['Name'] : undefined;
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Members that each cluster has of its own, or that are maps of the user's. */
const OPEN: ReadonlySet<string> = new Set(['Labels', 'Options', 'Details', 'TLSInfo', 'Plugins']);

/** Where two values differ in shape: kinds, and the names of members. */
export function shapeDifferences(recorded: unknown, given: unknown, at = ''): string[] {
  if (Array.isArray(recorded) && Array.isArray(given)) {
    if (recorded.length > 0 && given.length === 0) return [`${at}: empty list`];
    if (recorded.length === 0 || given.length === 0) return [];
    const name = nameOf(recorded[0]);
    const same = given.find((one) => name !== undefined && nameOf(one) === name);
    return shapeDifferences(recorded[0], same ?? given[0], `${at}[0]`);
  }
  if (isObject(recorded) && isObject(given)) {
    const missing = Object.keys(recorded).filter((key) => !(key in given));
    const extra = Object.keys(given).filter((key) => !(key in recorded));
    return [
      ...missing.map((key) => `${at}.${key}: missing`),
      ...extra.map((key) => `${at}.${key}: not in the recording`),
      ...Object.entries(recorded)
        .filter(([key]) => key in given && !OPEN.has(key))
        .flatMap(([key, one]) => shapeDifferences(one, given[key], `${at}.${key}`)),
    ];
  }
  const kind = (value: unknown): string =>
    value === null ? 'null' : Array.isArray(value) ? 'list' : typeof value;
  return kind(recorded) === kind(given)
    ? []
    : [`${at}: ${kind(given)} in place of ${kind(recorded)}`];
}
