import { toInstant, type Instant } from '../../base/clock.ts';
import type { NodeId, TaskId } from '../../swarm/object.ts';
import type { DelayedStart } from '../action.ts';
import { hasEnded } from '../reconcile/slots.ts';
import type { StoreView } from '../store/store-view.ts';

/** How long a replacement waits at most for its predecessor to stop. @source spec 14, 25 */
const STOP_WAIT_MS = 60_000;

interface Waiting extends DelayedStart {
  readonly giveUpAt: Instant;
}

/**
 * Replacements that wait: for their delay, then for their predecessor to stop.
 *
 * Data only: asks nobody, tells the earliest instant at which an answer can change by itself.
 */
export class DelayedStarts {
  readonly #byTask = new Map<TaskId, Waiting>();
  /** Waiting tasks by the task they wait for. */
  readonly #byPredecessor = new Map<TaskId, Set<TaskId>>();

  get size(): number {
    return this.#byTask.size;
  }

  has(task: TaskId): boolean {
    return this.#byTask.has(task);
  }

  /** Replaces an earlier delayed start of the same task. */
  add(start: DelayedStart, now: Instant): void {
    this.cancel(start.task);
    this.#byTask.set(start.task, { ...start, giveUpAt: toInstant(now + STOP_WAIT_MS) });
    if (start.waitFor === undefined) return;
    const waiting = this.#byPredecessor.get(start.waitFor);
    if (waiting) waiting.add(start.task);
    else this.#byPredecessor.set(start.waitFor, new Set([start.task]));
  }

  cancel(task: TaskId): void {
    const start = this.#byTask.get(task);
    if (!start) return;
    this.#byTask.delete(task);
    if (start.waitFor === undefined) return;
    const waiting = this.#byPredecessor.get(start.waitFor);
    waiting?.delete(task);
    if (waiting?.size === 0) this.#byPredecessor.delete(start.waitFor);
  }

  /** The tasks that wait for this one. */
  waitingFor(predecessor: TaskId): Iterable<TaskId> {
    return this.#byPredecessor.get(predecessor) ?? [];
  }

  /** The tasks that others wait for. */
  predecessors(): Iterable<TaskId> {
    return this.#byPredecessor.keys();
  }

  /** When a task may start: now, at a later instant, or `undefined` if it does not wait here. */
  dueAt(task: TaskId, view: StoreView): Instant | undefined {
    const start = this.#byTask.get(task);
    if (!start) return undefined;
    const waits = start.waitFor !== undefined && isStopping(start.waitFor, view);
    return waits ? toInstant(Math.max(start.notBefore, start.giveUpAt)) : start.notBefore;
  }
}

/** Whether a task has yet to stop and its node can still tell. */
function isStopping(id: TaskId, view: StoreView): boolean {
  const task = view.get('task', id);
  if (!task || hasEnded(task)) return false;
  return task.NodeID === undefined || isUp(task.NodeID, view);
}

function isUp(id: NodeId, view: StoreView): boolean {
  const node = view.get('node', id);
  return node !== undefined && node.Status.State !== 'down';
}
