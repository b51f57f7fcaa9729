import type { Network, NetworkCreate } from '../../swarm/network.ts';
import type { SwarmState } from '../backend.ts';
import { httpError } from '../http-errors.ts';
import { readFilters } from '../list-filters.ts';
import {
  complete,
  findAnyNetwork,
  findSwarmNetwork,
  matchesNetwork,
  networkServices,
  showSwarmNetwork,
  swarmNetworks,
} from '../networks-view.ts';
import {
  decodeBody,
  empty,
  json,
  notManagerText,
  type Answer,
  type ApiRequest,
  type Route,
  type RouteContext,
} from '../route.ts';
import { networkCreate } from '../shapes/swarm-requests.ts';

const FILTERS = ['driver', 'name', 'id', 'label', 'scope', 'type', 'dangling'];
const PRUNE_FILTERS = ['until', 'label', 'label!'];

/** @source spec/engine-api.md section 10 */
export const networkRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/networks',
    handle: async ({ query }, context) => {
      const filters = readFilters(query, FILTERS);
      const state = context.backend.membership.state();
      const swarm = state.kind === 'active' ? swarmNetworks(state.swarm.store.view) : [];
      const all = [...swarm.map(showSwarmNetwork), ...(await localNetworks(context))];
      return json(all.filter((one) => matchesNetwork(one, filters)));
    },
  },
  { method: 'GET', path: '/networks/:id', handle: inspectNetwork },
  { method: 'POST', path: '/networks/create', handle: createNetwork },
  { method: 'DELETE', path: '/networks/:id', handle: removeNetwork },
  {
    method: 'POST',
    path: '/networks/prune',
    handle: async ({ query }, context) => {
      readFilters(query, PRUNE_FILTERS);
      return json({ NetworksDeleted: await pruneNetworks(context) });
    },
  },
  { method: 'POST', path: '/networks/:id/connect', handle: connectNetwork },
  { method: 'POST', path: '/networks/:id/disconnect', handle: connectNetwork },
];

async function localNetworks({ local, engine }: RouteContext): Promise<readonly Network[]> {
  if (!engine) return local.networks().map(complete);
  const answer = await engine.json('GET', '/networks');
  return Array.isArray(answer) ? (answer as readonly Network[]) : [];
}

function inspectNetwork(request: ApiRequest, context: RouteContext): Answer {
  const { query, params } = request;
  const input = params['id'] ?? '';
  const isVerbose = query.strictFlag('verbose');
  const isSwarmOnly = query.text('scope') === 'swarm';
  const local = isSwarmOnly || context.engine ? undefined : context.local.network(input);
  if (local) return json(complete(local));
  const state = context.backend.membership.state();
  const found = state.kind === 'active' && findAnyNetwork(state.swarm.store.view, input);
  if (found && state.kind === 'active') {
    const shown = showSwarmNetwork(found);
    if (!isVerbose) return json(shown);
    return json({ ...shown, Services: networkServices(found, state.swarm.store.view) });
  }
  if (context.engine && !isSwarmOnly) return passOn(request);
  throw httpError('not-found', `network ${input} not found`);
}

async function createNetwork(request: ApiRequest, context: RouteContext): Promise<Answer> {
  const body = decodeBody(request, networkCreate) as NetworkCreate;
  if (!body.Name) throw httpError('invalid-argument', 'invalid name: name is empty');
  if (body.Driver !== 'overlay' && body.Scope !== 'swarm') {
    if (context.engine) return passOn(request);
    refuseTaken(body.Name, context.backend.membership.state());
    return json({ Id: context.local.createNetwork(body).Id, Warning: '' }, 201);
  }
  const state = context.backend.membership.state();
  if (state.kind !== 'active') throw httpError('forbidden', notManagerText(state.kind));
  const { control, store } = state.swarm;
  const { ID } = control.createNetwork(body);
  await store.durable();
  return json({ Id: ID, Warning: '' }, 201);
}

function refuseTaken(name: string, state: SwarmState): void {
  if (state.kind === 'active' && findSwarmNetwork(state.swarm.store.view, name)) {
    throw httpError('conflict', `network with name ${name} already exists`);
  }
}

async function removeNetwork(request: ApiRequest, context: RouteContext): Promise<Answer> {
  const input = request.params['id'] ?? '';
  const local = context.engine ? undefined : context.local.network(input);
  if (local) {
    context.local.removeNetwork(local);
    return empty(204);
  }
  const state = context.backend.membership.state();
  const found = state.kind === 'active' && findSwarmNetwork(state.swarm.store.view, input);
  if (found && state.kind === 'active') {
    const { control, store } = state.swarm;
    control.removeNetwork(found.ID);
    await store.durable();
    return empty(204);
  }
  if (context.engine) return passOn(request);
  throw httpError('not-found', `network ${input} not found`);
}

/** Removes what nobody uses. @returns the names; null when there are none */
async function pruneNetworks(context: RouteContext): Promise<readonly string[] | null> {
  const names: string[] = [];
  const state = context.backend.membership.state();
  if (state.kind === 'active') {
    const { control, store } = state.swarm;
    for (const { ID, Spec } of swarmNetworks(store.view)) {
      if (Spec.Ingress || !isUnused(() => control.removeNetwork(ID))) continue;
      names.push(Spec.Name);
    }
    await store.durable();
  }
  if (context.engine) {
    const answer = await context.engine.json('POST', '/networks/prune');
    const { NetworksDeleted } = (answer ?? {}) as { NetworksDeleted?: readonly string[] | null };
    names.push(...(NetworksDeleted ?? []));
  } else {
    for (const network of context.local.networks()) {
      if (context.local.isPredefined(network.Name)) continue;
      context.local.removeNetwork(network);
      names.push(network.Name);
    }
  }
  return names.length > 0 ? names : null;
}

/** Whether the removal went through: what is in use is refused as such. */
function isUnused(remove: () => unknown): boolean {
  try {
    remove();
    return true;
  } catch (error) {
    if ((error as { readonly rpcCode?: unknown }).rpcCode === 'FailedPrecondition') return false;
    throw error;
  }
}

function connectNetwork(request: ApiRequest, context: RouteContext): Answer {
  if (context.engine) return passOn(request);
  const text = 'this node runs tasks as processes: they cannot be attached to networks one by one';
  throw httpError('not-implemented', text);
}

function passOn({ path, search }: ApiRequest): Answer {
  return { kind: 'pass', path, search };
}
