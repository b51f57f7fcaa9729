import { resolveUpdateConfig } from '../orchestrator/update/update-config.ts';
import type { ServiceSpec } from '../swarm/service.ts';
import type { OperationEffect } from './effect.ts';
import type { FieldChange, Operation } from './plan.ts';
import type { Service } from '../swarm/service.ts';
import type { ServicePrediction } from './predict-plan.ts';

/** What a risk is judged by. */
interface RiskFacts {
  readonly spec: ServiceSpec;
  readonly stored: Service | undefined;
  readonly changes: readonly FieldChange[];
  readonly effect: OperationEffect;
  readonly prediction: ServicePrediction | undefined;
  /** Slots whose task is replaced. */
  readonly restarts: number;
  /** Slots with a task before. */
  readonly slots: number;
}

/** What may go wrong with an update, a phrase each; undefined where the risk is not there. */
const RISKS: readonly ((facts: RiskFacts) => string | undefined)[] = [
  ({ spec, restarts, slots }) => {
    const { order, parallelism } = resolveUpdateConfig(spec, false);
    if (restarts === 0 || order === 'start-first') return undefined;
    if (slots === 1) return 'a gap: the only task stops before its successor starts (stop-first)';
    const atOnce = parallelism || restarts;
    if (restarts < slots || atOnce < restarts) return undefined;
    return `a gap: all ${restarts} tasks stop at once (parallelism ${parallelism})`;
  },
  ({ prediction }) => {
    if (!prediction?.stuck) return undefined;
    const { order, reachable, slots } = prediction.stuck;
    return `${order} without room: ${reachable} of ${slots} tasks can be replaced`;
  },
  ({ spec, restarts }) => {
    const { order } = resolveUpdateConfig(spec, false);
    const port = (spec.EndpointSpec?.Ports ?? []).find(
      (one) => one.PublishMode === 'host' && one.PublishedPort,
    );
    if (!port || restarts === 0 || order === 'stop-first') return undefined;
    return `start-first with host port ${port.PublishedPort}: each successor needs another node`;
  },
  ({ spec, restarts }) =>
    restarts > 0 && resolveUpdateConfig(spec, false).failureAction === 'continue'
      ? 'failing tasks do not stop the update (failure_action: continue)'
      : undefined,
  ({ changes }) =>
    changes.some(({ path }) => /\.Mounts\b.*\.VolumeOptions\.(DriverConfig|Labels)/.test(path))
      ? 'volumes that exist keep their options: only new ones get those of the file'
      : undefined,
  ({ stored }) => {
    const state = stored?.UpdateStatus?.State;
    return state === 'updating' || state === 'rollback_started'
      ? `an update is under way (${state}): this one takes its place`
      : undefined;
  },
];

/** What may go wrong with an operation, short phrases; empty for all but updates of services. */
export function risksOf(
  operation: Operation,
  facts: Pick<RiskFacts, 'stored' | 'effect' | 'prediction'>,
): readonly string[] {
  if (operation.kind !== 'service-update') return [];
  const { spec, changes } = operation;
  const { tasks } = facts.effect;
  const counts = { restarts: tasks?.restarts.length ?? 0, slots: tasks?.slots ?? 0 };
  return RISKS.flatMap((risk) => risk({ ...facts, ...counts, spec, changes }) ?? []);
}
