import { EngineError, EXIT_CODE, UserError } from '../base/errors.ts';
import { isEqual } from '../plan/diff.ts';
import type { JsonValue } from '../base/brand.ts';
import type { Service, ServiceSpec } from '../swarm/service.ts';
import { LABEL_NAMESPACE } from '../swarm/stack-labels.ts';
import { finishRollout } from './finish-rollout.ts';
import type { RolloutResult } from './judge-rollout.ts';
import { isOutOfSequence } from './operations.ts';
import type { RolloutPorts } from './ports.ts';
import { RACE_DELAYS_MS, retry } from './retry.ts';
import { messageOf } from './rollout-errors.ts';
import { runBounded } from './run-bounded.ts';
import type { WatchTarget } from './service-watch.ts';
import { watchRollout } from './watch-rollout.ts';

/** A service as a person names it, and what is to become of its spec. */
export interface ServiceChange {
  /** Full name (`shop_web`) or id. */
  readonly service: string;
  /** The new spec, or why there is none. Pure: it is asked again when somebody else was faster. */
  readonly change: (spec: ServiceSpec) => ServiceSpec | { readonly refusal: string };
}

/** How the change is watched. */
export interface ChangeOptions {
  readonly detach: boolean;
  /** Undefined waits for ever. */
  readonly timeoutMs: number | undefined;
  /** Keeps others from the stack while `work` runs, with ports that end when that fails. */
  readonly locked?: LockStack | undefined;
}

/** Runs work on a stack while nobody else works on it. */
export type LockStack = <T>(
  stack: string,
  ports: RolloutPorts,
  work: (ports: RolloutPorts) => Promise<T>,
) => Promise<T>;

/** Updates in flight at once. */
const CONCURRENCY = 8;

interface Wanted extends ServiceChange {
  readonly found: Service;
  readonly spec: ServiceSpec;
}

/**
 * Changes services that stand, and watches them converge. Nothing is written when one of the changes
 * is refused.
 * @throws UserError with every refusal (exit 4), EngineError, CancelledError
 */
export async function changeServices(
  changes: readonly ServiceChange[],
  options: ChangeOptions,
  ports: RolloutPorts,
): Promise<RolloutResult> {
  const wanted = await readChanges(changes, ports);
  const stack = stackOf(wanted);
  const isIdle = wanted.every(({ found, spec }) => isSame(found.Spec, spec));
  const { locked } = options;
  if (!locked || isIdle) return writeChanges(stack, wanted, { options, ports });
  return locked(stack, ports, (inner) => writeChanges(stack, wanted, { options, ports: inner }));
}

async function writeChanges(
  stack: string,
  wanted: readonly Wanted[],
  { options, ports }: { readonly options: ChangeOptions; readonly ports: RolloutPorts },
): Promise<RolloutResult> {
  const settled = await runBounded(wanted, CONCURRENCY, {
    work: (one) => write(one, ports),
    stopsAll: () => false,
  });
  const failures = settled.flatMap((one) =>
    one.status === 'failed' ? [`${one.item.found.Spec.Name}: ${messageOf(one.error)}`] : [],
  );
  if (failures.length > 0) {
    throw new UserError(failures.join('\n'), {
      code: 'partly-changed',
      exitCode: EXIT_CODE.failed,
      hint: 'Run the same command again: services that are as wanted get no request.',
    });
  }
  if (options.detach)
    return finish(stack, { outcome: 'detached', exitCode: 0, messages: [], services: [] }, ports);
  const targets = wanted.map(({ found, spec }): WatchTarget => ({
    name: found.Spec.Name,
    serviceId: found.ID,
    change: isSame(found.Spec, spec) ? 'kept' : 'updated',
  }));
  return watch(stack, targets, { options, ports });
}

/**
 * Watches all services of a stack until each has converged or cannot any more. Writes nothing.
 * @throws UserError when there is no such stack, EngineError, CancelledError
 */
export async function waitForStack(
  stack: string,
  options: Pick<ChangeOptions, 'timeoutMs'>,
  ports: RolloutPorts,
): Promise<RolloutResult> {
  const filters = { label: [`${LABEL_NAMESPACE}=${stack}`] };
  const services = await ports.engine.services.list({ filters }, { signal: ports.signal });
  if (services.length === 0) {
    throw new UserError(`nothing found in stack: ${stack}`, {
      code: 'nothing-found',
      exitCode: EXIT_CODE.failed,
      hint: "Run 'tstack ls' for the stacks of this cluster.",
    });
  }
  const targets = services.map((one): WatchTarget => ({
    name: one.Spec.Name,
    serviceId: one.ID,
    change: 'kept',
  }));
  return watch(stack, targets, { options, ports });
}

async function watch(
  stack: string,
  targets: readonly WatchTarget[],
  context: { readonly options: Pick<ChangeOptions, 'timeoutMs'>; readonly ports: RolloutPorts },
): Promise<RolloutResult> {
  const { options, ports } = context;
  const views = await watchRollout(stack, targets, { ports, timeoutMs: options.timeoutMs });
  return finishRollout(stack, { views }, ports);
}

function finish(stack: string, result: RolloutResult, { emit }: RolloutPorts): RolloutResult {
  const { outcome, exitCode, messages } = result;
  emit({ type: 'finished', stack, outcome, exitCode, messages });
  return result;
}

async function readChanges(
  changes: readonly ServiceChange[],
  { engine, signal }: RolloutPorts,
): Promise<readonly Wanted[]> {
  const refusals: string[] = [];
  const read = await Promise.all(
    changes.map(async (one): Promise<Wanted | undefined> => {
      const found = await findService(one.service, { engine, signal });
      const spec = found ? one.change(found.Spec) : { refusal: 'there is no such service' };
      if (found && !('refusal' in spec)) return { ...one, found, spec };
      refusals.push(`${one.service}: ${'refusal' in spec ? spec.refusal : ''}`);
      return undefined;
    }),
  );
  if (refusals.length > 0) {
    throw new UserError(refusals.sort().join('\n'), {
      code: 'change-refused',
      exitCode: EXIT_CODE.preflight,
      hint: 'Nothing was written. `tstack services STACK` lists the services and their modes.',
    });
  }
  return read.filter((one) => one !== undefined);
}

async function findService(
  name: string,
  { engine, signal }: Pick<RolloutPorts, 'engine' | 'signal'>,
): Promise<Service | undefined> {
  try {
    return await engine.services.inspect(name, { signal });
  } catch (error) {
    if (error instanceof EngineError && error.kind === 'not-found') return undefined;
    throw error;
  }
}

/** @throws UserError unless all are of one stack: they are watched together */
function stackOf(wanted: readonly Wanted[]): string {
  const stacks = new Set(wanted.map((one) => one.found.Spec.Labels?.[LABEL_NAMESPACE]));
  const [stack] = stacks;
  if (stacks.size === 1 && stack !== undefined) return stack;
  throw new UserError('the services are not all of one stack', {
    code: 'several-stacks',
    exitCode: EXIT_CODE.usage,
    hint: 'Name services of one stack at a time; `docker service` changes those of no stack.',
  });
}

async function write(
  { found, spec, change }: Wanted,
  { engine, clock, signal, emit }: RolloutPorts,
): Promise<void> {
  if (isSame(found.Spec, spec)) return;
  const step = { type: 'step', kind: 'service-update', name: found.Spec.Name } as const;
  emit({ ...step, status: 'started', objectId: found.ID });
  const onRetry = (error: unknown): void =>
    emit({ ...step, status: 'retrying', error: messageOf(error) });
  try {
    await retry(
      { clock, signal, delaysMs: RACE_DELAYS_MS, isTransient: isOutOfSequence, onRetry },
      async (lastError) => {
        const now = lastError ? await engine.services.inspect(found.ID, { signal }) : found;
        const next = lastError ? change(now.Spec) : spec;
        if ('refusal' in next)
          throw new UserError(next.refusal, { code: 'change-refused', exitCode: EXIT_CODE.failed });
        const version = now.Version.Index;
        await engine.services.update(found.ID, next, { version, registryAuthFrom: 'spec', signal });
      },
    );
    emit({ ...step, status: 'done', objectId: found.ID });
  } catch (error) {
    emit({ ...step, status: 'failed', error: messageOf(error) });
    throw error;
  }
}

function isSame(a: ServiceSpec, b: ServiceSpec): boolean {
  return isEqual(a as unknown as JsonValue, b as unknown as JsonValue);
}
