import { EngineError } from '../base/errors.ts';
import type { CallOptions, EngineClient } from '../engine/client.ts';
import type { Config } from '../swarm/config.ts';
import type { Network } from '../swarm/network.ts';
import type { Secret } from '../swarm/secret.ts';
import type { Service } from '../swarm/service.ts';
import { LABEL_NAMESPACE } from '../swarm/stack-labels.ts';

/** What the cluster holds of a stack. */
export interface RunningStack {
  readonly stack: string;
  /** Sorted by name. */
  readonly services: readonly Service[];
  /** Every network of the cluster, and those services are attached to that no list shows. */
  readonly networks: readonly Network[];
  /** Those with the stack's label. */
  readonly secrets: readonly Secret[];
  /** Those with the stack's label; with their data. */
  readonly configs: readonly Config[];
}

/**
 * Reads a stack: four lists, and each network that no list shows.
 * @throws EngineError
 */
export async function observeRunning(
  engine: EngineClient,
  stack: string,
  options: CallOptions = {},
): Promise<RunningStack> {
  const query = { filters: { label: [`${LABEL_NAMESPACE}=${stack}`] } };
  const [services, networks, secrets, configs] = await Promise.all([
    engine.services.list(query, options),
    engine.networks.list({}, options),
    engine.secrets.list(query, options),
    engine.configs.list(query, options),
  ]);
  const listed = new Set<string>(networks.map((one) => one.Id));
  const attached = services.flatMap(({ Spec }) =>
    (Spec.TaskTemplate.Networks ?? Spec.Networks ?? []).map((one) => one.Target),
  );
  const hidden = [...new Set(attached)].filter((target) => !listed.has(target)).sort();
  const found = await Promise.all(hidden.map((id) => inspectNetwork(engine, id, options)));
  return {
    stack,
    services: [...services].sort((a, b) => (a.Spec.Name < b.Spec.Name ? -1 : 1)),
    networks: [...networks, ...found.filter((one) => one !== undefined)],
    secrets,
    configs,
  };
}

async function inspectNetwork(
  engine: EngineClient,
  id: string,
  options: CallOptions,
): Promise<Network | undefined> {
  try {
    return await engine.networks.inspect(id, options);
  } catch (error) {
    if (error instanceof EngineError && error.kind === 'not-found') return undefined;
    throw error;
  }
}
