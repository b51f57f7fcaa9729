import type { StoredService, StoredTask } from '../store/stored-object.ts';
import {
  createTask,
  setDesired,
  type Orchestrator,
  type ReconcileFacts,
  type Reconciliation,
} from './reconciliation.ts';
import { hasFailed, isComplete, isOfIteration, isUnderWay } from './job-tasks.ts';
import { hasEnded, slotsOf } from './slots.ts';

/**
 * Replicated jobs: TotalCompletions slots from 0, at most MaxConcurrent at a time.
 *
 * A slot that failed for good keeps its place: it is not run again until the next iteration, and it
 * goes on counting against MaxConcurrent (upstream reruns it when another task happens to end, Q4).
 * @source swarmkit manager/orchestrator/jobs/replicated/reconciler.go; spec/orchestrator.md 8.1
 */
export const replicatedJob: Orchestrator = {
  mode: 'ReplicatedJob',
  reconcile,
  restarts: (task, service) => hasFailed(task) && isOfIteration(task, service),
};

function reconcile(service: StoredService, facts: ReconcileFacts): Reconciliation {
  const mode = service.Spec.Mode?.ReplicatedJob;
  const concurrent = mode?.MaxConcurrent ?? 1;
  const total = mode?.TotalCompletions ?? concurrent;
  const tasks = facts.view.tasksByService(service.ID);
  const old = tasks.filter((task) => !isOfIteration(task, service));
  const slots = slotsOf(facts.view, service.ID)
    .map((slot) => slot.tasks.filter((task) => isOfIteration(task, service)))
    .filter((slot) => slot.length > 0);
  const complete = slots.filter((slot) => slot.some(isComplete));
  const held = slots.filter((slot) => !slot.some(isComplete) && isHeld(slot, service, facts));
  const taken = new Set([...complete, ...held].map((slot) => slot[0]?.Slot));
  const count = Math.min(concurrent - held.length, total - complete.length - held.length);
  const actions = [
    ...setDesired(
      old.filter((task) => !hasEnded(task)),
      'remove',
    ),
    ...freeNumbers(taken, total, count).map((slot) => createTask(service, slot, 'complete', facts)),
  ];
  return { actions };
}

/** Whether a slot has a task under way, or failed for good. */
function isHeld(
  slot: readonly StoredTask[],
  service: StoredService,
  facts: ReconcileFacts,
): boolean {
  if (slot.some(isUnderWay)) return true;
  const newest = slot.filter((task) => task.DesiredState !== 'remove').at(-1);
  return newest !== undefined && !facts.shouldRestart(newest, service);
}

function freeNumbers(
  taken: ReadonlySet<number | undefined>,
  total: number,
  count: number,
): readonly number[] {
  const free: number[] = [];
  for (let number = 0; number < total && free.length < count; number += 1) {
    if (!taken.has(number)) free.push(number);
  }
  return free;
}
