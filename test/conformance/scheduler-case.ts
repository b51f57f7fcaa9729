import { toInstant } from '../../src/base/clock.ts';
import type { NodeAvailability, NodeRole, NodeState } from '../../src/swarm/node.ts';
import type {
  GenericResource,
  NodeId,
  Platform,
  ServiceId,
  StringMap,
  TaskId,
} from '../../src/swarm/object.ts';
import type { PortConfig } from '../../src/swarm/service.ts';
import { isTerminal, taskStateRank } from '../../src/swarm/task-state.ts';
import type { TaskState } from '../../src/swarm/task-state.ts';
import type { SchedulableNode } from '../../src/orchestrator/scheduler/node-facts.ts';
import { NodeSet } from '../../src/orchestrator/scheduler/node-set.ts';
import type { Booking } from '../../src/orchestrator/scheduler/node-set.ts';
import { toPlacementRequest } from '../../src/orchestrator/scheduler/placement-request.ts';
import type { PlacementRequest } from '../../src/orchestrator/scheduler/placement-request.ts';
import type { GroupPrediction } from '../../src/orchestrator/scheduler/predict.ts';
import { predictPlacements } from '../../src/orchestrator/scheduler/predict.ts';
import { confirmPreassigned, scheduleGroup } from '../../src/orchestrator/scheduler/schedule.ts';
import type { Decision, PlacementRule } from '../../src/orchestrator/scheduler/schedule.ts';

/** A recorded case, as far as it says what is to be scheduled. */
export interface SchedulerCase {
  readonly id: string;
  readonly nodes: readonly CaseNode[];
  readonly existing?: readonly CaseTasks[];
  readonly pending: readonly CaseGroup[];
}

export interface CaseNode {
  readonly id: string;
  readonly hostname?: string;
  readonly role?: NodeRole;
  readonly state: NodeState;
  readonly availability: NodeAvailability;
  readonly addr?: string;
  readonly labels?: StringMap;
  readonly engineLabels?: StringMap;
  readonly os?: string;
  readonly arch?: string;
  readonly plugins?: readonly string[];
  readonly resources?: CaseResources & {
    readonly genericNamed?: Readonly<Record<string, readonly string[]>>;
  };
  readonly recentFailures?: Readonly<Record<string, number>>;
}

interface CaseResources {
  readonly nanoCpus?: number;
  readonly memoryBytes?: number;
  readonly generic?: Readonly<Record<string, number>>;
}

export interface CaseTasks {
  readonly service: string;
  readonly node: string;
  readonly state: TaskState;
  readonly desired: TaskState;
  readonly count: number;
  readonly reservations?: CaseResources;
  readonly hostPorts?: readonly string[];
}

export interface CaseGroup {
  readonly service: string;
  readonly specVersion?: number;
  readonly count: number;
  readonly node?: string;
  readonly constraints?: readonly string[];
  readonly spread?: readonly string[];
  readonly maxReplicas?: number;
  readonly platforms?: readonly string[];
  readonly reservations?: CaseResources;
  readonly hostPorts?: readonly string[];
  readonly volumeDriver?: string;
  readonly logDriver?: string;
}

/** What came of one group: new tasks per node, and the reason of those that got none. */
export interface GroupResult {
  readonly perNode: Readonly<Record<string, number>>;
  readonly error?: string;
}

const NOW = toInstant(1_000_000_000);

/** Schedules the pending groups of a case in one run, preassigned tasks first. */
export function runCase(one: SchedulerCase, rule: PlacementRule): GroupResult[] {
  const nodes = toNodeSet(one);
  const results = new Map<number, GroupResult>();
  const groups = [...one.pending.entries()];
  for (const [at, group] of groups.filter(([, { node }]) => node !== undefined)) {
    const node = group.node as NodeId;
    const request = toRequest(group);
    results.set(at, toResult(confirmPreassigned(nodes, { request, task: taskId(at, 0), node })));
  }
  for (const [at, group] of groups.filter(([, { node }]) => node === undefined)) {
    const tasks = Array.from({ length: group.count }, (_, index) => taskId(at, index));
    const decision = scheduleGroup(nodes, { request: toRequest(group), tasks }, { now: NOW, rule });
    results.set(at, toResult(decision));
  }
  return groups.map(([at]) => results.get(at) ?? { perNode: {} });
}

function taskId(group: number, index: number): TaskId {
  return `pending-${group}-${index}` as TaskId;
}

function toResult({ assignments, refusals }: Decision): GroupResult {
  const perNode: Record<string, number> = {};
  for (const { node } of assignments) perNode[node] = (perNode[node] ?? 0) + 1;
  const reason = refusals[0]?.reason;
  return reason === undefined ? { perNode } : { perNode, error: reason };
}

/** The cluster of a case before the run. */
export function toNodeSet(one: SchedulerCase): NodeSet {
  const nodes = new NodeSet();
  for (const node of one.nodes) nodes.setNode(toNode(node));
  for (const [task, booking] of toBookings(one)) nodes.book(task, booking);
  for (const node of one.nodes) {
    for (const [kind, count] of Object.entries(node.recentFailures ?? {})) {
      const [service = '', version = ''] = kind.split('@');
      const failed = { service: service as ServiceId, specVersion: Number(version) };
      for (let at = 0; at < count; at += 1) nodes.recordFailure(failed, node.id as NodeId, NOW);
    }
  }
  return nodes;
}

/** What the existing tasks of a case hold. */
export function toBookings(one: SchedulerCase): readonly (readonly [TaskId, Booking])[] {
  return (one.existing ?? []).flatMap((tasks, at) => {
    const isHeld = taskStateRank(tasks.state) >= taskStateRank('assigned');
    if (!isHeld || isTerminal(tasks.state)) return [];
    const booking: Booking = {
      node: tasks.node as NodeId,
      service: tasks.service as ServiceId,
      reservation: toRequest({ ...tasks, count: 1 }).reservation,
      active: taskStateRank(tasks.desired) <= taskStateRank('complete'),
    };
    return Array.from(
      { length: tasks.count },
      (_, index) => [`existing-${at}-${index}` as TaskId, booking] as const,
    );
  });
}

/**
 * What may come of each group on a real Swarm; undefined for cases with recent failures or
 * preassigned tasks, which are not foretold.
 */
export function predictCase(one: SchedulerCase): readonly GroupPrediction[] | undefined {
  const isForetold =
    one.pending.every((group) => group.node === undefined) &&
    one.nodes.every((node) => node.recentFailures === undefined);
  if (!isForetold) return undefined;
  return predictPlacements({
    nodes: one.nodes.map(toNode),
    bookings: toBookings(one),
    groups: one.pending.map((group, at) => ({
      request: toRequest(group),
      tasks: Array.from({ length: group.count }, (_, index) => taskId(at, index)),
    })),
    rule: 'swarm',
    now: NOW,
  });
}

export function toNode(node: CaseNode): SchedulableNode {
  const { generic = {}, genericNamed = {}, nanoCpus = 0, memoryBytes = 0 } = node.resources ?? {};
  return {
    ID: node.id as NodeId,
    Role: node.role ?? 'worker',
    Spec: {
      Role: node.role ?? 'worker',
      Availability: node.availability,
      Labels: node.labels ?? {},
    },
    Status: { State: node.state, Addr: node.addr ?? '' },
    Description: {
      Hostname: node.hostname ?? '',
      Platform: { OS: node.os ?? '', Architecture: node.arch ?? '' },
      Resources: {
        NanoCPUs: nanoCpus,
        MemoryBytes: memoryBytes,
        GenericResources: [
          ...discrete(generic),
          ...Object.entries(genericNamed).flatMap(([Kind, names]) =>
            names.map((Value) => ({ NamedResourceSpec: { Kind, Value } })),
          ),
        ],
      },
      Engine: {
        Labels: node.engineLabels ?? {},
        Plugins: (node.plugins ?? []).map((plugin) => {
          const slash = plugin.indexOf('/');
          return { Type: plugin.slice(0, slash), Name: plugin.slice(slash + 1) };
        }),
      },
    },
  };
}

export function toRequest(group: CaseGroup): PlacementRequest {
  const { nanoCpus = 0, memoryBytes = 0, generic = {} } = group.reservations ?? {};
  return toPlacementRequest({
    service: group.service as ServiceId,
    specVersion: group.specVersion,
    ports: (group.hostPorts ?? []).map(toHostPort),
    spec: {
      ...(group.logDriver === undefined ? {} : { LogDriver: { Name: group.logDriver } }),
      ContainerSpec: {
        Mounts:
          group.volumeDriver === undefined
            ? []
            : [
                {
                  Type: 'volume',
                  Source: 'data',
                  Target: '/data',
                  VolumeOptions: { DriverConfig: { Name: group.volumeDriver } },
                },
              ],
      },
      Resources: {
        Reservations: {
          NanoCPUs: nanoCpus,
          MemoryBytes: memoryBytes,
          GenericResources: discrete(generic),
        },
      },
      Placement: {
        Constraints: group.constraints ?? [],
        Preferences: (group.spread ?? []).map((SpreadDescriptor) => ({
          Spread: { SpreadDescriptor },
        })),
        MaxReplicas: group.maxReplicas ?? 0,
        Platforms: (group.platforms ?? []).map(toPlatform),
      },
    },
  });
}

function discrete(counts: Readonly<Record<string, number>>): GenericResource[] {
  return Object.entries(counts).map(([Kind, Value]) => ({ DiscreteResourceSpec: { Kind, Value } }));
}

function toHostPort(port: string): PortConfig {
  const [protocol = 'tcp', number = '0'] = port.split('/');
  return {
    Protocol: protocol as NonNullable<PortConfig['Protocol']>,
    TargetPort: Number(number),
    PublishedPort: Number(number),
    PublishMode: 'host',
  };
}

function toPlatform(platform: string): Platform {
  const [OS = '', Architecture = ''] = platform.split('/');
  return { OS, Architecture };
}
