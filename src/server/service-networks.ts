import type { ServiceSpec } from '../swarm/service.ts';
import { HttpError, httpError } from './http-errors.ts';
import type { ManagerContext } from './route.ts';

/**
 * Refuses a service on a network that only this machine has; the predefined ones are fine.
 * @throws HttpError 403 (rejects)
 * @source spec/engine-api.md section 6.3 (networks)
 */
export async function refuseLocalNetworks(
  { TaskTemplate, Networks }: Partial<ServiceSpec>,
  context: ManagerContext,
): Promise<void> {
  for (const { Target } of [...(TaskTemplate?.Networks ?? []), ...(Networks ?? [])]) {
    if (isKnownToSwarm(Target, context) || !(await isLocal(Target, context))) continue;
    const text = `The network ${Target} cannot be used with services. Only networks scoped to the swarm can be used, such as those created with the overlay driver.`;
    throw httpError('forbidden', text);
  }
}

function isKnownToSwarm(target: string | undefined, { swarm }: ManagerContext): boolean {
  const { view } = swarm.store;
  if (!target) return true;
  return Boolean(view.get('network', target as never) ?? view.byName('network', target));
}

async function isLocal(target: string, { engine, local }: ManagerContext): Promise<boolean> {
  if (!engine) return local.network(target) !== undefined;
  try {
    const found = await engine.json('GET', `/networks/${encodeURIComponent(target)}`);
    return (found as { readonly Scope?: string }).Scope === 'local';
  } catch (error) {
    if (error instanceof HttpError) return false;
    throw error;
  }
}
