import type { Config, ConfigSpec } from '../swarm/config.ts';
import type { Network, NetworkCreate } from '../swarm/network.ts';
import type { Node, NodeSpec } from '../swarm/node.ts';
import type { ConfigId, NetworkId, NodeId, SecretId, ServiceId, TaskId } from '../swarm/object.ts';
import type { Secret, SecretSpec } from '../swarm/secret.ts';
import type { Service, ServiceSpec } from '../swarm/service.ts';
import type { Task } from '../swarm/task.ts';

/** Filters of a list call: key to accepted values, e.g. `{ label: ['a=b'] }`. */
export type Filters = Readonly<Record<string, readonly string[]>>;

/** Ends a request early; always the last argument. */
export interface CallOptions {
  readonly signal?: AbortSignal | undefined;
}

/** @source Engine API, GET /info (the members tstack reads) */
export interface EngineInfo {
  readonly ServerVersion?: string;
  /** Pairs of a name and a value; tstackd names its runtime there. */
  readonly DriverStatus?: readonly (readonly string[])[] | null;
  readonly Swarm?: {
    readonly NodeID?: string;
    readonly LocalNodeState?: 'inactive' | 'pending' | 'active' | 'error' | 'locked';
    readonly ControlAvailable?: boolean;
    readonly Error?: string;
    /** Managers only. */
    readonly Cluster?: { readonly ID?: string };
    readonly RemoteManagers?: readonly { readonly NodeID: string; readonly Addr: string }[] | null;
  };
}

/** What a registry says of an image. @source Engine API, DistributionInspect */
export interface Distribution {
  readonly Descriptor: { readonly digest?: string; readonly mediaType?: string };
  readonly Platforms?: readonly { readonly architecture?: string; readonly os?: string }[];
}

export interface ServiceWriteOptions extends CallOptions {
  /** Ready-made X-Registry-Auth value. */
  readonly registryAuth?: string | undefined;
}

export interface ServiceUpdateOptions extends ServiceWriteOptions {
  readonly version: number;
  readonly rollback?: 'previous' | undefined;
  readonly registryAuthFrom?: 'spec' | 'previous-spec' | undefined;
}

/** Warnings of the engine, possibly empty. */
export interface WriteReply {
  readonly warnings: readonly string[];
}

/** Which part of a log, and how long. */
export interface LogQuery extends CallOptions {
  /** Goes on until the service is gone or the signal is aborted; tasks to come included. */
  readonly follow?: boolean;
  /** Not before, seconds since 1970. */
  readonly sinceSeconds?: number | undefined;
  /** Last lines of each task; absent means all. */
  readonly tail?: number | undefined;
  /** Whether the tasks have a TTY: their streams are not multiplexed. */
  readonly hasTerminal?: boolean;
}

/** One line that a task wrote. */
export interface LogRecord {
  readonly stream: 'stdout' | 'stderr';
  /** When the node read it, RFC 3339 with nine digits of a second. */
  readonly timestamp: string;
  /** Empty when the engine does not tell. */
  readonly nodeId: string;
  /** Empty when the engine does not tell. */
  readonly taskId: string;
  /** Without its line end. */
  readonly text: string;
}

export interface ServiceApi {
  list(
    query: { readonly filters?: Filters; readonly status?: boolean },
    options?: CallOptions,
  ): Promise<readonly Service[]>;
  inspect(idOrName: string, options?: CallOptions): Promise<Service>;
  create(
    spec: ServiceSpec,
    options?: ServiceWriteOptions,
  ): Promise<WriteReply & { readonly id: ServiceId }>;
  update(id: ServiceId, spec: ServiceSpec, options: ServiceUpdateOptions): Promise<WriteReply>;
  remove(id: ServiceId, options?: CallOptions): Promise<void>;
  /** Of all its tasks, those that ended too; in the order of arrival. The iteration rejects. */
  logs(id: ServiceId | string, query?: LogQuery): AsyncIterable<LogRecord>;
}

export interface TaskApi {
  list(query: { readonly filters?: Filters }, options?: CallOptions): Promise<readonly Task[]>;
  inspect(id: TaskId | string, options?: CallOptions): Promise<Task>;
  /** The iteration rejects. */
  logs(id: TaskId | string, query?: LogQuery): AsyncIterable<LogRecord>;
}

export interface NodeApi {
  list(query: { readonly filters?: Filters }, options?: CallOptions): Promise<readonly Node[]>;
  inspect(idOrName: NodeId | string, options?: CallOptions): Promise<Node>;
  update(
    id: NodeId,
    spec: NodeSpec,
    query: { readonly version: number } & CallOptions,
  ): Promise<void>;
  remove(id: NodeId, query?: { readonly force?: boolean } & CallOptions): Promise<void>;
}

export interface NetworkApi {
  list(query: { readonly filters?: Filters }, options?: CallOptions): Promise<readonly Network[]>;
  inspect(idOrName: string, options?: CallOptions): Promise<Network>;
  create(
    body: NetworkCreate,
    options?: CallOptions,
  ): Promise<{ readonly id: NetworkId; readonly warning: string }>;
  remove(id: NetworkId, options?: CallOptions): Promise<void>;
}

/** Secrets and configs share one shape of API. */
export interface BlobApi<Id extends string, Spec, Item> {
  list(query: { readonly filters?: Filters }, options?: CallOptions): Promise<readonly Item[]>;
  inspect(idOrName: string, options?: CallOptions): Promise<Item>;
  create(spec: Spec, options?: CallOptions): Promise<{ readonly id: Id }>;
  update(id: Id, spec: Spec, query: { readonly version: number } & CallOptions): Promise<void>;
  remove(id: Id, options?: CallOptions): Promise<void>;
}

/**
 * The narrow port to an engine: a Docker Swarm manager or tstackd.
 *
 * Every method rejects with EngineError (method, path, status, kind) or CancelledError; lists may
 * be empty and keep the engine's order.
 */
export interface EngineClient {
  /** Negotiated API version, e.g. `1.47`. */
  readonly apiVersion: string;
  /** Where it talks to, for messages: `unix:///var/run/docker.sock`. */
  readonly endpoint: string;
  info(options?: CallOptions): Promise<EngineInfo>;
  /** Digest and platforms of an image, asked of its registry by the engine. */
  distribution(
    image: string,
    options?: CallOptions & { readonly registryAuth?: string | undefined },
  ): Promise<Distribution>;
  readonly services: ServiceApi;
  readonly tasks: TaskApi;
  readonly nodes: NodeApi;
  readonly networks: NetworkApi;
  readonly secrets: BlobApi<SecretId, SecretSpec, Secret>;
  readonly configs: BlobApi<ConfigId, ConfigSpec, Config>;
  /** Frees sockets; idempotent. */
  close(): void;
}

/** Gives the X-Registry-Auth header of an image; undefined means send none. */
export type RegistryAuth = (image: string, options?: CallOptions) => Promise<string | undefined>;
