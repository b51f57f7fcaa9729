import { sleepUntil, toInstant } from '../../base/clock.ts';
import type { Assignment, ContainerFacts } from '../../orchestrator/agent/executor.ts';
import type { PromiseController } from '../../orchestrator/agent/promise-controller.ts';
import { exitError, startError } from '../exit.ts';
import { parseSignal } from '../stop-signal.ts';
import type { ProcessTask } from './process-task.ts';

/** Grace period of a service that sets none, ms; docker's. */
const DEFAULT_GRACE_MS = 10_000;
const DEFAULT_SIGNAL = 15;

/**
 * Runs one task as processes of this machine.
 *
 * It keeps nothing: what there is of the task is asked of its directory and its processes, so any
 * step may be the first.
 */
export function createProcessController(
  assignment: Assignment,
  task: ProcessTask,
): PromiseController {
  return {
    prepare: async () => {
      await task.prepare();
      return task.facts();
    },
    start: (signal) => start(task, signal),
    wait: (signal) => waitFor(task, signal),
    shutdown: (signal) => shutdown(assignment, task, signal),
    terminate: async () => {
      await task.settle();
      await stopNow(task);
      return task.facts();
    },
    remove: async () => {
      await task.settle();
      await stopNow(task);
      // What escaped the last look, e.g. between a fork and what it became.
      await task.processes.kill();
      await task.remove();
    },
    close: () => undefined,
  };
}

async function start(task: ProcessTask, signal: AbortSignal): Promise<ContainerFacts> {
  await task.attach();
  if (!task.isPrepared) throw startError('nothing of the task is left on this machine');
  signal.throwIfAborted();
  if (task.processes.state.kind === 'new') await task.launch();
  const health = task.watchHealth();
  if (health) {
    await untilAborted(
      signal,
      Promise.race([health.until(['healthy', 'unhealthy']), task.processes.exited]),
    );
    if (health.status === 'unhealthy') return failUnhealthy(task);
  }
  const { state } = task.processes;
  if (state.kind === 'ended' && state.code !== 0) {
    throw exitError({ code: state.code, isUnhealthy: false }, task.facts());
  }
  return task.facts();
}

async function waitFor(task: ProcessTask, signal: AbortSignal): Promise<ContainerFacts> {
  await task.attach();
  if (task.processes.state.kind === 'new') {
    throw startError('nothing of the task runs on this machine', task.facts());
  }
  const health = task.watchHealth();
  const unhealthy = health?.until(['unhealthy']).then(() => 'unhealthy' as const);
  const ends = [task.processes.exited, ...(unhealthy ? [unhealthy] : [])];
  const end = await untilAborted(signal, Promise.race(ends));
  if (end === 'unhealthy') return failUnhealthy(task);
  if (end !== 0) throw exitError({ code: end, isUnhealthy: false }, task.facts());
  return task.facts();
}

async function shutdown(
  { task: { ID: id }, container }: Assignment,
  task: ProcessTask,
  signal: AbortSignal,
): Promise<ContainerFacts> {
  await task.settle();
  if (task.processes.state.kind !== 'running') return task.facts();
  await task.drain(id, signal);
  signal.throwIfAborted();
  await stop(task, {
    signal: parseSignal(container.StopSignal ?? '') ?? DEFAULT_SIGNAL,
    graceMs: graceMs(container.StopGracePeriod),
  });
  return task.facts();
}

/** Whole seconds, as the Engine API has it. @source spec/orchestrator.md 18.4 */
function graceMs(ns: number | undefined): number {
  return ns === undefined ? DEFAULT_GRACE_MS : Math.floor(ns / 1e9) * 1000;
}

async function stop(
  task: ProcessTask,
  { signal, graceMs }: { readonly signal: number; readonly graceMs: number },
): Promise<void> {
  task.stopHealth();
  const { processes, clock } = task;
  if (graceMs > 0 && processes.signal(signal)) {
    const wait = new AbortController();
    const grace = sleepUntil(clock, toInstant(clock.now() + graceMs), wait.signal);
    await Promise.race([processes.exited, grace.catch(() => undefined)]);
    wait.abort();
  }
  await stopNow(task);
}

async function stopNow(task: ProcessTask): Promise<void> {
  task.stopHealth();
  if (task.processes.state.kind === 'running') {
    await task.processes.kill();
    await task.processes.exited;
  }
}

async function failUnhealthy(task: ProcessTask): Promise<never> {
  const { container } = task.assignment;
  await stop(task, {
    signal: parseSignal(container.StopSignal ?? '') ?? DEFAULT_SIGNAL,
    graceMs: graceMs(container.StopGracePeriod),
  });
  const { state } = task.processes;
  const code = state.kind === 'ended' ? state.code : 0;
  throw exitError({ code, isUnhealthy: true }, task.facts());
}

/** A step that was given up must not hold on to what it waits for. */
async function untilAborted<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  signal.throwIfAborted();
  let abort = (): void => undefined;
  const aborted = new Promise<never>((_, reject) => {
    abort = () => reject(new Error('given up'));
    signal.addEventListener('abort', abort, { once: true });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
