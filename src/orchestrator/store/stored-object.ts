import type { Instant } from '../../base/clock.ts';
import type { Brand } from '../../base/brand.ts';
import type { ClusterSpec } from '../../swarm/cluster.ts';
import type { Config } from '../../swarm/config.ts';
import type { Node, NodeRole } from '../../swarm/node.ts';
import type {
  Annotations,
  Driver,
  NetworkId,
  NodeId,
  ObjectMeta,
  StringMap,
} from '../../swarm/object.ts';
import type { Secret } from '../../swarm/secret.ts';
import type { Endpoint, Service } from '../../swarm/service.ts';
import type { Task, TaskStatus } from '../../swarm/task.ts';

/*
 * What the store holds: the Engine API's shapes plus the facts that the API does not show, under
 * SwarmKit's names. Objects are deeply readonly and shared, never cloned: a task's Spec *is* its
 * service's TaskTemplate object, so "same spec" is usually `===`. The API shape of one is given by
 * `project.ts`.
 */

export type ClusterId = Brand<string, 'ClusterId'>;

/** What every stored object carries; written by the store alone. */
export interface StoredMeta extends ObjectMeta {
  /** Rank of its creation among all objects ever created here; lists are in this order. */
  readonly CreationIndex: number;
}

/** @source swarmkit api/objects.proto Node */
export interface StoredNode extends Node, StoredMeta {
  /** Observed role: lags `Spec.Role`; constraints on node.role compare this one. */
  readonly Role: NodeRole;
}

/** @source swarmkit api/objects.proto Service */
export interface StoredService extends Service, StoredMeta {
  /** Version index that the last API update quoted, 0 after create; swapped by rollbacks. */
  readonly SpecVersion: number;
  readonly PreviousSpecVersion?: number;
  /** Ready-made X-Registry-Auth value for the spec's image. */
  readonly RegistryAuth?: string;
  readonly PreviousRegistryAuth?: string;
}

/** @source swarmkit api/types.proto TaskStatus */
export interface StoredTaskStatus extends TaskStatus {
  /** When the manager took the status, by its own clock; absent on a task just created. */
  readonly AppliedAt?: Instant;
}

/** A task's place in one network. */
export interface NetworkAttachment {
  readonly Network: StoredNetwork;
  /** In CIDR form. */
  readonly Addresses?: readonly string[];
}

/** @source swarmkit api/objects.proto Task */
export interface StoredTask extends Omit<Task, 'NetworksAttachments'>, StoredMeta {
  readonly Status: StoredTaskStatus;
  /** The service's when the task was created; absent for one-off tasks. */
  readonly SpecVersion?: number;
  /** Name and labels of the service when the task was created. */
  readonly ServiceAnnotations: Annotations;
  /** The service's endpoint when the task was allocated. */
  readonly Endpoint?: Endpoint;
  /** The task spec's, else the cluster's default. */
  readonly LogDriver?: Driver;
  readonly NetworksAttachments?: readonly NetworkAttachment[];
}

/** @source Engine API, swarm form of a network as in Task.NetworksAttachments */
export interface SwarmNetworkSpec extends Annotations {
  readonly DriverConfiguration?: Driver;
  readonly IPv6Enabled?: boolean;
  readonly Internal?: boolean;
  readonly Attachable?: boolean;
  readonly Ingress?: boolean;
  readonly IPAMOptions?: SwarmIpam;
  readonly Scope?: string;
}

/** Address management, in the swarm form of a network. */
export interface SwarmIpam {
  readonly Driver?: Driver;
  readonly Configs?: readonly {
    readonly Subnet?: string;
    readonly Range?: string;
    readonly Gateway?: string;
  }[];
}

/** @source swarmkit api/objects.proto Network */
export interface StoredNetwork extends StoredMeta {
  readonly ID: NetworkId;
  readonly Spec: SwarmNetworkSpec;
  /** As allocated; absent until then. */
  readonly DriverState?: { readonly Name?: string; readonly Options?: StringMap };
  /** As allocated; absent until then. */
  readonly IPAMOptions?: SwarmIpam;
}

/** @source swarmkit api/objects.proto Secret */
export interface StoredSecret extends Secret, StoredMeta {}

/** @source swarmkit api/objects.proto Config */
export interface StoredConfig extends Config, StoredMeta {}

/** @source swarmkit api/objects.proto Cluster */
export interface StoredCluster extends StoredMeta {
  readonly ID: ClusterId;
  readonly Spec: ClusterSpec;
  /** CIDR pools that overlay networks take their subnets from. */
  readonly DefaultAddrPool: readonly string[];
  /** Prefix length of a subnet. */
  readonly SubnetSize: number;
  readonly DataPathPort: number;
  /** Node that runs the managers' loops. */
  readonly Leader?: NodeId;
}

/** Every kind of object that the store holds. */
export interface ObjectByKind {
  readonly cluster: StoredCluster;
  readonly node: StoredNode;
  readonly service: StoredService;
  readonly task: StoredTask;
  readonly network: StoredNetwork;
  readonly secret: StoredSecret;
  readonly config: StoredConfig;
}

export type ObjectKind = keyof ObjectByKind;

/** The kinds in the order in which they are listed, saved and loaded. */
export const OBJECT_KINDS: readonly ObjectKind[] = [
  'cluster',
  'node',
  'network',
  'secret',
  'config',
  'service',
  'task',
];

export type StoredObject = ObjectByKind[ObjectKind];

/** An object about to be created: without what the store writes itself. */
export type Draft<T> = Omit<T, keyof StoredMeta>;
