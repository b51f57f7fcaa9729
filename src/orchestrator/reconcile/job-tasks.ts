import { taskStateRank } from '../../swarm/task-state.ts';
import type { StoredService, StoredTask } from '../store/stored-object.ts';

const COMPLETE = taskStateRank('complete');

/** Whether a task belongs to the job's present run. */
export function isOfIteration(task: StoredTask, service: StoredService): boolean {
  return (task.JobIteration?.Index ?? 0) === (service.JobStatus?.JobIteration.Index ?? 0);
}

/** Whether a job task did its work. */
export function isComplete(task: StoredTask): boolean {
  return task.Status.State === 'complete';
}

/** Whether a job task still counts as under way: waiting, running, or failed and not yet judged. */
export function isUnderWay(task: StoredTask): boolean {
  return !isComplete(task) && taskStateRank(task.DesiredState) <= COMPLETE;
}

/** Whether a job task is meant to go on; a completed one keeps desired state COMPLETE. */
export function isWantedByJob(task: StoredTask): boolean {
  return taskStateRank(task.DesiredState) <= COMPLETE;
}

/** Whether a job task ended without doing its work. */
export function hasFailed(task: StoredTask): boolean {
  return taskStateRank(task.Status.State) > COMPLETE;
}
