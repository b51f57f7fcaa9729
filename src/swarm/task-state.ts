/**
 * Task states in order; only the order matters, and a task never goes back.
 * @source swarmkit api/types.proto TaskState; spec/orchestrator.md section 4
 */
export const TASK_STATES = [
  'new',
  'allocated',
  'pending',
  'assigned',
  'accepted',
  'preparing',
  'ready',
  'starting',
  'running',
  'complete',
  'shutdown',
  'failed',
  'rejected',
  'remove',
  'orphaned',
] as const;

export type TaskState = (typeof TASK_STATES)[number];

const RANKS: Readonly<Record<string, number>> = Object.fromEntries(
  TASK_STATES.map((state, rank) => [state, rank]),
);

/** Position of a state in the order; unknown words (a newer engine) rank lowest. */
export function taskStateRank(state: TaskState): number {
  return RANKS[state] ?? -1;
}

/** Whether a task in this observed state has ended. */
export function isTerminal(state: TaskState): boolean {
  return taskStateRank(state) > taskStateRank('running');
}
