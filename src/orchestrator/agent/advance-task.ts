import type { Timestamp } from '../../swarm/object.ts';
import { taskStateRank, type TaskState } from '../../swarm/task-state.ts';
import type { TaskStatus } from '../../swarm/task.ts';
import type { StepName, StepOutcome } from './executor.ts';

/** What a node does next for one task. */
export type NextStep =
  /** Nothing, until the desired state changes. */
  | { readonly kind: 'rest' }
  /** A move that needs no work. */
  | { readonly kind: 'move'; readonly to: TaskState; readonly message: string }
  /** Work; when it is done the task moves on. */
  | {
      readonly kind: 'run';
      readonly step: StepName;
      readonly to: TaskState;
      readonly message: string;
    };

/** Steps by the observed state they belong to. @source spec/orchestrator.md 18.3 */
const WORK: Partial<Record<TaskState, NextStep>> = {
  preparing: { kind: 'run', step: 'prepare', to: 'ready', message: 'prepared' },
  starting: { kind: 'run', step: 'start', to: 'running', message: 'started' },
  running: { kind: 'run', step: 'wait', to: 'complete', message: 'finished' },
};

const MOVES: Partial<Record<TaskState, NextStep>> = {
  assigned: { kind: 'move', to: 'accepted', message: 'accepted' },
  accepted: { kind: 'move', to: 'preparing', message: 'preparing' },
  ready: { kind: 'move', to: 'starting', message: 'starting' },
};

const STOP: NextStep = { kind: 'run', step: 'shutdown', to: 'shutdown', message: 'shutdown' };
const REST: NextStep = { kind: 'rest' };

/**
 * Chooses what a node does next for a task. Pure; one step at a time.
 * @source swarmkit agent/exec/controller.go (Do); spec/orchestrator.md 18.3
 */
export function nextStep(desired: TaskState, observed: TaskState): NextStep {
  const wanted = taskStateRank(desired);
  const state = taskStateRank(observed);
  if (wanted >= taskStateRank('shutdown')) {
    return state >= taskStateRank('complete') ? REST : STOP;
  }
  if (state > wanted) return REST;
  const work = WORK[observed];
  if (work) return work;
  // This is what holds a prepared task until it is released.
  if (state >= wanted) return REST;
  return MOVES[observed] ?? REST;
}

/**
 * The status after a step.
 *
 * A success clears the error. A failure keeps the message of the step before, so that a task that
 * exited shows `started` beside its exit code; it is REJECTED if the task had not begun to start.
 * @source spec/orchestrator.md section 4 (messages), 18.3
 */
export function statusAfter(
  status: TaskStatus,
  step: Exclude<NextStep, { kind: 'rest' }>,
  outcome: StepOutcome,
  timestamp: Timestamp,
): TaskStatus {
  const { Err: _, ...former } = status;
  if (outcome.kind === 'retry') return { ...former, Err: outcome.error, Timestamp: timestamp };
  const facts = { ...former, ...outcome.facts, Timestamp: timestamp };
  if (outcome.kind === 'done') return { ...facts, State: step.to, Message: step.message };
  const hadBegun = taskStateRank(status.State) >= taskStateRank('starting');
  return { ...facts, State: hadBegun ? 'failed' : 'rejected', Err: outcome.error };
}
