import type { Instant } from '../../base/clock.ts';
import { compareStrings } from '../../base/compare.ts';
import { parseTimestamp } from '../../base/timestamp.ts';
import type { ServiceId } from '../../swarm/object.ts';
import { taskStateRank } from '../../swarm/task-state.ts';
import { slotKeyOf, type SlotKey, type StoreView } from '../store/store-view.ts';
import type { StoredService, StoredTask } from '../store/stored-object.ts';

/** Whether the restart policy would bring a stopped task back; the restart supervisor knows. */
export type ShouldRestart = (task: StoredTask, service: StoredService) => boolean;

/** The tasks of one slot that matter now, oldest first. */
export interface Slot {
  readonly key: SlotKey;
  readonly tasks: readonly StoredTask[];
}

const RUNNING = taskStateRank('running');

/** Whether a task of a service (not a job) is meant to run, now or after a delay. */
export function isWanted(task: StoredTask): boolean {
  return taskStateRank(task.DesiredState) <= RUNNING;
}

/** Whether a task has ended, by observation. */
export function hasEnded(task: StoredTask): boolean {
  return taskStateRank(task.Status.State) > RUNNING;
}

/** When the task got its status: by the manager's clock, else by the agent's, else never. */
export function statusInstant(task: StoredTask): Instant {
  const { AppliedAt, Timestamp } = task.Status;
  return AppliedAt ?? parseTimestamp(Timestamp ?? '') ?? (0 as Instant);
}

/** Orders tasks by the instant of their status, then by creation. */
export function byStatusInstant(a: StoredTask, b: StoredTask): number {
  return statusInstant(a) - statusInstant(b) || a.CreationIndex - b.CreationIndex;
}

/** Slots in their written order: by number, or by node id. */
export function compareSlots(a: SlotKey, b: SlotKey): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  return compareStrings(String(a), String(b));
}

/** All tasks of a service by slot, history included; slots ascending, tasks oldest first. */
export function slotsOf(view: StoreView, service: ServiceId): readonly Slot[] {
  const slots = new Map<SlotKey, StoredTask[]>();
  for (const task of view.tasksByService(service)) {
    const key = slotKeyOf(task);
    const tasks = slots.get(key);
    if (tasks) tasks.push(task);
    else slots.set(key, [task]);
  }
  return [...slots]
    .map(([key, tasks]) => ({ key, tasks }))
    .sort((a, b) => compareSlots(a.key, b.key));
}

/**
 * The tasks of a slot that an update works on: the wanted ones; failing those, the newest task if
 * it finished for good, so that it keeps its slot and still gets new versions.
 *
 * Deviates: a task on its way to removal never counts as finished (upstream would let it hold its
 * slot under restart condition `none`): D-0050.
 * @source swarmkit manager/orchestrator/restart/restart.go UpdatableTasksInSlot
 */
export function updatableTasks(
  tasks: readonly StoredTask[],
  service: StoredService,
  shouldRestart: ShouldRestart,
): readonly StoredTask[] {
  const wanted = tasks.filter(isWanted);
  if (wanted.length > 0 || service.UpdateStatus?.State === 'rollback_started') return wanted;
  const newest = tasks
    .filter((task) => task.DesiredState !== 'remove')
    .sort(byStatusInstant)
    .at(-1);
  return newest && !shouldRestart(newest, service) ? [newest] : [];
}
