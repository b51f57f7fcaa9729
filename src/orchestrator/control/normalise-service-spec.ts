import type {
  Privileges,
  RestartPolicy,
  ServiceMode,
  ServiceSpec,
  TaskSpec,
  UpdateConfig,
} from '../../swarm/service.ts';

/*
 * The one form in which a service spec is stored, compared and shown: what the real engine gives
 * back for what it is sent. Absent, null, empty text and empty list are the same; so are a zero
 * and its absence where the engine's JSON drops zeros.
 * Source: spec/engine-api.md section 6.1 and trap 11, 19.
 */

/** Maps of the user's own keys: their values are taken as they are. */
const MAPS: ReadonlySet<string> = new Set(['Labels', 'Options', 'Sysctls', 'DriverOpts']);

/** Members whose zero (or false) the engine does not tell from absence. */
const ZERO_IS_ABSENT: ReadonlySet<string> = new Set([
  'TTY',
  'OpenStdin',
  'ReadOnly',
  'NoCopy',
  'NonRecursive',
  'CreateMountpoint',
  'ReadOnlyNonRecursive',
  'ReadOnlyForceRecursive',
  'NanoCPUs',
  'MemoryBytes',
  'Pids',
  'MaxReplicas',
  'PublishedPort',
  'TargetPort',
  'OomScoreAdj',
  'SizeBytes',
  'Interval',
  'Timeout',
  'StartPeriod',
  'StartInterval',
  'Retries',
  'Monitor',
]);

/** The canonical form of a spec as a client sent it. Unknown words are kept for validation. */
export function normaliseServiceSpec(sent: ServiceSpec): ServiceSpec {
  const spec = dropEmpty(sent) as Partial<ServiceSpec>;
  const { TaskTemplate, Mode, UpdateConfig, RollbackConfig, EndpointSpec, ...rest } = spec;
  return {
    ...rest,
    Name: spec.Name ?? '',
    Labels: spec.Labels ?? {},
    TaskTemplate: normaliseTask(TaskTemplate ?? {}),
    Mode: normaliseMode(Mode),
    ...(UpdateConfig && { UpdateConfig: normaliseUpdate(UpdateConfig) }),
    ...(RollbackConfig && { RollbackConfig: normaliseUpdate(RollbackConfig) }),
    ...(EndpointSpec && { EndpointSpec: normaliseEndpoint(EndpointSpec) }),
  };
}

function normaliseTask(task: TaskSpec): TaskSpec {
  const { ContainerSpec, RestartPolicy } = task;
  return {
    ...task,
    ...(ContainerSpec && { ContainerSpec: normaliseContainer(ContainerSpec) }),
    ...(RestartPolicy && { RestartPolicy: normaliseRestart(RestartPolicy) }),
    ForceUpdate: task.ForceUpdate ?? 0,
    Runtime: task.Runtime ?? 'container',
  };
}

function normaliseContainer(container: NonNullable<TaskSpec['ContainerSpec']>) {
  const { Privileges, Mounts } = container;
  return {
    ...container,
    ...(Privileges && { Privileges: normalisePrivileges(Privileges) }),
    ...(Mounts && {
      Mounts: Mounts.map((mount) => ({
        ...mount,
        Type: ((mount.Type as string | undefined) ?? 'bind').toLowerCase() as typeof mount.Type,
        Target: (mount.Target as string | undefined) ?? '',
      })),
    }),
    Isolation: container.Isolation ?? 'default',
  };
}

function normalisePrivileges(privileges: Privileges): Privileges {
  return {
    ...privileges,
    CredentialSpec: privileges.CredentialSpec ?? null,
    SELinuxContext: privileges.SELinuxContext ?? null,
    NoNewPrivileges: privileges.NoNewPrivileges ?? false,
  };
}

function normaliseRestart(policy: RestartPolicy): RestartPolicy {
  const condition = policy.Condition?.toLowerCase().replaceAll('_', '-') ?? 'any';
  return {
    ...policy,
    Condition: condition as NonNullable<RestartPolicy['Condition']>,
    MaxAttempts: policy.MaxAttempts ?? 0,
  };
}

function normaliseMode(mode: ServiceMode | undefined): ServiceMode {
  if (!mode || Object.keys(mode).length === 0) return { Replicated: { Replicas: 1 } };
  if (Object.keys(mode).length > 1) return mode;
  if (mode.Replicated) return { Replicated: { Replicas: mode.Replicated.Replicas ?? 1 } };
  if (!mode.ReplicatedJob) return mode;
  const MaxConcurrent = mode.ReplicatedJob.MaxConcurrent ?? 1;
  const TotalCompletions = mode.ReplicatedJob.TotalCompletions ?? MaxConcurrent;
  return { ReplicatedJob: { MaxConcurrent, TotalCompletions } };
}

function normaliseUpdate(config: UpdateConfig): UpdateConfig {
  const { Delay, ...rest } = config;
  return {
    ...rest,
    ...(Delay && { Delay }),
    Parallelism: config.Parallelism ?? 0,
    FailureAction: config.FailureAction ?? 'pause',
    MaxFailureRatio: config.MaxFailureRatio ?? 0,
    Order: config.Order ?? 'stop-first',
  };
}

function normaliseEndpoint(endpoint: NonNullable<ServiceSpec['EndpointSpec']>) {
  const { Ports } = endpoint;
  return {
    ...endpoint,
    Mode: endpoint.Mode ?? ('vip' as const),
    ...(Ports && {
      Ports: Ports.map((port) => ({
        ...port,
        Protocol: port.Protocol ?? ('tcp' as const),
        TargetPort: port.TargetPort ?? 0,
        PublishMode: port.PublishMode ?? ('ingress' as const),
      })),
    }),
  };
}

function dropEmpty(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(dropEmpty);
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(([key, member]) => !isAbsent(key, member));
  return Object.fromEntries(
    kept.map(([key, member]) => [key, MAPS.has(key) ? member : dropEmpty(member)]),
  );
}

function isAbsent(key: string, member: unknown): boolean {
  if (member === undefined || member === null || member === '') return true;
  if (Array.isArray(member)) return member.length === 0;
  if (MAPS.has(key) && typeof member === 'object') return Object.keys(member).length === 0;
  return (member === 0 || member === false) && ZERO_IS_ABSENT.has(key);
}
