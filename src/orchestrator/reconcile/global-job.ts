import type { Action } from '../action.ts';
import type { StoredNode, StoredService, StoredTask } from '../store/stored-object.ts';
import {
  createTask,
  isInvalidNode,
  setDesired,
  type Orchestrator,
  type ReconcileFacts,
  type Reconciliation,
} from './reconciliation.ts';
import { hasFailed, isComplete, isOfIteration, isWantedByJob } from './job-tasks.ts';
import { meetsConstraints } from './task-dirty.ts';

/**
 * Global jobs: one completed task per iteration on every node that matches.
 *
 * Deviates: a node that becomes available later gets its task at once; upstream waits until
 * something else of the job stirs (Q3).
 * @source swarmkit manager/orchestrator/jobs/global/reconciler.go; spec/orchestrator.md 8.2
 */
export const globalJob: Orchestrator = {
  mode: 'GlobalJob',
  reconcile,
  restarts: (task, service, facts) => {
    const node = task.NodeID && facts.view.get('node', task.NodeID);
    return hasFailed(task) && isOfIteration(task, service) && !isInvalidNode(node || undefined);
  },
  onNode,
};

function reconcile(service: StoredService, facts: ReconcileFacts): Reconciliation {
  const old = facts.view.tasksByService(service.ID).filter((task) => !isOfIteration(task, service));
  const nodes = facts.view.list('node').flatMap((node) => onNode(node, service, facts));
  return { actions: [...setDesired(old, 'remove'), ...nodes] };
}

function onNode(
  node: StoredNode,
  service: StoredService,
  facts: ReconcileFacts,
): readonly Action[] {
  if (!meetsConstraints(service, node)) return [];
  const tasks = facts.view
    .tasksBySlot(service.ID, node.ID)
    .filter((task) => isOfIteration(task, service));
  if (isInvalidNode(node)) {
    const unfinished = tasks.filter((task) => !isComplete(task) && isWantedByJob(task));
    return setDesired(unfinished, 'shutdown');
  }
  if (node.Status.State !== 'ready' || node.Spec.Availability !== 'active') return [];
  if (tasks.some(isWantedByJob) || hasFailedForGood(tasks, service, facts)) return [];
  return [createTask(service, node.ID, 'complete', facts)];
}

function hasFailedForGood(
  tasks: readonly StoredTask[],
  service: StoredService,
  facts: ReconcileFacts,
): boolean {
  const newest = tasks.filter((task) => task.DesiredState !== 'remove').at(-1);
  return newest !== undefined && hasFailed(newest) && !facts.shouldRestart(newest, service);
}
