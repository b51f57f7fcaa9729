import type { ServiceStatus } from '../swarm/service.ts';
import { taskStateRank } from '../swarm/task-state.ts';
import { isComplete, isOfIteration, isUnderWay } from './reconcile/job-tasks.ts';
import { modeOf } from './reconcile/reconciliation.ts';
import type { StoredService, StoredTask } from './store/stored-object.ts';

/**
 * The counts shown beside a service in lists.
 *
 * Parity: running tasks are counted by observed state alone, so those of a dead node still count
 * and the number may exceed the desired one (Q15).
 * @source swarmkit manager/controlapi/service.go (ListServiceStatuses); spec/orchestrator.md 24.4
 */
export function serviceStatus(service: StoredService, tasks: readonly StoredTask[]): ServiceStatus {
  const mode = modeOf(service);
  const isJob = mode === 'ReplicatedJob' || mode === 'GlobalJob';
  const counted = isJob ? tasks.filter((task) => isOfIteration(task, service)) : tasks;
  return {
    RunningTasks: counted.filter((task) => task.Status.State === 'running').length,
    DesiredTasks: desiredTasks(service, counted),
    CompletedTasks: isJob ? counted.filter(isComplete).length : 0,
  };
}

function desiredTasks(service: StoredService, tasks: readonly StoredTask[]): number {
  const mode = service.Spec.Mode;
  switch (modeOf(service)) {
    case 'Replicated':
      return mode?.Replicated?.Replicas ?? 1;
    case 'Global':
      return tasks.filter((task) => task.DesiredState === 'running').length;
    case 'ReplicatedJob':
      return mode?.ReplicatedJob?.MaxConcurrent ?? 1;
    case 'GlobalJob':
      return tasks.filter((task) => isUnderWay(task) && isRunnable(task)).length;
  }
}

function isRunnable(task: StoredTask): boolean {
  return taskStateRank(task.Status.State) <= taskStateRank('running');
}
