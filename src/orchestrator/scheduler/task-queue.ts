import type { TaskId } from '../../swarm/object.ts';
import type { StoredTask } from '../store/stored-object.ts';
import type { PlacementRequest } from './placement-request.ts';
import type { PreassignedTask } from './schedule.ts';
import { requestOf } from './task-request.ts';

/** Pending tasks that one of them stands for. */
export interface QueuedGroup {
  readonly request: PlacementRequest;
  /** In order of arrival. */
  readonly tasks: Set<TaskId>;
  /** The room (`NodeSet.room`) in which all its tasks were refused; undefined when one is untried. */
  refusedIn: number | undefined;
}

/**
 * The tasks that wait for a node: groups in order of arrival, and those born with a node.
 *
 * Deviates: SwarmKit takes groups in random order, so that luck decides under scarcity; here who
 * came first is served first. See D-0031.
 * @source swarmkit manager/scheduler/scheduler.go (unassignedTasks, pendingPreassignedTasks)
 */
export class TaskQueue {
  readonly #groups = new Map<string, QueuedGroup>();
  readonly #groupOf = new Map<TaskId, string>();
  readonly #preassigned = new Map<TaskId, PreassignedTask>();

  /** Queues a pending task; false when it is queued already. */
  add(task: StoredTask): boolean {
    if (this.has(task.ID)) return false;
    if (task.NodeID !== undefined) {
      const entry = { request: requestOf(task), task: task.ID, node: task.NodeID };
      this.#preassigned.set(task.ID, entry);
      return true;
    }
    const key = groupKey(task);
    const group = this.#groups.get(key) ?? {
      request: requestOf(task),
      tasks: new Set(),
      refusedIn: undefined,
    };
    group.tasks.add(task.ID);
    group.refusedIn = undefined;
    this.#groups.set(key, group);
    this.#groupOf.set(task.ID, key);
    return true;
  }

  has(task: TaskId): boolean {
    return this.#groupOf.has(task) || this.#preassigned.has(task);
  }

  remove(task: TaskId): void {
    this.#preassigned.delete(task);
    const key = this.#groupOf.get(task);
    if (key === undefined) return;
    this.#groupOf.delete(task);
    const group = this.#groups.get(key);
    group?.tasks.delete(task);
    if (group?.tasks.size === 0) this.#groups.delete(key);
  }

  /** Groups worth trying in this room. */
  groupsToTry(room: number): readonly QueuedGroup[] {
    return [...this.#groups.values()].filter((group) => group.refusedIn !== room);
  }

  preassigned(): readonly PreassignedTask[] {
    return [...this.#preassigned.values()];
  }
}

/** A task without spec version is a group of its own. @source spec/orchestrator.md 10.4 */
function groupKey(task: StoredTask): string {
  if (task.SpecVersion === undefined) return task.ID;
  return `${task.ServiceID}@${task.SpecVersion}`;
}
