import { StepError } from '../orchestrator/agent/promise-controller.ts';
import type { ContainerFacts } from '../orchestrator/agent/executor.ts';

/** How what ran a task ended. */
export interface Exit {
  readonly code: number;
  /** It was stopped because its health check had failed for good. */
  readonly isUnhealthy: boolean;
}

/** Exit code of what was killed by SIGKILL. */
export const KILLED = 137;

/** Exit code of what ended while nobody could see it, as the Docker Engine reports it. */
export const LOST = 255;

/**
 * The error that tells of an exit, with the text that users read.
 * @source moby daemon/cluster/executor/container/errors.go; spec/orchestrator.md 18.4
 */
export function exitError(exit: Exit, facts: ContainerFacts): StepError {
  const because = exit.isUnhealthy ? ': dockerexec: unhealthy container' : '';
  return new StepError(`task: non-zero exit (${exit.code})${because}`, facts);
}

/** The error of a start that did not succeed. @source spec/orchestrator.md 18.4 */
export function startError(reason: string, facts: ContainerFacts = {}): StepError {
  return new StepError(`starting container failed: ${reason}`, facts);
}
