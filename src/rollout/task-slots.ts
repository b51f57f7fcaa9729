import type { JsonValue } from '../base/brand.ts';
import { compareStrings } from '../base/compare.ts';
import { isEqual } from '../plan/diff.ts';
import type { Node } from '../swarm/node.ts';
import type { Service, TaskSpec } from '../swarm/service.ts';
import { isTerminal, taskStateRank } from '../swarm/task-state.ts';
import type { Task } from '../swarm/task.ts';

/** A position of a service and the tasks that hold or held it. */
export interface Slot {
  /** `1`…`n`; the node id for global services. */
  readonly key: string;
  /** Tasks of the current spec (jobs: of the current run), newest first. */
  readonly current: readonly Task[];
  /** All tasks, newest first. */
  readonly all: readonly Task[];
}

/**
 * A service's tasks by slot, sorted by slot number (jobs count from 0) or node id.
 *
 * Slots whose tasks are all being removed (a service scaled down) are left out.
 */
export function slotsOf(service: Service, tasks: readonly Task[]): readonly Slot[] {
  const byKey = new Map<string, Task[]>();
  for (const task of tasks) {
    if (task.ServiceID !== service.ID) continue;
    const key = slotKey(service, task);
    byKey.set(key, [...(byKey.get(key) ?? []), task]);
  }
  return [...byKey]
    .sort(([a], [b]) => Number(a) - Number(b) || compareStrings(a, b))
    .map(([key, all]) => {
      const sorted = all.sort((a, b) => compareStrings(b.CreatedAt, a.CreatedAt));
      return { key, all: sorted, current: sorted.filter((task) => isCurrent(service, task)) };
    })
    .filter((slot) => slot.all.some((task) => task.DesiredState !== 'remove'));
}

function slotKey(service: Service, task: Task): string {
  const mode = service.Spec.Mode;
  if (mode?.Global || mode?.GlobalJob) return task.NodeID ?? '';
  return String(task.Slot ?? 0);
}

/**
 * Whether a task belongs to what the service asks for now.
 *
 * Jobs: of the current run. Else: its spec is the service's, placement aside (a task that only
 * differs there is left alone while its node fits).
 * @source spec/orchestrator.md sections 8, 13.3
 */
function isCurrent(service: Service, task: Task): boolean {
  if (service.JobStatus) {
    return (task.JobIteration?.Index ?? 0) === (service.JobStatus.JobIteration.Index ?? 0);
  }
  return isEqual(
    comparable(task.Spec) as JsonValue,
    comparable(service.Spec.TaskTemplate) as JsonValue,
  );
}

/**
 * Without placement; without Runtime, which engines put into services and leave out of tasks; without
 * ForceUpdate, which no deploy changes: who does has the engine update, and that is waited for.
 */
function comparable(spec: TaskSpec): Omit<TaskSpec, 'Placement' | 'Runtime' | 'ForceUpdate'> {
  const { Placement: _placement, Runtime: _runtime, ForceUpdate: _force, ...rest } = spec;
  return rest;
}

/** Whether the orchestrator still wants the task, on a node that answers. */
export function isWanted(task: Task, nodes: ReadonlyMap<string, Node>): boolean {
  if (taskStateRank(task.DesiredState) > taskStateRank('complete')) return false;
  return nodes.get(task.NodeID ?? '')?.Status.State !== 'down';
}

/** The task that runs in a slot with the declared spec, if one does. */
export function runningTask(slot: Slot, nodes: ReadonlyMap<string, Node>): Task | undefined {
  return slot.current.find((task) => task.Status.State === 'running' && isWanted(task, nodes));
}

/** The task to show for a slot: one that is wanted before one that has ended, newest first. */
export function shownTask(slot: Slot, nodes: ReadonlyMap<string, Node>): Task | undefined {
  const wanted = slot.all.filter((task) => isWanted(task, nodes) && !isTerminal(task.Status.State));
  return wanted.find((task) => slot.current.includes(task)) ?? wanted[0] ?? slot.all[0];
}
