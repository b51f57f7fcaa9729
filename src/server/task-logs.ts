import type { LogRecord } from '../orchestrator/agent/executor.ts';
import type { StoredTask } from '../orchestrator/store/stored-object.ts';
import type { ActiveSwarm, Backend } from './backend.ts';
import { toFrame, toLogChunk } from './log-frames.ts';
import type { LogRequest } from './log-query.ts';
import type { AnswerSink } from './route.ts';

/** Whose logs, in which form. */
export interface LogSource {
  readonly executor: Backend['executor'];
  readonly request: LogRequest;
  readonly isFramed: boolean;
  /** Whether `details` names node, service and task; container logs do not. */
  readonly namesTask: boolean;
}

/** Writes the logs of one task until they end, or the client leaves. */
export async function writeTaskLog(
  task: StoredTask,
  source: LogSource,
  sink: AnswerSink,
): Promise<void> {
  const { executor, request, isFramed, namesTask } = source;
  const format = {
    isFramed,
    withTimestamps: request.withTimestamps,
    details: request.withDetails ? detailsOf(task, namesTask) : undefined,
  };
  try {
    // Parity: the tail is counted before the streams are chosen.
    const both = { ...request, stdout: true, stderr: true };
    const records = executor.readLogs(task, request.tail === undefined ? request : both);
    await forEachRecord(records, sink.signal, async (record) => {
      if (request[record.stream]) await sink.write(toLogChunk(record, format));
    });
  } catch (error) {
    const text = `Error grabbing logs: ${error instanceof Error ? error.message : String(error)}\n`;
    await sink.write(isFramed ? toFrame(3, Buffer.from(text)) : text);
  }
}

/**
 * Writes the logs of all tasks of a service, each in order, interleaved as they arrive; when
 * following, those of later tasks too, until the service is gone.
 * @source spec/engine-api.md section 8
 */
export async function writeServiceLog(
  service: StoredTask['ServiceID'],
  { store }: ActiveSwarm,
  source: LogSource,
  sink: AnswerSink,
): Promise<void> {
  const running = new Set<Promise<void>>();
  const seen = new Set<string>();
  const begin = (task: StoredTask): void => {
    if (seen.has(task.ID) || task.NodeID === undefined) return;
    seen.add(task.ID);
    const one = writeTaskLog(task, source, sink).finally(() => running.delete(one));
    running.add(one);
  };
  for (const task of store.view.tasksByService(service)) begin(task);
  if (!source.request.follow) {
    await Promise.all(running);
    return;
  }
  await new Promise<void>((resolve) => {
    const end = (): void => {
      stop();
      resolve();
    };
    const stop = store.watch(({ changes }) => {
      for (const change of changes) {
        if (change.kind === 'task' && change.object?.ServiceID === service) begin(change.object);
        if (change.kind === 'service' && change.old?.ID === service && !change.object) end();
      }
    });
    if (sink.signal.aborted) end();
    else sink.signal.addEventListener('abort', end, { once: true });
  });
}

/** Hands over each record; ends early, and tells the reader so, when the signal is aborted. */
async function forEachRecord(
  records: AsyncIterable<LogRecord>,
  signal: AbortSignal,
  use: (record: LogRecord) => Promise<void>,
): Promise<void> {
  const iterator = records[Symbol.asyncIterator]();
  const gone = new Promise<'gone'>((resolve) => {
    if (signal.aborted) resolve('gone');
    else signal.addEventListener('abort', () => resolve('gone'), { once: true });
  });
  for (;;) {
    const next = await Promise.race([iterator.next(), gone]);
    if (next === 'gone') {
      // Not awaited: a reader may be waiting for a line that never comes.
      void iterator.return?.()?.catch(() => undefined);
      return;
    }
    if (next.done) return;
    await use(next.value);
  }
}

function detailsOf(task: StoredTask, namesTask: boolean): Readonly<Record<string, string>> {
  if (!namesTask) return {};
  return {
    'com.docker.swarm.node.id': task.NodeID ?? '',
    'com.docker.swarm.service.id': task.ServiceID,
    'com.docker.swarm.task.id': task.ID,
  };
}
