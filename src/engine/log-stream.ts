import { EngineError } from '../base/errors.ts';
import type { LogRecord } from './client.ts';

/** One frame of a multiplexed stream. */
export interface LogFrame {
  /** `system` carries the engine's own complaint. */
  readonly stream: 'stdout' | 'stderr' | 'system';
  readonly data: Uint8Array;
}

const HEADER_BYTES = 8;
const STREAMS = ['stdout', 'stdout', 'stderr', 'system'] as const;
const NEWLINE = 10;

/**
 * The frames of a multiplexed body: stream, three zeros, length in 4 bytes, data.
 *
 * Ends early, with a `system` frame that says so, when the body ends inside a frame.
 * @source Engine API, ContainerAttach; spec/engine-api.md 1.9
 */
export async function* readFrames(body: AsyncIterable<Uint8Array>): AsyncGenerator<LogFrame> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of body) {
    rest = rest.length === 0 ? Buffer.from(chunk) : Buffer.concat([rest, chunk]);
    while (rest.length >= HEADER_BYTES) {
      const end = HEADER_BYTES + rest.readUInt32BE(4);
      if (rest.length < end) break;
      yield { stream: STREAMS[rest[0] ?? 1] ?? 'stdout', data: rest.subarray(HEADER_BYTES, end) };
      rest = rest.subarray(end);
    }
  }
  if (rest.length > 0) yield { stream: 'system', data: Buffer.from('the stream was cut short') };
}

/** Lines of a body that is not multiplexed (a TTY). */
async function* readLines(body: AsyncIterable<Uint8Array>): AsyncGenerator<LogFrame> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of body) {
    rest = Buffer.concat([rest, chunk]);
    for (let end = rest.indexOf(NEWLINE); end >= 0; end = rest.indexOf(NEWLINE)) {
      yield { stream: 'stdout', data: rest.subarray(0, end + 1) };
      rest = rest.subarray(end + 1);
    }
  }
  if (rest.length > 0) yield { stream: 'stdout', data: rest };
}

/**
 * The records of a service's or task's log, as they come.
 *
 * Expects `timestamps` and `details` to have been asked for.
 * @throws EngineError with the engine's complaint, when it has one: a node that does not answer
 * @source spec/engine-api.md section 8; spec/orchestrator.md 18.5
 */
export async function* readLogRecords(
  body: AsyncIterable<Uint8Array>,
  { path, hasTerminal }: { readonly path: string; readonly hasTerminal: boolean },
): AsyncGenerator<LogRecord> {
  for await (const { stream, data } of hasTerminal ? readLines(body) : readFrames(body)) {
    const text = Buffer.from(data)
      .toString('utf8')
      .replace(/\r?\n$/, '');
    if (stream === 'system') {
      throw new EngineError(text, { kind: 'unavailable', method: 'GET', path, code: 'log-cut' });
    }
    yield toRecord(stream, text);
  }
}

const NODE = 'com.docker.swarm.node.id=';
const TASK = 'com.docker.swarm.task.id=';

/** `TIME DETAILS TEXT`; details are `name=value`, joined by commas, and hold no blank. */
function toRecord(stream: 'stdout' | 'stderr', line: string): LogRecord {
  const [timestamp = '', details = ''] = line.split(' ', 2);
  const text = line.slice(Math.min(line.length, timestamp.length + details.length + 2));
  const parts = details.split(',');
  const valueOf = (name: string): string =>
    parts.find((one) => one.startsWith(name))?.slice(name.length) ?? '';
  return { stream, timestamp, nodeId: valueOf(NODE), taskId: valueOf(TASK), text };
}
