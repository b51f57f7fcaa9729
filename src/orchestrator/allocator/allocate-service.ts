import type { NetworkId } from '../../swarm/object.ts';
import type { Endpoint, EndpointSpec } from '../../swarm/service.ts';
import type { StoreView } from '../store/store-view.ts';
import type { StoredNetwork, StoredService } from '../store/stored-object.ts';
import { isNetworkAllocated, isNodeLocal, type NetworkBooks } from './network-books.ts';
import { isIngress, type PortSpace } from './port-space.ts';

/** What is in use in the cluster. */
export interface Books {
  readonly ports: PortSpace;
  readonly networks: NetworkBooks;
}

/** What allocating a service led to. */
export type ServiceAllocation =
  | { readonly kind: 'allocated'; readonly endpoint: Endpoint }
  | { readonly kind: 'refused'; readonly reason: string };

type VirtualIps = NonNullable<Endpoint['VirtualIPs']>;

/** Whether any of the service's ports is served by the routing mesh. */
export function needsIngress(spec: EndpointSpec | undefined): boolean {
  return (spec?.Ports ?? []).some(isIngress);
}

/** The networks a service's tasks join, ingress first when needed; missing ones are left out. */
export function networksOfService(
  { Spec }: Pick<StoredService, 'Spec'>,
  view: StoreView,
): readonly StoredNetwork[] {
  const attachments = Spec.TaskTemplate.Networks ?? Spec.Networks ?? [];
  const joined = attachments.flatMap((one) => view.get('network', one.Target as NetworkId) ?? []);
  const ingress = needsIngress(Spec.EndpointSpec) ? ingressNetwork(view) : undefined;
  return ingress ? [ingress, ...joined] : joined;
}

/** The network of the routing mesh; undefined when it was removed. */
export function ingressNetwork(view: StoreView): StoredNetwork | undefined {
  return view.list('network').find((network) => network.Spec.Ingress === true);
}

/**
 * Whether the service's endpoint is what its spec asks for. A service that never needed a port or a
 * virtual IP has no endpoint, and shows none.
 * @source swarmkit manager/allocator/cnmallocator/networkallocator.go (IsServiceAllocated)
 */
export function isServiceAllocated(service: StoredService, view: StoreView): boolean {
  const { Endpoint, Spec } = service;
  const wanted = virtualNetworks(service, view).map((network) => network.ID);
  const held = (Endpoint?.VirtualIPs ?? []).map((one) => one.NetworkID);
  const needsNothing = wanted.length === 0 && (Spec.EndpointSpec?.Ports ?? []).length === 0;
  if (!Endpoint && needsNothing) return true;
  if (JSON.stringify(wanted) !== JSON.stringify(held)) return false;
  return JSON.stringify(Endpoint?.Spec ?? {}) === JSON.stringify(Spec.EndpointSpec ?? {});
}

/**
 * Gives a service its published ports and virtual IPs, taken in the books.
 *
 * What it holds already and still needs is kept; the rest is freed.
 * @source swarmkit manager/allocator/network.go (allocateService); spec/orchestrator.md section 9
 */
export function allocateService(
  service: StoredService,
  books: Books,
  view: StoreView,
): ServiceAllocation {
  const spec = service.Spec.EndpointSpec;
  const obstacle = obstacleOf(service, view);
  if (obstacle !== undefined) return refused(obstacle);
  const heldPorts = service.Endpoint?.Ports ?? [];
  const ports = books.ports.allocate(spec?.Ports ?? [], heldPorts);
  if (ports.kind === 'refused') return ports;
  const addresses = allocateAddresses(service, books, view);
  if (!addresses) {
    books.ports.release(ports.ports);
    books.ports.restore(heldPorts);
    return refused('no virtual IP address is free');
  }
  const endpoint: Endpoint = {
    ...(spec && { Spec: spec }),
    ...(ports.ports.length > 0 && { Ports: ports.ports }),
    ...(addresses.length > 0 && { VirtualIPs: addresses }),
  };
  return { kind: 'allocated', endpoint };
}

/** Frees what a service held. */
export function releaseService({ Endpoint }: StoredService, books: Books): void {
  books.ports.release(Endpoint?.Ports ?? []);
  for (const { NetworkID, Addr } of Endpoint?.VirtualIPs ?? []) {
    books.networks.releaseAddress(NetworkID, Addr);
  }
}

/** What of the service's networks is not ready yet. */
function obstacleOf(service: StoredService, view: StoreView): string | undefined {
  if (needsIngress(service.Spec.EndpointSpec) && !ingressNetwork(view)) {
    return 'ingress network is missing';
  }
  const waiting = networksOfService(service, view).find((one) => !isNetworkAllocated(one));
  return waiting && `network ${waiting.Spec.Name} has no subnet`;
}

/** None in dnsrr mode, none on networks that live on each node by themselves. */
function virtualNetworks(service: StoredService, view: StoreView): readonly StoredNetwork[] {
  if (service.Spec.EndpointSpec?.Mode === 'dnsrr') return [];
  return networksOfService(service, view).filter((network) => !isNodeLocal(network));
}

function allocateAddresses(
  service: StoredService,
  { networks }: Books,
  view: StoreView,
): VirtualIps | undefined {
  const held = new Map((service.Endpoint?.VirtualIPs ?? []).map((one) => [one.NetworkID, one]));
  const addresses: { NetworkID: NetworkId; Addr: string }[] = [];
  const fresh: typeof addresses = [];
  for (const { ID } of virtualNetworks(service, view)) {
    const kept = held.get(ID);
    const Addr = kept?.Addr ?? networks.allocateAddress(ID);
    if (Addr === undefined) {
      for (const one of fresh) networks.releaseAddress(one.NetworkID, one.Addr);
      return undefined;
    }
    const address = { NetworkID: ID, Addr };
    if (!kept) fresh.push(address);
    held.delete(ID);
    addresses.push(address);
  }
  for (const one of held.values()) networks.releaseAddress(one.NetworkID, one.Addr);
  return addresses;
}

function refused(reason: string): ServiceAllocation {
  return { kind: 'refused', reason };
}
