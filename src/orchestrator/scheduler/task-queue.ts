import type { ServiceId, TaskId } from '../../swarm/object.ts';
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
  /** In order of arrival. */
  readonly #groups = new Set<QueuedGroup>();
  readonly #groupOf = new Map<TaskId, QueuedGroup>();
  /** By service, then spec version: the groups that more tasks may join. */
  readonly #open = new Map<ServiceId, Map<number, QueuedGroup>>();
  readonly #preassigned = new Map<TaskId, PreassignedTask>();

  /** Queues a pending task; false when it is queued already. */
  add(task: StoredTask): boolean {
    if (this.#groupOf.has(task.ID) || this.#preassigned.has(task.ID)) return false;
    if (task.NodeID !== undefined) {
      const entry = { request: requestOf(task), task: task.ID, node: task.NodeID };
      this.#preassigned.set(task.ID, entry);
      return true;
    }
    const group = this.#groupFor(task);
    group.tasks.add(task.ID);
    group.refusedIn = undefined;
    this.#groupOf.set(task.ID, group);
    return true;
  }

  remove(task: TaskId): void {
    const group = this.#groupOf.get(task);
    if (!group) {
      this.#preassigned.delete(task);
      return;
    }
    this.#groupOf.delete(task);
    group.tasks.delete(task);
    if (group.tasks.size === 0) this.#close(group);
  }

  /** Groups worth trying in this room. */
  groupsToTry(room: number): readonly QueuedGroup[] {
    return [...this.#groups].filter((group) => group.refusedIn !== room);
  }

  preassigned(): readonly PreassignedTask[] {
    return [...this.#preassigned.values()];
  }

  /** A task without spec version is a group of its own. @source spec/orchestrator.md 10.4 */
  #groupFor(task: StoredTask): QueuedGroup {
    const { ServiceID, SpecVersion } = task;
    const known =
      SpecVersion === undefined ? undefined : this.#open.get(ServiceID)?.get(SpecVersion);
    if (known) return known;
    const group: QueuedGroup = {
      request: requestOf(task),
      tasks: new Set(),
      refusedIn: undefined,
    };
    this.#groups.add(group);
    if (SpecVersion !== undefined) {
      const versions = this.#open.get(ServiceID) ?? new Map<number, QueuedGroup>();
      this.#open.set(ServiceID, versions.set(SpecVersion, group));
    }
    return group;
  }

  #close(group: QueuedGroup): void {
    const { service, specVersion } = group.request;
    this.#groups.delete(group);
    const versions = this.#open.get(service);
    if (specVersion === undefined || versions?.get(specVersion) !== group) return;
    versions.delete(specVersion);
    if (versions.size === 0) this.#open.delete(service);
  }
}
