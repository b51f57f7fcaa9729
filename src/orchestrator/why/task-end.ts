import { classifyFailure, exitCodeOf, type TaskFailure } from '../../swarm/task-failure.ts';
import type { TaskStatus } from '../../swarm/task.ts';

/** What became of a task that ended. */
export interface TaskEnd extends Omit<TaskFailure, 'class'> {
  readonly class: 'completed' | 'stopped' | TaskFailure['class'];
}

/** Classifies the last status of a task that ended. Pure. @source spec/orchestrator.md 18.4 */
export function explainEnd(status: TaskStatus, memoryBytes?: number): TaskEnd {
  const { State, Err } = status;
  const facts = { ...(Err !== undefined && Err !== '' && { error: Err }), ...exitCodeOf(status) };
  if (State === 'complete') return { class: 'completed', meaning: 'it ended by itself', ...facts };
  if (State === 'shutdown' || State === 'remove') {
    return { class: 'stopped', meaning: 'it was told to stop', ...facts };
  }
  return classifyFailure(status, { memoryBytes });
}
