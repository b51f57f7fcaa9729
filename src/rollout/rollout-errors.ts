import {
  CancelledError,
  EngineError,
  EXIT_CODE,
  UserError,
  type ExitCode,
} from '../base/errors.ts';
import type { Refusal } from '../plan/plan.ts';
import type { StepKind } from './events.ts';

/** A step as errors name it. */
export interface NamedStep {
  readonly kind: StepKind;
  readonly name: string;
}

/** The plan cannot be carried out; nothing was written. Exit 4. */
export class PreflightError extends UserError {
  override readonly name = 'PreflightError';
  readonly refusals: readonly Refusal[];

  constructor(refusals: readonly Refusal[]) {
    const hints = new Set(refusals.flatMap((one) => (one.hint === undefined ? [] : [one.hint])));
    super(refusals.map((one) => one.message).join('\n'), {
      code: refusals[0]?.code ?? 'preflight',
      exitCode: EXIT_CODE.preflight,
      hint: [...hints].join('; ') || undefined,
    });
    this.refusals = refusals;
  }
}

/** The cluster is not as it was when the plan was made; nothing was written. Exit 8. */
export class PlanMovedError extends UserError {
  override readonly name = 'PlanMovedError';

  /** @param moved - phrases, as `movedSince` gives them */
  constructor(moved: readonly string[]) {
    super(`the plan does not hold any more: ${moved.join('; ')}`, {
      code: 'plan-moved',
      exitCode: EXIT_CODE.conflict,
      hint: 'Plan again, and look at what has changed.',
    });
  }
}

/** Some writes failed; says what was done and what was not. */
export class ExecutionError extends UserError {
  override readonly name = 'ExecutionError';
  readonly failures: readonly StepFailure[];
  readonly done: readonly NamedStep[];
  readonly notDone: readonly NamedStep[];

  constructor(facts: {
    readonly failures: readonly StepFailure[];
    readonly done: readonly NamedStep[];
    readonly notDone: readonly NamedStep[];
  }) {
    const { failures, done, notDone } = facts;
    const causes = failures.map((one) => one.error);
    super(failures.map(describeFailure).join('\n'), {
      code: codeOf(causes),
      exitCode: exitCodeOf(causes, done.length > 0),
      hint: hintOf(facts),
      cause: causes[0],
    });
    this.failures = failures;
    this.done = done;
    this.notDone = notDone;
  }
}

/** One write that failed for good. */
export interface StepFailure extends NamedStep {
  readonly error: unknown;
}

/** `failed to create service shop_web: Error response from daemon: …`, in docker's words. */
export function describeFailure(failure: StepFailure): string {
  const [resource = '', verb = ''] = failure.kind.split('-');
  const action = verb === 'verify' ? 'update' : verb;
  return `failed to ${action} ${resource} ${failure.name}: ${messageOf(failure.error)}`;
}

/** The sentence of an error, whatever it is. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function codeOf(causes: readonly unknown[]): string {
  const first = causes.find((one) => one instanceof UserError);
  return first?.code ?? 'operation-failed';
}

/** The engine's own exit code when it names the trouble; else 10 if something was written, 1 if not. */
function exitCodeOf(causes: readonly unknown[], hasWritten: boolean): ExitCode {
  const codes = new Set(
    causes.map((one) => (one instanceof EngineError ? one.exitCode : EXIT_CODE.failed)),
  );
  for (const code of [EXIT_CODE.conflict, EXIT_CODE.unreachable]) if (codes.has(code)) return code;
  return hasWritten ? EXIT_CODE.partial : EXIT_CODE.failed;
}

function hintOf(facts: {
  readonly done: readonly NamedStep[];
  readonly notDone: readonly NamedStep[];
}): string {
  const list = (steps: readonly NamedStep[]): string => steps.map(nameStep).join(', ');
  const done = facts.done.length > 0 ? `done: ${list(facts.done)}` : 'nothing was written';
  const left = facts.notDone.length > 0 ? `; not done: ${list(facts.notDone)}` : '';
  return `${done}${left}. Running the same command again does what is left`;
}

/** `create service shop_web`. */
export function nameStep(step: NamedStep): string {
  const [resource = '', verb = ''] = step.kind.split('-');
  return `${verb} ${resource} ${step.name}`;
}

/** Whether the command was stopped (by a signal), not the engine at fault. */
export function isCancelled(error: unknown): error is CancelledError {
  return error instanceof CancelledError;
}
