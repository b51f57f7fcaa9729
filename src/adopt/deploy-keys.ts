import { formatDuration } from '../base/duration.ts';
import type { JsonValue } from '../base/brand.ts';
import { LABEL_DEPENDS_ON, parseDependsOn } from '../swarm/dependency-label.ts';
import { LABEL_REPLICAS } from '../swarm/live-replicas.ts';
import type { Nanoseconds, Platform, StringMap } from '../swarm/object.ts';
import { LABEL_REBALANCE } from '../swarm/rebalance-label.ts';
import type {
  PortConfig,
  RestartPolicy,
  ServiceMode,
  ServiceSpec,
  TaskSpec,
  UpdateConfig,
} from '../swarm/service.ts';
import { LABEL_IMAGE, LABEL_NAMESPACE } from '../swarm/stack-labels.ts';
import { filled, mapWithout, set, unless, written, type Part } from './part.ts';

/** Labels that keys of the file stand for. */
const OWN_LABELS = [
  LABEL_NAMESPACE,
  LABEL_IMAGE,
  LABEL_DEPENDS_ON,
  LABEL_REPLICAS,
  LABEL_REBALANCE,
];

/**
 * The keys that say how a service runs on the cluster.
 * @param declared - services of the file, by their names in it
 * @source spec/stack-file.md section 9, the other way
 */
export function deployKeys(spec: ServiceSpec, declared: ReadonlySet<string>): Part {
  const task = spec.TaskTemplate;
  const names = parseDependsOn(spec.Labels);
  const isOrdered = names.length > 0 && names.every((name) => declared.has(name));
  const labels = isOrdered ? OWN_LABELS : OWN_LABELS.filter((label) => label !== LABEL_DEPENDS_ON);
  return {
    deploy: deployBlock(spec, mapWithout(spec.Labels, labels)),
    depends_on: isOrdered ? names : undefined,
    ...swapKeys(task),
    platform: platformOf(task.Placement?.Platforms ?? []),
    ports: filled(spec.EndpointSpec?.Ports?.map(portOf)),
    'x-tstack': ownKeys(spec.Labels ?? {}),
  };
}

function deployBlock(spec: ServiceSpec, labels: StringMap | undefined): Part['deploy'] {
  const task = spec.TaskTemplate;
  return written({
    ...modeKeys(spec.Mode ?? {}),
    labels,
    update_config: spec.UpdateConfig && updateConfig(spec.UpdateConfig),
    rollback_config: spec.RollbackConfig && updateConfig(spec.RollbackConfig),
    resources: resourcesOf(task),
    restart_policy: task.RestartPolicy && restartPolicy(task.RestartPolicy),
    placement: placementOf(task),
    endpoint_mode: unless(spec.EndpointSpec?.Mode, 'vip'),
  });
}

function portOf(port: PortConfig): { readonly [key: string]: JsonValue } {
  return {
    ...written({
      name: set(port.Name),
      target: port.TargetPort,
      published: set(port.PublishedPort),
      protocol: set(port.Protocol),
      mode: set(port.PublishMode),
    }),
  };
}

function ownKeys(labels: StringMap): Part['x-tstack'] {
  const after = labels[LABEL_REBALANCE];
  return written({
    replicas: labels[LABEL_REPLICAS] === 'live' ? 'live' : undefined,
    rebalance: after === undefined ? undefined : { after },
  });
}

function modeKeys({ Replicated, Global, ReplicatedJob, GlobalJob }: ServiceMode): Part {
  if (Global) return { mode: 'global' };
  if (GlobalJob) return { mode: 'global-job' };
  if (!ReplicatedJob) return { replicas: Replicated?.Replicas };
  return { mode: 'replicated-job', replicas: ReplicatedJob.MaxConcurrent };
}

function updateConfig(config: UpdateConfig): JsonValue {
  return {
    parallelism: config.Parallelism ?? 0,
    ...written({
      delay: set(config.Delay) && duration(config.Delay),
      failure_action: unless(config.FailureAction, 'pause'),
      monitor: set(config.Monitor) && duration(config.Monitor),
      max_failure_ratio: set(config.MaxFailureRatio),
      order: unless(config.Order, 'stop-first'),
    }),
  };
}

function restartPolicy(policy: RestartPolicy): JsonValue {
  return {
    ...written({
      condition: set(policy.Condition),
      delay: duration(policy.Delay),
      max_attempts: set(policy.MaxAttempts),
      window: duration(policy.Window),
    }),
  };
}

function duration(ns: Nanoseconds | null | undefined): string | undefined {
  return ns === undefined || ns === null ? undefined : formatDuration(ns);
}

function resourcesOf({ Resources }: TaskSpec): Part['resources'] {
  const { Limits: limits, Reservations: reservations } = Resources ?? {};
  const generic = (reservations?.GenericResources ?? []).flatMap((one) => {
    if (!('DiscreteResourceSpec' in one)) return [];
    const { Kind, Value } = one.DiscreteResourceSpec;
    return [{ discrete_resource_spec: { ...written({ kind: set(Kind), value: set(Value) }) } }];
  });
  return written({
    limits: written({
      cpus: cpusOf(limits?.NanoCPUs),
      memory: bytesOf(limits?.MemoryBytes),
      pids: set(limits?.Pids),
    }),
    reservations: written({
      cpus: cpusOf(reservations?.NanoCPUs),
      memory: bytesOf(reservations?.MemoryBytes),
      generic_resources: filled(generic),
    }),
  });
}

/** Billionths as a decimal number without rounding. */
function cpusOf(nanoCpus: number | undefined): string | undefined {
  if (!nanoCpus) return undefined;
  const digits = String(nanoCpus).padStart(10, '0');
  const fraction = digits.slice(-9).replace(/0+$/, '');
  return `${digits.slice(0, -9)}${fraction === '' ? '' : `.${fraction}`}`;
}

function bytesOf(bytes: number | undefined): string | undefined {
  return bytes ? String(bytes) : undefined;
}

/** Memory and swap together; -1 is no limit. */
function swapKeys({ Resources }: TaskSpec): Part {
  const { SwapBytes, MemorySwappiness, Limits } = Resources ?? {};
  const memory = Limits?.MemoryBytes ?? 0;
  const isLimited = SwapBytes !== undefined && SwapBytes !== null && memory !== 0;
  return {
    memswap_limit: isLimited ? (SwapBytes < 0 ? '-1' : `${memory + SwapBytes}b`) : undefined,
    mem_swappiness: MemorySwappiness ?? undefined,
  };
}

/** Several are what a registry said of the image. */
function platformOf(platforms: readonly Platform[]): string | undefined {
  const [{ OS = '', Architecture = '' } = {}, ...others] = platforms;
  if (others.length > 0) return undefined;
  const variant = /^armv(6|7)l$/.exec(Architecture)?.[1];
  const parts = variant === undefined ? [OS, Architecture] : [OS, 'arm', `v${variant}`];
  return set(parts.filter((part) => part !== '').join('/'));
}

function placementOf({ Placement }: TaskSpec): Part['placement'] {
  return written({
    constraints: filled(Placement?.Constraints),
    preferences: filled(
      Placement?.Preferences?.map(({ Spread }) => ({ spread: Spread.SpreadDescriptor })),
    ),
    max_replicas_per_node: set(Placement?.MaxReplicas),
  });
}
