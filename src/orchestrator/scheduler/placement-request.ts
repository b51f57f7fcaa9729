import type { Constraint, ConstraintTarget } from '../../swarm/constraint.ts';
import { parseConstraints } from '../../swarm/constraint.ts';
import type { GenericResource, Platform, ServiceId } from '../../swarm/object.ts';
import type { Placement, PortConfig, TaskSpec } from '../../swarm/service.ts';

/** A counted resource beyond CPU and memory. */
export interface GenericNeed {
  readonly kind: string;
  /** Infinity where a task asks for a named resource, which no node can promise (Q10). */
  readonly count: number;
}

/** What a task takes from its node for as long as it has not stopped. */
export interface Reservation {
  readonly nanoCpus: number;
  readonly memoryBytes: number;
  /** One entry per kind. */
  readonly generic: readonly GenericNeed[];
  /** Host-mode ports with a number, as `tcp/80`. */
  readonly hostPorts: readonly string[];
}

/** All that the scheduler needs to know of a task; tasks of one group share one. */
export interface PlacementRequest {
  readonly service: ServiceId;
  /** Absent for one-off tasks. */
  readonly specVersion?: number;
  readonly reservation: Reservation;
  /** Empty as well when the list cannot be parsed: validation has refused it, or nobody can. */
  readonly constraints: readonly Constraint[];
  /** The equality constraint that leaves the fewest nodes, as far as its key tells. */
  readonly pin: Constraint | undefined;
  /** The same, as written. */
  readonly constraintTexts: readonly string[];
  readonly platforms: readonly Platform[];
  /** Engine plugins as `Type/name`. */
  readonly plugins: readonly string[];
  /** Sources of the mounts of type cluster. */
  readonly clusterVolumes: readonly string[];
  /** 0 = unlimited. */
  readonly maxReplicas: number;
  /** Spread descriptors that name a label, outermost first. */
  readonly spread: readonly string[];
}

/** The parts of a task that decide where it can go. */
export interface RequestSource {
  readonly service: ServiceId;
  readonly specVersion?: number | undefined;
  readonly spec: TaskSpec;
  readonly ports?: readonly PortConfig[] | undefined;
  /** Drivers of the networks it attaches to. */
  readonly networkDrivers?: readonly string[] | undefined;
}

const NOTHING: Reservation = { nanoCpus: 0, memoryBytes: 0, generic: [], hostPorts: [] };

/**
 * Compiles the placement demands of a task.
 * @source spec/orchestrator.md 10.2; swarmkit manager/scheduler/filter.go (SetTask of each filter)
 */
export function toPlacementRequest(source: RequestSource): PlacementRequest {
  const { spec, service, specVersion } = source;
  return {
    service,
    ...(specVersion === undefined ? {} : { specVersion }),
    reservation: toReservation(spec, source.ports),
    plugins: neededPlugins(spec, source.networkDrivers ?? []),
    clusterVolumes: neededVolumes(spec),
    ...readPlacement(spec.Placement),
  };
}

function readPlacement(
  placement: Placement | undefined,
): Pick<
  PlacementRequest,
  'constraints' | 'pin' | 'constraintTexts' | 'platforms' | 'maxReplicas' | 'spread'
> {
  if (!placement) return ANYWHERE;
  const constraintTexts = placement.Constraints ?? [];
  const parsed = parseConstraints(constraintTexts);
  const constraints = parsed.kind === 'constraints' ? parsed.constraints : [];
  return {
    constraints,
    pin: constraints.filter(isEquality).sort(byNarrowness)[0],
    constraintTexts,
    platforms: placement.Platforms ?? [],
    maxReplicas: placement.MaxReplicas ?? 0,
    spread: (placement.Preferences ?? [])
      .map((preference) => preference.Spread.SpreadDescriptor)
      .filter(isLabelDescriptor),
  };
}

const ANYWHERE = {
  constraints: [],
  pin: undefined,
  constraintTexts: [],
  platforms: [],
  maxReplicas: 0,
  spread: [],
} as const;

/** What a task books on its node. @source spec/orchestrator.md section 12 */
export function toReservation(
  spec: TaskSpec,
  ports: readonly PortConfig[] | undefined,
): Reservation {
  const reservations = spec.Resources?.Reservations;
  const hostPorts = (ports ?? [])
    .filter((port) => port.PublishMode === 'host' && (port.PublishedPort ?? 0) > 0)
    .map((port) => `${port.Protocol ?? 'tcp'}/${port.PublishedPort}`);
  if (!reservations && hostPorts.length === 0) return NOTHING;
  return {
    nanoCpus: reservations?.NanoCPUs ?? 0,
    memoryBytes: reservations?.MemoryBytes ?? 0,
    generic: genericNeeds(reservations?.GenericResources ?? []),
    hostPorts,
  };
}

function genericNeeds(resources: readonly GenericResource[]): GenericNeed[] {
  const counts = new Map<string, number>();
  for (const resource of resources) {
    const [kind, count] =
      'DiscreteResourceSpec' in resource
        ? [resource.DiscreteResourceSpec.Kind, resource.DiscreteResourceSpec.Value]
        : [resource.NamedResourceSpec.Kind, Infinity];
    counts.set(kind, (counts.get(kind) ?? 0) + count);
  }
  return [...counts].map(([kind, count]) => ({ kind, count }));
}

const NONE: readonly string[] = [];

function neededVolumes({ ContainerSpec }: TaskSpec): readonly string[] {
  const mounts = (ContainerSpec?.Mounts ?? []).filter((mount) => mount.Type === 'cluster');
  return mounts.length === 0 ? NONE : mounts.map((mount) => mount.Source ?? '');
}

function neededPlugins(spec: TaskSpec, networkDrivers: readonly string[]): readonly string[] {
  const volumes = (spec.ContainerSpec?.Mounts ?? [])
    .filter((mount) => mount.Type === 'volume')
    .map((mount) => mount.VolumeOptions?.DriverConfig?.Name ?? '')
    .filter((driver) => driver !== '' && driver !== 'local');
  const networks = networkDrivers.filter((driver) => driver !== '');
  const logs = spec.LogDriver ? [spec.LogDriver.Name ?? ''].filter((name) => name !== 'none') : [];
  if (volumes.length + networks.length + logs.length === 0) return NONE;
  return [
    ...new Set([
      ...volumes.map((driver) => `Volume/${driver}`),
      ...networks.map((driver) => `Network/${driver}`),
      ...logs.map((driver) => `Log/${driver}`),
    ]),
  ];
}

/** Keys that name few nodes first. */
const NARROWNESS: readonly ConstraintTarget[] = [
  'node.id',
  'node.hostname',
  'node.labels',
  'engine.labels',
  'node.role',
  'node.platform.arch',
  'node.platform.os',
];

function isEquality({ operator, target }: Constraint): boolean {
  return operator === '==' && NARROWNESS.includes(target);
}

function byNarrowness(a: Constraint, b: Constraint): number {
  return NARROWNESS.indexOf(a.target) - NARROWNESS.indexOf(b.target);
}

/** Other descriptors are accepted and mean nothing. @source spec/orchestrator.md 10.5 */
function isLabelDescriptor(descriptor: string): boolean {
  return /^(node|engine)\.labels\../i.test(descriptor);
}
