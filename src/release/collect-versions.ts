import type { CallOptions, EngineClient, Filters } from '../engine/client.ts';
import { declaredName } from '../plan/versions.ts';
import type { PreparedDeploy } from '../rollout/deploy-stack.ts';
import { messageOf, isCancelled } from '../rollout/rollout-errors.ts';
import type { RolloutPorts } from '../rollout/ports.ts';
import type { Config } from '../swarm/config.ts';
import { LABEL_VERSION_OF } from '../swarm/release-labels.ts';
import type { Secret } from '../swarm/secret.ts';
import type { Service } from '../swarm/service.ts';
import { LABEL_NAMESPACE } from '../swarm/stack-labels.ts';
import type { Revision } from './revision.ts';
import { referencedNames } from './stored-stack.ts';

/**
 * Removes versions of secrets and configs that nothing needs any more: no service, no revision that is
 * kept, and not the file. Called when a rollout is proven.
 *
 * Looks only where there is more than one version of something. What cannot be removed is a warning.
 * @throws EngineError when the cluster cannot be read, CancelledError
 */
export async function collectVersions(
  { prepared, kept }: { readonly prepared: PreparedDeploy; readonly kept: readonly Revision[] },
  ports: RolloutPorts,
): Promise<void> {
  const { spec, snapshot } = prepared;
  const specs = [...spec.secrets, ...spec.configs];
  const objects = [...snapshot.secrets, ...snapshot.configs].map((one) => one.Spec);
  const hasVersions = [...specs, ...objects].some((one) => one.Labels?.[LABEL_VERSION_OF]);
  if (!hasVersions) return;
  const { engine, signal, emit } = ports;
  const seen = await readObjects(engine, spec.stack, { signal });
  const needed = new Set([
    ...specs.map((one) => one.Name),
    ...referencedNames(seen.services.flatMap(specsOf)),
    ...kept.flatMap(({ model }) => [...referencedNames(model.services)]),
    ...kept.flatMap(({ model }) => [...model.secrets, ...model.configs].map((one) => one.Name)),
  ]);
  const removals = [
    ...unneeded(seen.secrets, needed).map((one) => ({
      kind: 'secret-remove' as const,
      name: one.Spec.Name,
      objectId: one.ID as string,
      remove: () => engine.secrets.remove(one.ID, { signal }),
    })),
    ...unneeded(seen.configs, needed).map((one) => ({
      kind: 'config-remove' as const,
      name: one.Spec.Name,
      objectId: one.ID as string,
      remove: () => engine.configs.remove(one.ID, { signal }),
    })),
  ];
  for (const { remove, ...step } of removals) {
    emit({ type: 'step', ...step, status: 'started' });
    try {
      await remove();
      emit({ type: 'step', ...step, status: 'done' });
    } catch (error) {
      if (isCancelled(error)) throw error;
      const message = `old version ${step.name} stays: ${messageOf(error)}`;
      emit({ type: 'step', ...step, status: 'failed', error: messageOf(error) });
      emit({ type: 'warning', code: 'version-not-removed', subject: step.name, message });
    }
  }
}

/** What a service runs, and what the engine would roll it back to. */
function specsOf({ Spec, PreviousSpec }: Service): readonly Service['Spec'][] {
  return PreviousSpec ? [Spec, PreviousSpec] : [Spec];
}

/** Versions of what has several, or which are later versions by themselves. */
function unneeded<T extends Secret | Config>(
  objects: readonly T[],
  needed: ReadonlySet<string>,
): readonly T[] {
  const replaced = new Set(
    objects.filter((one) => one.Spec.Labels?.[LABEL_VERSION_OF]).map(declaredName),
  );
  return objects.filter((one) => replaced.has(declaredName(one)) && !needed.has(one.Spec.Name));
}

async function readObjects(
  engine: EngineClient,
  stack: string,
  call: CallOptions,
): Promise<{
  readonly services: readonly Service[];
  readonly secrets: readonly Secret[];
  readonly configs: readonly Config[];
}> {
  const filters: Filters = { label: [`${LABEL_NAMESPACE}=${stack}`] };
  const [services, secrets, configs] = await Promise.all([
    engine.services.list({ filters }, call),
    engine.secrets.list({ filters }, call),
    engine.configs.list({ filters }, call),
  ]);
  return { services, secrets, configs };
}
