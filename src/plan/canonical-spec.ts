import type { JsonValue } from '../base/brand.ts';
import { byString } from '../base/compare.ts';
import type {
  FileTarget,
  Mount,
  ServiceMode,
  ServiceSpec,
  UpdateConfig,
} from '../swarm/service.ts';

/** JSON data while it is being rewritten. */
type Loose = Readonly<Record<string, unknown>>;

/** Maps whose values are the user's: an empty value is a value. */
const STRING_MAPS = new Set(['Labels', 'Options', 'Sysctls', 'DriverOpts']);

/** Members whose zero value does not mean absent, by `parent.member` or `member`. */
const MEANINGFUL_ZERO = new Set([
  'Init',
  'StopGracePeriod',
  'RestartPolicy.Delay',
  'RestartPolicy.Window',
  'UpdateConfig.Parallelism',
  'RollbackConfig.Parallelism',
  'Replicated.Replicas',
  'ReplicatedJob.MaxConcurrent',
  'ReplicatedJob.TotalCompletions',
  'Mode.Global',
  'Mode.GlobalJob',
  'Configs.Runtime',
]);

/**
 * A service spec in the one form in which equal meaning is equal data.
 *
 * What the engine fills in or drops when it stores a spec is left out on both sides, so a spec as
 * sent and the same spec as stored give the same result. Order of lists is kept, it is significant,
 * except that of references to secrets and configs.
 * @param networkNames - names of networks by id; a target that is not in it stands for itself
 * @source spec/stack-file.md section 15
 */
export function canonicalSpec(
  spec: ServiceSpec,
  networkNames: ReadonlyMap<string, string>,
): JsonValue {
  const task = spec.TaskTemplate;
  const networks = task.Networks?.length ? task.Networks : (spec.Networks ?? []);
  const container = task.ContainerSpec;
  return prune(
    {
      Name: spec.Name,
      Labels: spec.Labels,
      TaskTemplate: {
        ...task,
        Runtime: unless(task.Runtime, 'container'),
        Networks: networks.map((one) => ({
          ...one,
          Target: networkNames.get(one.Target) ?? one.Target,
        })),
        RestartPolicy: task.RestartPolicy && {
          ...task.RestartPolicy,
          Condition: unless(task.RestartPolicy.Condition, 'any'),
        },
        ContainerSpec: container && {
          ...container,
          Secrets: sortReferences(container.Secrets, (one) => one.SecretName),
          Configs: sortReferences(container.Configs, (one) => one.ConfigName),
          Isolation: known(container.Isolation?.toLowerCase(), ['process', 'hyperv']),
          Mounts: container.Mounts?.map(canonicalMount),
        },
      },
      Mode: canonicalMode(spec.Mode ?? {}),
      UpdateConfig: canonicalUpdate(spec.UpdateConfig),
      RollbackConfig: canonicalUpdate(spec.RollbackConfig),
      EndpointSpec: {
        Mode: unless(spec.EndpointSpec?.Mode, 'vip'),
        Ports: spec.EndpointSpec?.Ports?.map((port) => ({
          ...port,
          Protocol: known(port.Protocol, ['udp', 'sctp']),
          PublishMode: known(port.PublishMode, ['host']),
        })),
      },
    },
    '',
  ) as JsonValue;
}

/** docker sends several references to one object in random order; a container cannot tell. */
function sortReferences<T extends { readonly File?: FileTarget }>(
  references: readonly T[] | undefined,
  nameOf: (one: T) => string,
): readonly T[] | undefined {
  return references?.toSorted(byString((one) => `${nameOf(one)} ${one.File?.Name ?? ''}`));
}

/** The word if it is not the default; the engine takes a word it does not know for the default. */
function known(word: string | undefined, others: readonly string[]): string | undefined {
  return others.find((other) => other === word);
}

function unless<T>(value: T, fallback: T): T | undefined {
  return value === fallback ? undefined : value;
}

function canonicalMount(mount: Mount): Loose {
  const { Consistency: _dropped, ClusterOptions: _alsoDropped, ...rest } = mount;
  return {
    ...rest,
    Type: mount.Type || 'bind',
    BindOptions: mount.BindOptions && {
      ...mount.BindOptions,
      Propagation: unless(mount.BindOptions.Propagation, 'rprivate'),
    },
  };
}

function canonicalMode(mode: ServiceMode): Loose {
  if (mode.Global) return { Global: {} };
  if (mode.GlobalJob) return { GlobalJob: {} };
  if (mode.ReplicatedJob) {
    const concurrent = mode.ReplicatedJob.MaxConcurrent ?? 1;
    const total = mode.ReplicatedJob.TotalCompletions ?? concurrent;
    return { ReplicatedJob: { MaxConcurrent: concurrent, TotalCompletions: total } };
  }
  return { Replicated: { Replicas: mode.Replicated?.Replicas ?? 1 } };
}

function canonicalUpdate(config: UpdateConfig | undefined): Loose | undefined {
  if (!config) return undefined;
  return {
    ...config,
    Parallelism: config.Parallelism ?? 0,
    FailureAction: unless(config.FailureAction || 'pause', 'pause'),
    Order: unless(config.Order || 'stop-first', 'stop-first'),
    // The engine keeps a 32-bit float.
    MaxFailureRatio: Math.fround(config.MaxFailureRatio ?? 0),
  };
}

/** Drops what means nothing; undefined when nothing is left. `at` is the parent's key. */
function prune(value: unknown, at: string): unknown {
  if (Array.isArray(value)) {
    const items = value.map((item) => prune(item, at) ?? emptyLike(item));
    return items.length > 0 ? items : undefined;
  }
  if (typeof value !== 'object' || value === null) {
    return isZero(value) ? undefined : value;
  }
  const isStringMap = STRING_MAPS.has(at);
  const entries = Object.entries(value as Loose).flatMap(([key, member]) => {
    if (member === undefined || member === null) return [];
    const kept = isStringMap ? member : (prune(member, key) ?? meaningfulZero(at, key, member));
    return kept === undefined ? [] : [[key, kept] as const];
  });
  return entries.length > 0 ? Object.fromEntries(entries) : undefined;
}

function isZero(value: unknown): boolean {
  return value === undefined || value === null || value === '' || value === 0 || value === false;
}

function emptyLike(item: unknown): unknown {
  return typeof item === 'object' ? {} : item;
}

function meaningfulZero(parent: string, key: string, member: unknown): unknown {
  return MEANINGFUL_ZERO.has(key) || MEANINGFUL_ZERO.has(`${parent}.${key}`) ? member : undefined;
}
