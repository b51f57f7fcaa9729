import { CancelledError, EngineError, EXIT_CODE } from '../base/errors.ts';
import { imagesToResolve } from '../plan/images.ts';
import { observe } from '../plan/observe.ts';
import type { Assessments } from '../plan/assess-plan.ts';
import type { PlacementSnapshot } from '../plan/observe-placement.ts';
import { isEmptyPlan, isWrite, type Plan, type PlanNote } from '../plan/plan.ts';
import type { PlanOptions } from '../plan/plan-options.ts';
import { movedSince, pinOf, type PlanPin } from '../plan/plan-pin.ts';
import { planStack, servicesByName } from '../plan/plan-stack.ts';
import { resolveImages } from '../plan/resolve-images.ts';
import type { Snapshot } from '../plan/snapshot.ts';
import { withVersions } from '../plan/versions.ts';
import type { StackSpec } from '../stack/stack-spec.ts';
import { executePlan } from './execute-plan.ts';
import { toWatchTarget } from './gated-run.ts';
import { finishRollout } from './finish-rollout.ts';
import type { RolloutResult } from './judge-rollout.ts';
import type { PlanPrediction } from '../plan/predict-plan.ts';
import type { RolloutPorts } from './ports.ts';
import { PlanMovedError } from './rollout-errors.ts';
import type { WatchTarget } from './service-watch.ts';
import { RolloutWatch } from './watch-rollout.ts';

/** How a deploy behaves. */
export interface DeployOptions extends PlanOptions {
  /** Return when everything is written, without waiting for tasks. */
  readonly detach: boolean;
  /** How long to wait for convergence after the last write; undefined means for ever. */
  readonly timeoutMs: number | undefined;
}

/** Everything that is known before the first write. */
export interface PreparedDeploy {
  readonly plan: Plan;
  /** What the plan leads to: with the names that changed secrets and configs get. */
  readonly spec: StackSpec;
  /** What the plan was made from. */
  readonly snapshot: Snapshot;
  /** What the plan rests on. */
  readonly pin: PlanPin;
  /** Present when it was asked for and could be made. */
  readonly prediction?: PlanPrediction | undefined;
  /** Likewise, when anything changes. */
  readonly assessments?: Assessments | undefined;
  /** X-Registry-Auth value of an image. */
  readonly authOf: (image: string) => string | undefined;
}

/**
 * Reads the cluster and the registries, and plans. Writes nothing.
 *
 * The plan may hold refusals.
 * @throws PlanMovedError when the plan that was asked for does not hold any more, EngineError (exit 9
 *   when the engine is not a manager), CancelledError, or what a credential helper threw
 */
export async function prepareDeploy(
  spec: StackSpec,
  options: PlanOptions,
  ports: RolloutPorts,
): Promise<PreparedDeploy> {
  const { engine, signal, secretMemory } = ports;
  const isAssessed = options.assesses === true || options.predicts === true;
  const [snapshot, authOf, seen] = await Promise.all([
    observe(engine, spec, { signal }),
    readCredentials(spec, ports),
    isAssessed ? readPlacement(ports) : undefined,
  ]);
  const images = imagesToResolve(spec.services, servicesByName(snapshot), options);
  const resolutions =
    options.pin?.resolutions ?? (await resolveImages(engine, images, { authOf, signal }));
  const hasCredentials = (image: string): boolean => isFilled(authOf(image));
  const context = { options, resolutions, secretMemory, hasCredentials };
  const versioned = withVersions(spec, snapshot, context);
  const bare = planStack(versioned, snapshot, context);
  const pin = pinOf(bare, { spec: versioned, snapshot, resolutions });
  const moved = options.pin ? movedSince(options.pin, pin) : [];
  if (moved.length > 0) throw new PlanMovedError(moved);
  const shared = { spec: versioned, snapshot, pin, authOf };
  if (!seen) return { plan: bare, ...shared };
  const { assessPlan, forcePlan } = await import('../plan/assess-plan.ts');
  const plan = { ...bare, notes: [...bare.notes, ...seen.notes] };
  const { placement } = seen;
  const now = ports.clock.now();
  // Where nothing changes there is nothing to foretell.
  const assessed = plan.operations.every((one) => !isWrite(one.kind) && one.changes.length === 0)
    ? { plan }
    : assessPlan({ plan, spec: versioned, snapshot, placement, resolutions, options, now });
  const { plan: judged } = assessed;
  return { ...assessed, plan: options.forces === true ? forcePlan(judged) : judged, ...shared };
}

/** Reads where tasks run; a cluster that does not tell is a note in the plan. */
async function readPlacement({ engine, signal }: RolloutPorts): Promise<Placement> {
  const { observePlacement } = await import('../plan/observe-placement.ts');
  try {
    return { placement: await observePlacement(engine, { signal }), notes: [] };
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    const message = `where tasks will go cannot be foretold: ${error.message}`;
    const facts = { code: 'prediction-unavailable', severity: 'note' } as const;
    return { placement: undefined, notes: [{ ...facts, subject: engine.endpoint, message }] };
  }
}

interface Placement {
  readonly placement: PlacementSnapshot | undefined;
  readonly notes: readonly PlanNote[];
}

/** Whether an X-Registry-Auth value holds anything; docker sends `{}` when it knows nothing. */
function isFilled(registryAuth: string | undefined): boolean {
  return registryAuth !== undefined && !EMPTY_AUTHS.has(registryAuth);
}

/** `{}` in URL-safe base64, with and without padding. */
const EMPTY_AUTHS: ReadonlySet<string> = new Set(['e30=', 'e30']);

/**
 * Carries out a prepared deploy and, unless detached, watches it converge.
 *
 * What the rollout came to is a result, not an error: see its exit code.
 * @throws PreflightError (nothing written), ExecutionError (partly written), EngineError,
 *   CancelledError (saying what state is left)
 */
export async function applyDeploy(
  prepared: PreparedDeploy,
  options: DeployOptions,
  ports: RolloutPorts,
): Promise<RolloutResult> {
  const { plan, authOf } = prepared;
  announce(plan, ports);
  try {
    const watch = new RolloutWatch(plan.stack, { ports, timeoutMs: options.timeoutMs });
    const how = { authOf, watch: options.detach ? undefined : watch };
    const { serviceIds, notBegun } = await executePlan(plan, ports, how);
    if (options.detach) return finish(plan, detached(plan), ports);
    const targets = watchTargets(plan, serviceIds);
    if (targets.length > 0) watch.announce(targets.map((one) => one.name));
    watch.add(targets);
    const views = targets.length > 0 ? await watch.untilSettled() : [];
    return await finishRollout(
      plan.stack,
      { views, notBegun, isUnchanged: isEmptyPlan(plan) },
      ports,
    );
  } catch (error) {
    if (error instanceof CancelledError) {
      const { message, exitCode } = error;
      const facts = { outcome: 'interrupted', exitCode, messages: [message] } as const;
      ports.emit({ type: 'finished', stack: plan.stack, ...facts });
    }
    throw error;
  }
}

/** `prepareDeploy`, then `applyDeploy`. */
export async function deployStack(
  spec: StackSpec,
  options: DeployOptions,
  ports: RolloutPorts,
): Promise<RolloutResult> {
  return applyDeploy(await prepareDeploy(spec, options, ports), options, ports);
}

/** Asks for each image's credentials once, so that a missing helper is known before a write. */
async function readCredentials(
  spec: StackSpec,
  { registryAuth, signal }: RolloutPorts,
): Promise<(image: string) => string | undefined> {
  if (!registryAuth) return () => undefined;
  const images = new Set(
    spec.services.map((one) => one.TaskTemplate.ContainerSpec?.Image ?? '').filter(Boolean),
  );
  const entries = await Promise.all(
    [...images].map(async (image) => [image, await registryAuth(image, { signal })] as const),
  );
  const byImage = new Map(entries);
  return (image) => byImage.get(image);
}

function announce(plan: Plan, { emit }: RolloutPorts): void {
  emit({
    type: 'plan',
    stack: plan.stack,
    steps: plan.operations.map(({ kind, name, cause }) => ({ kind, name, cause })),
    notes: plan.notes,
  });
  for (const { severity, code, subject, message } of plan.notes) {
    if (severity === 'warning') emit({ type: 'warning', code, subject, message });
  }
}

function watchTargets(plan: Plan, ids: ReadonlyMap<string, string>): readonly WatchTarget[] {
  return plan.operations.flatMap((operation) => {
    const serviceId = ids.get(operation.name);
    const target = serviceId === undefined ? undefined : toWatchTarget(operation, serviceId);
    return target ? [target] : [];
  });
}

function detached(plan: Plan): RolloutResult {
  const waits = plan.operations.some((one) =>
    one.waitsFor.some(({ condition }) => condition !== 'order'),
  );
  const unwaited = waits
    ? ['Services were written in the order of depends_on; none was waited for (--detach).']
    : [];
  const message = isEmptyPlan(plan)
    ? `No changes. Whether stack ${plan.stack} runs as declared was not checked (--detach).`
    : `Stack ${plan.stack} is written; its tasks start in the background (--detach). Follow them with: tstack ps ${plan.stack}`;
  const messages = [message, ...unwaited];
  return { outcome: 'detached', exitCode: EXIT_CODE.ok, messages, services: [] };
}

function finish(plan: Plan, result: RolloutResult, { emit }: RolloutPorts): RolloutResult {
  const { outcome, exitCode, messages } = result;
  emit({ type: 'finished', stack: plan.stack, outcome, exitCode, messages });
  return result;
}
