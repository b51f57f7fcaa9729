import { CancelledError, EngineError } from '../base/errors.ts';
import { WAVE } from '../plan/plan-draft.ts';
import { isWrite, type Operation, type Plan } from '../plan/plan.ts';
import type { RolloutPorts } from './ports.ts';
import { Execution, perform } from './operations.ts';
import {
  ExecutionError,
  isCancelled,
  messageOf,
  nameStep,
  PreflightError,
} from './rollout-errors.ts';
import { isServiceStage, runGated, type NotBegun } from './gated-run.ts';
import { runBounded, type Settled } from './run-bounded.ts';
import type { RolloutWatch } from './watch-rollout.ts';

/** Writes in flight at once: an engine's store commits one after another anyway. */
const CONCURRENCY = 8;

/** @throws PreflightError when the plan holds refusals */
export function assertExecutable(plan: Plan): void {
  if (plan.refusals.length > 0) throw new PreflightError(plan.refusals);
}

/** How a plan is carried out. */
export interface ExecuteOptions {
  /** X-Registry-Auth value of an image, known before the first write. */
  readonly authOf?: (image: string) => string | undefined;
  /** What looks at services that others wait for; absent keeps their order and waits for nothing. */
  readonly watch?: RolloutWatch | undefined;
}

/** What carrying out a plan came to. */
export interface Executed {
  /** Ids by real name of every service written or kept. */
  readonly serviceIds: ReadonlyMap<string, string>;
  /** Writes that were left out since what they wait for did not get so far. */
  readonly notBegun: readonly NotBegun[];
}

/**
 * Carries a plan out: stage after stage, services in the order of `depends_on`, everything else of a
 * wave together.
 *
 * A failure lets what is under way finish and ends the run before the next stage, so removals
 * happen only after everything else is done.
 * @throws PreflightError (nothing written), ExecutionError (says what was), CancelledError
 */
export async function executePlan(
  plan: Plan,
  ports: RolloutPorts,
  { authOf = () => undefined, watch }: ExecuteOptions = {},
): Promise<Executed> {
  assertExecutable(plan);
  const execution = new Execution(plan, ports, authOf);
  const serviceIds = new Map<string, string>();
  const settled: Settled<Operation>[] = [];
  const notBegun: NotBegun[] = [];
  const work = async (operation: Operation): Promise<string> => {
    const objectId = await performStep(operation, execution);
    if (operation.kind.startsWith('service-')) serviceIds.set(operation.name, objectId);
    return objectId;
  };
  for (const stage of stagesOf(plan)) {
    if (notBegun.length > 0) {
      notBegun.push(...stage.filter((one) => isWrite(one.kind)).map(afterLeftOut));
    } else if (stage.every(isServiceStage)) {
      const run = { limit: CONCURRENCY, work, stopsAll, watch, emit: ports.emit };
      const outcome = await runGated(stage, run);
      settled.push(...outcome.settled);
      notBegun.push(...outcome.notBegun);
    } else {
      const run = { work: async (one: Operation) => void (await work(one)), stopsAll };
      settled.push(...(await runBounded(stage, CONCURRENCY, run)));
    }
    if (settled.some((one) => one.status !== 'done')) throw failureOf(plan, settled);
  }
  for (const one of plan.operations) if (one.kind === 'service-remove') serviceIds.delete(one.name);
  return { serviceIds, notBegun };
}

/** Waves, those of services together: the order among them is not one of waves. */
function stagesOf({ operations }: Plan): readonly (readonly Operation[])[] {
  const stages = new Map<number, Operation[]>();
  for (const one of operations) {
    const stage = isServiceStage(one) ? WAVE.service : one.wave;
    stages.set(stage, [...(stages.get(stage) ?? []), one]);
  }
  return [...stages].sort(([a], [b]) => a - b).map(([, stage]) => stage);
}

function afterLeftOut(operation: Operation): NotBegun {
  return { operation, because: 'not all before it was done', outcome: 'failed' };
}

/** Announces, carries out and reports one operation; what is kept goes unmentioned. */
async function performStep(operation: Operation, execution: Execution): Promise<string> {
  const { kind, name } = operation;
  const { emit } = execution.ports;
  if (!isWrite(kind)) return (await perform(operation, execution)).objectId;
  const known = 'objectId' in operation ? operation.objectId : undefined;
  emit({ type: 'step', kind, name, status: 'started', objectId: known });
  try {
    const { objectId, warnings = [] } = await perform(operation, execution);
    for (const message of warnings) {
      emit({ type: 'warning', code: 'engine-warning', subject: name, message });
    }
    emit({ type: 'step', kind, name, status: 'done', objectId });
    return objectId;
  } catch (error) {
    emit({ type: 'step', kind, name, status: 'failed', error: messageOf(error) });
    throw error;
  }
}

/** An engine that cannot be used at all fails every other write too. */
function stopsAll(error: unknown): boolean {
  return isCancelled(error) || (error instanceof EngineError && error.kind === 'unavailable');
}

function failureOf(plan: Plan, settled: readonly Settled<Operation>[]): Error {
  const writes = settled.filter((one) => isWrite(one.item.kind));
  const doneItems = new Set(writes.filter((one) => one.status === 'done').map((one) => one.item));
  const failures = writes.flatMap((one) =>
    one.status === 'failed' ? [{ kind: one.item.kind, name: one.item.name, error: one.error }] : [],
  );
  const failed = new Set(failures.map((one) => `${one.kind} ${one.name}`));
  const notDone = plan.operations.filter(
    (one) => isWrite(one.kind) && !doneItems.has(one) && !failed.has(`${one.kind} ${one.name}`),
  );
  const cancelled = failures.find((one) => isCancelled(one.error))?.error;
  if (isCancelled(cancelled)) {
    return interrupted(cancelled, { done: [...doneItems], notDone: [...failures, ...notDone] });
  }
  return new ExecutionError({ failures, done: [...doneItems], notDone });
}

/** Says what state an interrupted run left. */
function interrupted(
  reason: CancelledError,
  {
    done,
    notDone,
  }: { readonly done: readonly NamedOperation[]; readonly notDone: readonly NamedOperation[] },
): CancelledError {
  const list = (steps: readonly NamedOperation[]): string =>
    steps.map(nameStep).join(', ') || 'nothing';
  return new CancelledError(
    `${reason.message}; done: ${list(done)}; not done or not certain: ${list(notDone)}. Running the same command again does what is left`,
    reason.exitCode,
  );
}

type NamedOperation = Pick<Operation, 'kind' | 'name'>;
