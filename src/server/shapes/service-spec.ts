import {
  anything,
  bool,
  duration,
  fileMode,
  float,
  int64,
  list,
  map,
  struct,
  text,
  textOf,
  uint32,
  uint64,
  type Shape,
} from '../go-json/shape.ts';

/*
 * The engine's types of a service spec, as far as JSON reaches them.
 * Source: spec/engine-api.md section 6.1; moby api/types/swarm, api/types/mount.
 */

const labels = map(text);
const texts = list(text);
export const driver: Shape = struct('swarm.Driver', { Name: text, Options: labels });

const mount = struct('mount.Mount', {
  Type: textOf('mount.Type'),
  Source: text,
  Target: text,
  ReadOnly: bool,
  Consistency: textOf('mount.Consistency'),
  BindOptions: struct('mount.BindOptions', {
    Propagation: textOf('mount.Propagation'),
    NonRecursive: bool,
    CreateMountpoint: bool,
    ReadOnlyNonRecursive: bool,
    ReadOnlyForceRecursive: bool,
  }),
  VolumeOptions: struct('mount.VolumeOptions', {
    NoCopy: bool,
    Labels: labels,
    Subpath: text,
    DriverConfig: struct('mount.Driver', { Name: text, Options: labels }),
  }),
  ImageOptions: struct('mount.ImageOptions', { Subpath: text }),
  TmpfsOptions: struct('mount.TmpfsOptions', {
    SizeBytes: int64,
    Mode: fileMode,
    Options: list(texts),
  }),
  ClusterOptions: struct('mount.ClusterOptions', {}),
});

const fileTarget = (goType: string): Shape =>
  struct(goType, { Name: text, UID: text, GID: text, Mode: fileMode });

const privileges = struct('swarm.Privileges', {
  CredentialSpec: struct('swarm.CredentialSpec', { Config: text, File: text, Registry: text }),
  SELinuxContext: struct('swarm.SELinuxContext', {
    Disable: bool,
    User: text,
    Role: text,
    Type: text,
    Level: text,
  }),
  Seccomp: struct('swarm.SeccompOpts', { Mode: textOf('swarm.SeccompMode'), Profile: text }),
  AppArmor: struct('swarm.AppArmorOpts', { Mode: textOf('swarm.AppArmorMode') }),
  NoNewPrivileges: bool,
});

const healthcheck = struct('container.HealthConfig', {
  Test: texts,
  Interval: duration,
  Timeout: duration,
  StartPeriod: duration,
  StartInterval: duration,
  Retries: int64,
});

const containerSpec = struct('swarm.ContainerSpec', {
  Image: text,
  Labels: labels,
  Command: texts,
  Args: texts,
  Hostname: text,
  Env: texts,
  Dir: text,
  User: text,
  Groups: texts,
  Privileges: privileges,
  Init: bool,
  StopSignal: text,
  TTY: bool,
  OpenStdin: bool,
  ReadOnly: bool,
  Mounts: list(mount),
  StopGracePeriod: duration,
  Healthcheck: healthcheck,
  Hosts: texts,
  DNSConfig: struct('swarm.DNSConfig', { Nameservers: texts, Search: texts, Options: texts }),
  Secrets: list(
    struct('*swarm.SecretReference', {
      File: fileTarget('swarm.SecretReferenceFileTarget'),
      SecretID: text,
      SecretName: text,
    }),
  ),
  Configs: list(
    struct('*swarm.ConfigReference', {
      File: fileTarget('swarm.ConfigReferenceFileTarget'),
      Runtime: struct('swarm.ConfigReferenceRuntimeTarget', {}),
      ConfigID: text,
      ConfigName: text,
    }),
  ),
  Isolation: textOf('container.Isolation'),
  Sysctls: labels,
  CapabilityAdd: texts,
  CapabilityDrop: texts,
  Ulimits: list(struct('*container.Ulimit', { Name: text, Soft: int64, Hard: int64 })),
  OomScoreAdj: int64,
});

const genericResources = list(
  struct('swarm.GenericResource', {
    NamedResourceSpec: struct('swarm.NamedGenericResource', { Kind: text, Value: text }),
    DiscreteResourceSpec: struct('swarm.DiscreteGenericResource', { Kind: text, Value: int64 }),
  }),
);

const networks = list(
  struct('swarm.NetworkAttachmentConfig', { Target: text, Aliases: texts, DriverOpts: labels }),
);

const placement = struct('swarm.Placement', {
  Constraints: texts,
  Preferences: list(
    struct('swarm.PlacementPreference', {
      Spread: struct('swarm.SpreadOver', { SpreadDescriptor: text }),
    }),
  ),
  MaxReplicas: uint64,
  Platforms: list(struct('swarm.Platform', { Architecture: text, OS: text })),
});

const taskSpec = struct('swarm.TaskSpec', {
  ContainerSpec: containerSpec,
  PluginSpec: anything,
  NetworkAttachmentSpec: struct('swarm.NetworkAttachmentSpec', { ContainerID: text }),
  Resources: struct('swarm.ResourceRequirements', {
    Limits: struct('swarm.Limit', { NanoCPUs: int64, MemoryBytes: int64, Pids: int64 }),
    Reservations: struct('swarm.Resources', {
      NanoCPUs: int64,
      MemoryBytes: int64,
      GenericResources: genericResources,
    }),
  }),
  RestartPolicy: struct('swarm.RestartPolicy', {
    Condition: textOf('swarm.RestartPolicyCondition'),
    Delay: duration,
    MaxAttempts: uint64,
    Window: duration,
  }),
  Placement: placement,
  Networks: networks,
  LogDriver: driver,
  ForceUpdate: uint64,
  Runtime: textOf('swarm.RuntimeType'),
});

const updateConfig = struct('swarm.UpdateConfig', {
  Parallelism: uint64,
  Delay: duration,
  FailureAction: text,
  Monitor: duration,
  MaxFailureRatio: float('float32'),
  Order: text,
});

const ports = list(
  struct('swarm.PortConfig', {
    Name: text,
    Protocol: textOf('swarm.PortConfigProtocol'),
    TargetPort: uint32,
    PublishedPort: uint32,
    PublishMode: textOf('swarm.PortConfigPublishMode'),
  }),
);

/** @source Engine API, ServiceSpec */
export const serviceSpec: Shape = struct('swarm.ServiceSpec', {
  Name: text,
  Labels: labels,
  TaskTemplate: taskSpec,
  Mode: struct('swarm.ServiceMode', {
    Replicated: struct('swarm.ReplicatedService', { Replicas: uint64 }),
    Global: struct('swarm.GlobalService', {}),
    ReplicatedJob: struct('swarm.ReplicatedJob', {
      MaxConcurrent: uint64,
      TotalCompletions: uint64,
    }),
    GlobalJob: struct('swarm.GlobalJob', {}),
  }),
  UpdateConfig: updateConfig,
  RollbackConfig: updateConfig,
  EndpointSpec: struct('swarm.EndpointSpec', {
    Mode: textOf('swarm.ResolutionMode'),
    Ports: ports,
  }),
  Networks: networks,
});
