import type { Instant } from '../base/clock.ts';
import { compareStrings } from '../base/compare.ts';
import { formatTimestamp } from '../base/timestamp.ts';
import { LABEL_PREDEFINED } from '../orchestrator/allocator/network-books.ts';
import { managerStatus } from '../orchestrator/role-manager.ts';
import type { SavedState } from '../orchestrator/store/persistence.ts';
import type {
  ClusterId,
  NetworkAttachment,
  StoredConfig,
  StoredMeta,
  StoredNetwork,
  StoredNode,
  StoredSecret,
  StoredService,
  StoredTask,
} from '../orchestrator/store/stored-object.ts';
import { DEFAULT_CLUSTER_SPEC } from '../swarm/cluster.ts';
import type { Config } from '../swarm/config.ts';
import { isTaskDirty } from '../swarm/dirty.ts';
import type { Network } from '../swarm/network.ts';
import type { NetworkId, NodeId } from '../swarm/object.ts';
import type { Secret } from '../swarm/secret.ts';
import type { Service } from '../swarm/service.ts';
import { isTerminal, taskStateRank } from '../swarm/task-state.ts';
import type { Task } from '../swarm/task.ts';
import type { ScenarioNode } from './scenario.ts';

/** Base64 of one blank: content of secrets and configs that nobody reads. */
export const UNKNOWN_CONTENT = 'IA==';

/** What runs on a live cluster, as its Engine API lists it. */
export interface LiveState {
  readonly services: readonly Service[];
  readonly tasks: readonly Task[];
  readonly networks: readonly Network[];
  readonly secrets: readonly Secret[];
  readonly configs: readonly Config[];
}

/** A node of the simulated cluster, with its id. */
export type PlacedNode = ScenarioNode & { readonly id: NodeId };

/**
 * The state of a live cluster as a store takes it, as if all of it had been made just now.
 *
 * Tasks that have ended are left out, those of jobs excepted: they count. Contents of secrets and
 * configs are unknown.
 */
export function toSavedState(
  live: LiveState,
  nodes: readonly PlacedNode[],
  start: Instant,
): SavedState {
  const timestamp = formatTimestamp(start);
  let created = 0;
  const meta = (index = 1): StoredMeta => ({
    Version: { Index: index },
    CreatedAt: timestamp,
    UpdatedAt: timestamp,
    CreationIndex: created++,
  });
  const networks = [...live.networks.filter(isSwarm).map(toStored), ...hiddenNetworks(live)].map(
    (network) => ({ ...network, ...meta() }),
  );
  const services = live.services.map((service) => toService(service, meta(service.Version.Index)));
  const context = { networks, services, start };
  const tasks = live.tasks
    .filter(isAlive)
    .toSorted((a, b) => compareStrings(a.CreatedAt, b.CreatedAt))
    .flatMap((task) => toTask(task, meta(task.Version.Index), context) ?? []);
  const cluster = {
    ID: 'simulated' as ClusterId,
    Spec: DEFAULT_CLUSTER_SPEC,
    DefaultAddrPool: ['10.0.0.0/8'],
    SubnetSize: 24,
    DataPathPort: 4789,
    ...meta(),
  };
  const blob = { Data: UNKNOWN_CONTENT };
  const objects: SavedState['objects'] = [
    { kind: 'cluster', object: cluster },
    ...nodes.map((node, at) => ({
      kind: 'node' as const,
      object: { ...toNode(node, at), ...meta() },
    })),
    ...networks.map((object) => ({ kind: 'network' as const, object })),
    ...live.secrets.map((one): { kind: 'secret'; object: StoredSecret } => ({
      kind: 'secret',
      object: { ...one, ...meta(one.Version.Index), Spec: { ...one.Spec, ...blob } },
    })),
    ...live.configs.map((one): { kind: 'config'; object: StoredConfig } => ({
      kind: 'config',
      object: { ...one, ...meta(one.Version.Index), Spec: { ...one.Spec, ...blob } },
    })),
    ...services.map((object) => ({ kind: 'service' as const, object })),
    ...tasks.map((object) => ({ kind: 'task' as const, object })),
  ];
  const version = Math.max(...objects.map(({ object }) => object.Version.Index));
  return { version, objects };
}

function isSwarm(network: Network): boolean {
  return network.Scope === 'swarm';
}

/** Jobs count what is complete; all else that ended is history. */
function isAlive({ Status, DesiredState }: Task): boolean {
  if (Status.State === 'complete' && DesiredState === 'complete') return true;
  return !isTerminal(Status.State) && taskStateRank(DesiredState) <= taskStateRank('running');
}

function toNode(node: PlacedNode, at: number): Omit<StoredNode, keyof StoredMeta> {
  const addr = addressOf(at);
  return {
    ID: node.id,
    Spec: { Labels: node.labels, Role: node.role, Availability: node.availability },
    Role: node.role,
    Description: node.description,
    Status: { State: node.isDown ? 'down' : 'ready', Addr: addr },
    ...(node.role === 'manager' && { ManagerStatus: managerStatus(addr, at === 0) }),
  };
}

/** An address for a simulated node; nothing depends on it. */
export function addressOf(at: number): string {
  return `192.168.${Math.floor(at / 250) % 256}.${(at % 250) + 1}`;
}

/** The network of the network API in the form that tasks carry. */
function toStored(network: Network): Omit<StoredNetwork, keyof StoredMeta> {
  const { Name, Driver, Options } = network;
  const ipam = {
    Driver: { Name: network.IPAM?.Driver ?? 'default' },
    Configs: (network.IPAM?.Config ?? []).map(({ Subnet, IPRange, Gateway }) => ({
      ...(Subnet !== undefined && { Subnet }),
      ...(IPRange !== undefined && { Range: IPRange }),
      ...(Gateway !== undefined && { Gateway }),
    })),
  };
  return {
    ID: network.Id,
    Spec: {
      Name,
      Labels: network.Labels ?? {},
      DriverConfiguration: { Name: Driver },
      Attachable: network.Attachable === true,
      Internal: network.Internal === true,
      Ingress: network.Ingress === true,
      IPv6Enabled: network.EnableIPv6 === true,
      Scope: 'swarm',
    },
    DriverState: { Name: Driver, Options: Options ?? {} },
    IPAMOptions: ipam,
  };
}

/** The engines' own networks: services may be attached to them, and no list shows them. */
function hiddenNetworks({
  services,
  networks,
}: LiveState): Omit<StoredNetwork, keyof StoredMeta>[] {
  const known = new Set<string>(networks.map((one) => one.Id));
  const targets = services
    .flatMap(({ Spec }) => Spec.TaskTemplate.Networks ?? [])
    .map((one) => one.Target ?? '')
    .filter((id) => id !== '' && !known.has(id));
  const names = ['host', 'bridge', 'none'];
  const ids = [...new Set(targets)].slice(0, names.length);
  return names.map((Name, at) => ({
    ID: (ids[at] ?? `simulated-${Name}`) as NetworkId,
    Spec: {
      Name,
      Labels: { [LABEL_PREDEFINED]: 'true' },
      DriverConfiguration: { Name: Name === 'none' ? 'null' : Name },
    },
  }));
}

function toService(service: Service, meta: StoredMeta): StoredService {
  // As after its creation: an update quotes the version of the service, which is another number.
  return { ...service, ...meta, SpecVersion: 0 };
}

interface TaskContext {
  readonly networks: readonly StoredNetwork[];
  readonly services: readonly StoredService[];
  readonly start: Instant;
}

function toTask(task: Task, meta: StoredMeta, context: TaskContext): StoredTask | undefined {
  const service = context.services.find((one) => one.ID === task.ServiceID);
  if (!service) return undefined;
  const { NetworksAttachments, ...rest } = task;
  const clean = !isTaskDirty(service, task, () => true);
  return {
    ...rest,
    ...meta,
    // Shared with the service when it is the same: that is what "clean" means to the core.
    ...(clean && { Spec: service.Spec.TaskTemplate, SpecVersion: service.SpecVersion }),
    ServiceAnnotations: { Name: service.Spec.Name, Labels: service.Spec.Labels ?? {} },
    Status: { ...task.Status, Timestamp: meta.CreatedAt, AppliedAt: context.start },
    NetworksAttachments: (NetworksAttachments ?? []).flatMap((one): NetworkAttachment[] => {
      const id = (one.Network as { readonly ID?: string } | undefined)?.ID;
      const network = context.networks.find((known) => known.ID === id);
      if (!network) return [];
      return [{ Network: network, ...(one.Addresses && { Addresses: one.Addresses }) }];
    }),
  };
}
