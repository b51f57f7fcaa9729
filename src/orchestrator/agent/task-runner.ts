import { toInstant, type Clock } from '../../base/clock.ts';
import { formatTimestamp } from '../../base/timestamp.ts';
import type { TaskId } from '../../swarm/object.ts';
import { taskStateRank } from '../../swarm/task-state.ts';
import type { TaskStatus } from '../../swarm/task.ts';
import type { StoredTask } from '../store/stored-object.ts';
import { checkMounts } from './check-mounts.ts';
import { nextStep, statusAfter, type NextStep } from './advance-task.ts';
import type { Assignment, Cancel, Controller, Executor, StepOutcome } from './executor.ts';

/** Pause before a step that met a passing trouble is tried again. @source spec 18.3 */
const RETRY_MS = 1000;

export interface TaskRunnerOptions {
  readonly clock: Clock;
  readonly executor: Executor;
  /** Gathers what the task refers to; called when the controller is made. */
  readonly resolve: (task: StoredTask) => Assignment;
  readonly report: (task: TaskId, status: TaskStatus) => void;
}

type Work = Exclude<NextStep, { kind: 'rest' }>;

/**
 * Runs one task on its node: one step at a time, as `advance-task.ts` says.
 *
 * Keeps a status of its own. It starts from the stored one and is reported whenever it changes;
 * what managers write over it (REJECTED, ORPHANED) does not keep the node from stopping the task.
 */
export class TaskRunner {
  readonly #options: TaskRunnerOptions;
  #task: StoredTask;
  #status: TaskStatus;
  #controller: Controller | undefined;
  #under: { readonly step: Work; cancel: Cancel } | undefined;
  /** Its end by force is under way: newer wishes wait until it is known how it ended. */
  #isRecovering = false;

  constructor(task: StoredTask, options: TaskRunnerOptions) {
    this.#options = options;
    this.#task = task;
    this.#status = toLocalStatus(task);
  }

  /** Takes the task's newest form and goes on; a new desired state interrupts the step under way. */
  update(task: StoredTask): void {
    this.#task = task;
    if (!this.#isRecovering) this.#advance();
  }

  /** Ends by force what runs of the task, as its engine does after a crash, and tells how it ended. */
  recover(): void {
    const controller = this.#resolve();
    if (!controller) return;
    this.#isRecovering = true;
    const under = { step: END, cancel: (): void => undefined };
    this.#under = under;
    const finish = (outcome: StepOutcome): void => {
      if (this.#under !== under) return;
      if (outcome.kind === 'retry') {
        under.cancel = this.#later(attempt);
        return;
      }
      this.#isRecovering = false;
      this.#under = undefined;
      this.#settle(END, outcome);
      this.#advance();
    };
    const attempt = (): void => {
      under.cancel = controller.terminate((outcome) => {
        if (outcome.kind === 'retry') finish(outcome);
        else if (this.#under === under) under.cancel = controller.wait(finish);
      });
    };
    attempt();
  }

  /** The task is gone from the cluster: nothing of it is to be left. Calls `done` then. */
  remove(done: () => void): void {
    this.#interrupt();
    const controller = this.#resolve();
    if (!controller) {
      done();
      return;
    }
    const attempt = (): void => {
      const under = { step: REMOVE, cancel: (): void => undefined };
      this.#under = under;
      let hasEnded = false;
      const cancel = controller.remove((outcome) => {
        hasEnded = true;
        if (outcome.kind === 'retry') {
          under.cancel = this.#later(attempt);
          return;
        }
        // What could not be removed is swept when the daemon starts next.
        this.stop();
        done();
      });
      if (!hasEnded) under.cancel = cancel;
    };
    attempt();
  }

  /** Lets go of the task and leaves it as it is; gives it as the node knows it. */
  stop(): StoredTask {
    this.#interrupt();
    this.#controller?.close();
    this.#controller = undefined;
    return { ...this.#task, Status: this.#status };
  }

  #advance(): void {
    for (;;) {
      const step = nextStep(this.#task.DesiredState, this.#status.State);
      if (this.#under && step === this.#under.step) return;
      this.#interrupt();
      if (step.kind === 'rest') return;
      const controller = this.#resolve();
      if (!controller) return;
      if (step.kind === 'run') {
        this.#run(controller, step);
        return;
      }
      this.#settle(step, { kind: 'done' });
    }
  }

  #run(controller: Controller, step: Extract<NextStep, { kind: 'run' }>): void {
    const under = { step, cancel: (): void => undefined };
    this.#under = under;
    let hasEnded = false;
    const cancel = controller[step.step]((outcome) => {
      if (this.#under !== under) return;
      hasEnded = true;
      this.#settle(step, outcome);
      if (outcome.kind === 'retry') {
        under.cancel = this.#later(() => this.#run(controller, step));
        return;
      }
      this.#under = undefined;
      this.#advance();
    });
    // A step may end within its own call; then there is nothing left to cancel.
    if (!hasEnded) under.cancel = cancel;
  }

  #settle(step: Work, outcome: StepOutcome): void {
    const timestamp = formatTimestamp(this.#options.clock.now());
    this.#tell(statusAfter(this.#status, step, outcome, timestamp));
  }

  #tell(status: TaskStatus): void {
    this.#status = status;
    this.#options.report(this.#task.ID, status);
  }

  #later(run: () => void): Cancel {
    const { clock } = this.#options;
    return clock.at(toInstant(clock.now() + RETRY_MS), run);
  }

  #interrupt(): void {
    this.#isRecovering = false;
    const under = this.#under;
    this.#under = undefined;
    under?.cancel();
  }

  #resolve(): Controller | undefined {
    if (this.#controller) return this.#controller;
    const { executor, resolve, clock } = this.#options;
    try {
      checkMounts(this.#task.Spec.ContainerSpec?.Mounts ?? []);
      this.#controller = executor.createController(resolve(this.#task));
    } catch (error) {
      if (taskStateRank(this.#status.State) > taskStateRank('running')) return undefined;
      const hadBegun = taskStateRank(this.#status.State) >= taskStateRank('starting');
      this.#tell({
        ...this.#status,
        State: hadBegun ? 'failed' : 'rejected',
        Message: 'resolving controller failed',
        Err: error instanceof Error ? error.message : String(error),
        Timestamp: formatTimestamp(clock.now()),
      });
    }
    return this.#controller;
  }
}

const END: Work = { kind: 'run', step: 'wait', to: 'complete', message: 'finished' };
const REMOVE: Work = { kind: 'run', step: 'remove', to: 'remove', message: 'remove' };

/** Managers' own fields go; a task they threw off its node may still run there. */
function toLocalStatus(task: StoredTask): TaskStatus {
  const { AppliedAt: _, ...status } = task.Status;
  const wasThrownOff = status.State === 'orphaned' || task.Status.Message === THROWN_OFF;
  return wasThrownOff ? { ...status, State: 'running' } : status;
}

const THROWN_OFF = 'task rejected by constraint enforcer';
