import { LABEL_PREDEFINED } from '../orchestrator/allocator/network-books.ts';
import { lookUp } from '../orchestrator/control/look-up.ts';
import { toApiNetwork } from '../orchestrator/store/project.ts';
import type { StoreView } from '../orchestrator/store/store-view.ts';
import type { StoredNetwork } from '../orchestrator/store/stored-object.ts';
import { taskName } from '../orchestrator/task-name.ts';
import type { Network } from '../swarm/network.ts';
import { HttpError } from './http-errors.ts';
import { matchesExactly, matchesLabels, matchesPart, type ListFilters } from './list-filters.ts';

/** A network of the swarm as the network API shows it. @source spec/engine-api.md section 10 */
export function showSwarmNetwork(stored: StoredNetwork): Network {
  const { Labels, Options, ...shown } = toApiNetwork(stored);
  return complete({
    ...shown,
    Options: Options ?? {},
    Labels: Labels && Object.keys(Labels).length > 0 ? Labels : null,
  });
}

/** With the members that every answer has. */
export function complete(network: Network): Network {
  const { Options, Labels, ...shown } = network;
  const Containers = network.Scope === 'swarm' ? null : {};
  const more = { ConfigFrom: { Network: '' }, ConfigOnly: false, Containers };
  return { ...shown, ...more, Options, Labels } as Network;
}

/** The swarm's own networks: not its entries for those of the engines. */
export function swarmNetworks(view: StoreView): readonly StoredNetwork[] {
  return view.list('network').filter((one) => one.Spec.Labels?.[LABEL_PREDEFINED] !== 'true');
}

/**
 * A network of the swarm by full id, exact name, or id prefix; undefined when there is none.
 * @throws ControlError several match
 */
export function findSwarmNetwork(view: StoreView, input: string): StoredNetwork | undefined {
  try {
    const found = lookUp(view, 'network', input);
    return found.Spec.Labels?.[LABEL_PREDEFINED] === 'true' ? undefined : found;
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

/**
 * The same, and the swarm's entries for networks of the engines by their full id: attachments of
 * services refer to them, so clients ask for them.
 */
export function findAnyNetwork(view: StoreView, input: string): StoredNetwork | undefined {
  return view.list('network').find((one) => one.ID === input) ?? findSwarmNetwork(view, input);
}

function isNotFound(error: unknown): boolean {
  return (error as { readonly kind?: unknown }).kind === 'not-found';
}

/** Whether a network is one that a list request asks for. @throws HttpError 500 */
export function matchesNetwork(network: Network, filters: ListFilters): boolean {
  return (
    matchesPart(filters, 'id', network.Id) &&
    matchesPart(filters, 'name', network.Name) &&
    matchesExactly(filters, 'driver', network.Driver) &&
    matchesExactly(filters, 'scope', network.Scope) &&
    matchesLabels(filters, 'label', network.Labels) &&
    matchesType(network, filters.get('type') ?? [])
  );
}

const BUILT_IN: ReadonlySet<string> = new Set(['bridge', 'host', 'none', 'ingress']);

function matchesType({ Name }: Network, types: readonly string[]): boolean {
  for (const type of types) {
    if (type === 'builtin' || type === 'custom') continue;
    throw new HttpError(500, `invalid filter: 'type'='${type}'`);
  }
  return types.length === 0 || types.includes(BUILT_IN.has(Name) ? 'builtin' : 'custom');
}

/** Who is on a network, by service name. @source spec/engine-api.md section 10 (verbose) */
export function networkServices({ ID }: StoredNetwork, view: StoreView): Record<string, unknown> {
  const attached = view
    .list('service')
    .filter((service) => (service.Endpoint?.VirtualIPs ?? []).some((one) => one.NetworkID === ID));
  const entries = attached.map((service) => {
    const vip = service.Endpoint?.VirtualIPs?.find((one) => one.NetworkID === ID);
    const Tasks = view.tasksByService(service.ID).flatMap((task) => {
      const place = task.NetworksAttachments?.find((one) => one.Network.ID === ID);
      const address = place?.Addresses?.[0]?.split('/')[0];
      if (task.Status.State !== 'running' || address === undefined) return [];
      return [{ Name: taskName(task), EndpointID: '', EndpointIP: address, Info: {} }];
    });
    const VIP = vip?.Addr.split('/')[0] ?? '';
    return [service.Spec.Name, { VIP, Ports: [], LocalLBIndex: 0, Tasks }] as const;
  });
  return Object.fromEntries(entries);
}
