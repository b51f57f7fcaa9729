import type {
  Annotations,
  ConfigId,
  Driver,
  GenericResource,
  Nanoseconds,
  NetworkId,
  ObjectMeta,
  Platform,
  SecretId,
  ServiceId,
  StringMap,
  Timestamp,
} from './object.ts';

/** @source Engine API, TaskSpec.ContainerSpec.Mounts (Mount) */
export interface Mount {
  readonly Type: 'bind' | 'volume' | 'tmpfs' | 'npipe' | 'cluster' | 'image';
  readonly Source?: string;
  readonly Target: string;
  readonly ReadOnly?: boolean;
  readonly Consistency?: string;
  readonly BindOptions?: {
    readonly Propagation?: string;
    readonly NonRecursive?: boolean;
    readonly CreateMountpoint?: boolean;
    readonly ReadOnlyNonRecursive?: boolean;
    readonly ReadOnlyForceRecursive?: boolean;
  };
  readonly VolumeOptions?: {
    readonly NoCopy?: boolean;
    readonly Labels?: StringMap;
    readonly DriverConfig?: Driver;
    readonly Subpath?: string;
  };
  readonly TmpfsOptions?: {
    readonly SizeBytes?: number;
    readonly Mode?: number;
    readonly Options?: readonly (readonly string[])[];
  };
  readonly ClusterOptions?: Readonly<Record<string, never>>;
  readonly ImageOptions?: { readonly Subpath?: string };
}

/** @source Engine API, HealthConfig; durations in ns, 0 and absent mean inherit */
export interface Healthcheck {
  readonly Test?: readonly string[];
  readonly Interval?: Nanoseconds;
  readonly Timeout?: Nanoseconds;
  readonly StartPeriod?: Nanoseconds;
  readonly StartInterval?: Nanoseconds;
  readonly Retries?: number;
}

/** Where a secret or config shows in the container. */
export interface FileTarget {
  readonly Name: string;
  readonly UID: string;
  readonly GID: string;
  /** Permission bits, decimal of an octal such as 0444. */
  readonly Mode: number;
}

export interface SecretReference {
  readonly File?: FileTarget;
  readonly SecretID: SecretId;
  readonly SecretName: string;
}

export interface ConfigReference {
  readonly File?: FileTarget;
  /** Marks a config the engine itself uses (credential specs). */
  readonly Runtime?: Readonly<Record<string, never>>;
  readonly ConfigID: ConfigId;
  readonly ConfigName: string;
}

export interface CredentialSpec {
  readonly Config?: string;
  readonly File?: string;
  readonly Registry?: string;
}

/** @source Engine API, TaskSpec.ContainerSpec.Privileges */
export interface Privileges {
  readonly CredentialSpec?: CredentialSpec | null;
  readonly SELinuxContext?: {
    readonly Disable?: boolean;
    readonly User?: string;
    readonly Role?: string;
    readonly Type?: string;
    readonly Level?: string;
  } | null;
  readonly Seccomp?: { readonly Mode?: string; readonly Profile?: string };
  readonly AppArmor?: { readonly Mode?: string };
  readonly NoNewPrivileges?: boolean;
}

export interface Ulimit {
  readonly Name: string;
  readonly Soft: number;
  readonly Hard: number;
}

/** @source Engine API, TaskSpec.ContainerSpec */
export interface ContainerSpec {
  readonly Image?: string;
  readonly Labels?: StringMap;
  readonly Command?: readonly string[];
  readonly Args?: readonly string[];
  readonly Hostname?: string;
  /** `KEY=value`, or `KEY` to remove a variable of the image. */
  readonly Env?: readonly string[];
  readonly Dir?: string;
  readonly User?: string;
  readonly Groups?: readonly string[];
  readonly Privileges?: Privileges | null;
  readonly Init?: boolean;
  readonly StopSignal?: string;
  readonly TTY?: boolean;
  readonly OpenStdin?: boolean;
  readonly ReadOnly?: boolean;
  readonly Mounts?: readonly Mount[];
  readonly StopGracePeriod?: Nanoseconds;
  readonly Healthcheck?: Healthcheck;
  /** `IP host` pairs, the order of /etc/hosts. */
  readonly Hosts?: readonly string[];
  readonly DNSConfig?: {
    readonly Nameservers?: readonly string[];
    readonly Search?: readonly string[];
    readonly Options?: readonly string[];
  };
  readonly Secrets?: readonly SecretReference[];
  readonly Configs?: readonly ConfigReference[];
  readonly Isolation?: string;
  readonly Sysctls?: StringMap;
  readonly CapabilityAdd?: readonly string[];
  readonly CapabilityDrop?: readonly string[];
  readonly Ulimits?: readonly Ulimit[];
  readonly OomScoreAdj?: number;
}

export interface ResourceLimits {
  readonly NanoCPUs?: number;
  readonly MemoryBytes?: number;
  readonly Pids?: number;
}

export interface ResourceReservations {
  readonly NanoCPUs?: number;
  readonly MemoryBytes?: number;
  readonly GenericResources?: readonly GenericResource[];
}

export interface RestartPolicy {
  readonly Condition?: 'none' | 'on-failure' | 'any';
  readonly Delay?: Nanoseconds;
  /** 0 = unlimited. */
  readonly MaxAttempts?: number;
  readonly Window?: Nanoseconds;
}

export interface Placement {
  readonly Constraints?: readonly string[];
  readonly Preferences?: readonly { readonly Spread: { readonly SpreadDescriptor: string } }[];
  /** 0 or absent = unlimited. */
  readonly MaxReplicas?: number;
  readonly Platforms?: readonly Platform[];
}

export interface NetworkAttachmentConfig {
  /** Name or id on the way in, id in what the engine stores. */
  readonly Target: string;
  readonly Aliases?: readonly string[];
  readonly DriverOpts?: StringMap;
}

/** What a task is made of. @source Engine API, TaskSpec */
export interface TaskSpec {
  readonly ContainerSpec?: ContainerSpec;
  readonly Resources?: {
    readonly Limits?: ResourceLimits;
    readonly Reservations?: ResourceReservations;
    /** From API 1.52; -1 is no limit. */
    readonly SwapBytes?: number;
    /** From API 1.52; 0 to 100, -1 is the node's default. */
    readonly MemorySwappiness?: number;
  };
  readonly RestartPolicy?: RestartPolicy;
  readonly Placement?: Placement;
  readonly Networks?: readonly NetworkAttachmentConfig[];
  readonly LogDriver?: Driver;
  readonly ForceUpdate?: number;
  readonly Runtime?: string;
}

/** Exactly one member is present; none means replicated, one replica. */
export interface ServiceMode {
  readonly Replicated?: { readonly Replicas?: number };
  readonly Global?: Readonly<Record<string, never>>;
  readonly ReplicatedJob?: { readonly MaxConcurrent?: number; readonly TotalCompletions?: number };
  readonly GlobalJob?: Readonly<Record<string, never>>;
}

/** @source Engine API, ServiceSpec.UpdateConfig and RollbackConfig */
export interface UpdateConfig {
  /** 0 = all at once. */
  readonly Parallelism: number;
  readonly Delay?: Nanoseconds;
  readonly FailureAction?: 'pause' | 'continue' | 'rollback';
  readonly Monitor?: Nanoseconds;
  readonly MaxFailureRatio?: number;
  readonly Order?: 'stop-first' | 'start-first';
}

export interface PortConfig {
  readonly Name?: string;
  readonly Protocol?: 'tcp' | 'udp' | 'sctp';
  readonly TargetPort: number;
  /** 0 or absent = chosen by the orchestrator (ingress) or none. */
  readonly PublishedPort?: number;
  readonly PublishMode?: 'ingress' | 'host';
}

export interface EndpointSpec {
  readonly Mode?: 'vip' | 'dnsrr';
  readonly Ports?: readonly PortConfig[];
}

/** What was asked for. @source Engine API, ServiceSpec */
export interface ServiceSpec extends Annotations {
  readonly TaskTemplate: TaskSpec;
  readonly Mode?: ServiceMode;
  readonly UpdateConfig?: UpdateConfig;
  readonly RollbackConfig?: UpdateConfig;
  readonly EndpointSpec?: EndpointSpec;
  /** Deprecated twin of TaskTemplate.Networks. */
  readonly Networks?: readonly NetworkAttachmentConfig[];
}

export type UpdateState =
  | 'updating'
  | 'paused'
  | 'completed'
  | 'rollback_started'
  | 'rollback_paused'
  | 'rollback_completed';

export interface UpdateStatus {
  readonly State?: UpdateState;
  readonly StartedAt?: Timestamp;
  readonly CompletedAt?: Timestamp;
  readonly Message?: string;
}

export interface Endpoint {
  readonly Spec?: EndpointSpec;
  readonly Ports?: readonly PortConfig[];
  readonly VirtualIPs?: readonly { readonly NetworkID: NetworkId; readonly Addr: string }[];
}

/** Counts, only in lists asked for with `status=true`. */
export interface ServiceStatus {
  readonly RunningTasks: number;
  readonly DesiredTasks: number;
  readonly CompletedTasks: number;
}

/** @source Engine API, Service */
export interface Service extends ObjectMeta {
  readonly ID: ServiceId;
  readonly Spec: ServiceSpec;
  readonly PreviousSpec?: ServiceSpec;
  readonly Endpoint?: Endpoint;
  readonly UpdateStatus?: UpdateStatus;
  readonly ServiceStatus?: ServiceStatus;
  readonly JobStatus?: {
    readonly JobIteration: { readonly Index?: number };
    readonly LastExecution?: Timestamp;
  };
}
