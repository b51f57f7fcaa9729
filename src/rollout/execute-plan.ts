import { CancelledError, EngineError } from '../base/errors.ts';
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
import { runBounded, type Settled } from './run-bounded.ts';

/** Writes in flight at once: an engine's store commits one after another anyway. */
const CONCURRENCY = 8;

/** @throws PreflightError when the plan holds refusals */
export function assertExecutable(plan: Plan): void {
  if (plan.refusals.length > 0) throw new PreflightError(plan.refusals);
}

/**
 * Carries a plan out: wave after wave, the operations of a wave together.
 *
 * A failure lets the operations of its wave finish and ends the run before the next wave, so
 * removals happen only after everything else is done.
 * @param authOf - X-Registry-Auth value of an image, known before the first write
 * @returns ids by real name of every service written or kept
 * @throws PreflightError (nothing written), ExecutionError (says what was), CancelledError
 */
export async function executePlan(
  plan: Plan,
  ports: RolloutPorts,
  authOf: (image: string) => string | undefined = () => undefined,
): Promise<ReadonlyMap<string, string>> {
  assertExecutable(plan);
  const execution = new Execution(plan, ports, authOf);
  const serviceIds = new Map<string, string>();
  const settled: Settled<Operation>[] = [];
  const work = async (operation: Operation): Promise<void> => {
    const objectId = await performStep(operation, execution);
    if (operation.kind.startsWith('service-')) serviceIds.set(operation.name, objectId);
  };
  for (const wave of new Set(plan.operations.map((one) => one.wave))) {
    const operations = plan.operations.filter((one) => one.wave === wave);
    settled.push(...(await runBounded(operations, CONCURRENCY, { work, stopsAll })));
    if (settled.some((one) => one.status !== 'done')) throw failureOf(plan, settled);
  }
  for (const one of plan.operations) if (one.kind === 'service-remove') serviceIds.delete(one.name);
  return serviceIds;
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
