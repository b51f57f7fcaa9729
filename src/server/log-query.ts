import { httpError } from './http-errors.ts';
import type { Query } from './query.ts';
import { parseQueryTime } from './time-stamp.ts';

/** What a log request asks for. */
export interface LogRequest {
  readonly stdout: boolean;
  readonly stderr: boolean;
  readonly follow: boolean;
  readonly withTimestamps: boolean;
  readonly withDetails: boolean;
  /** Last lines of each task, before the streams are chosen; absent: all. */
  readonly tail: number | undefined;
  readonly sinceMs: number | undefined;
}

const NS_PER_MS = 1_000_000n;

/** @throws HttpError with the engine's statuses and texts @source spec/engine-api.md section 8 */
export function readLogQuery(query: Query): LogRequest {
  const stdout = query.flag('stdout');
  const stderr = query.flag('stderr');
  if (!stdout && !stderr) {
    throw httpError('internal', 'Bad parameters: you must choose at least one stream');
  }
  const since = parseQueryTime(query.text('since'), 'could not parse since timestamp: ');
  return {
    stdout,
    stderr,
    follow: query.flag('follow'),
    withTimestamps: query.flag('timestamps'),
    withDetails: query.flag('details'),
    tail: readTail(query.text('tail') ?? ''),
    sinceMs: since === undefined || since === 0n ? undefined : Number(since / NS_PER_MS),
  };
}

function readTail(text: string): number | undefined {
  if (text === '' || text === 'all') return undefined;
  if (!/^[+-]?\d{1,15}$/.test(text)) {
    throw httpError('internal', 'tail value must be a positive integer or "all"');
  }
  if (Number(text) < 0) throw httpError('internal', 'negative tail values not supported');
  return Number(text);
}
