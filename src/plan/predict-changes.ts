import { matchesConstraints, parseConstraints } from '../swarm/constraint.ts';
import type { NodeId, ServiceId, TaskId } from '../swarm/object.ts';
import type { Service, ServiceSpec } from '../swarm/service.ts';
import {
  toSchedulable,
  type ObservedCluster,
  type ObservedTask,
} from '../orchestrator/scheduler/observed-cluster.ts';
import {
  toPlacementRequest,
  type PlacementRequest,
} from '../orchestrator/scheduler/placement-request.ts';
import { dirtyRule, planUpdate, replicasOf } from '../orchestrator/update/find-stuck-update.ts';
import { isAvailable, isLive, liveSlots } from '../orchestrator/update/plan-update.ts';
import type { PlannedUpdate } from '../orchestrator/update/play-update.ts';
import type { FieldChange, OperationOf, Plan } from './plan.ts';
import { isJob } from './service-operations.ts';
import type { Snapshot } from './snapshot.ts';

/** A task that will be created, bound to a node or not. */
interface NewTask {
  readonly task: TaskId;
  readonly node?: NodeId | undefined;
}

/** What one service operation does to the tasks of its service. */
export interface TaskChange {
  /** Real name of the service. */
  readonly name: string;
  /** The service as it will be; the id of one that does not exist yet is made up. */
  readonly service: Pick<Service, 'ID' | 'Spec'>;
  readonly request: PlacementRequest;
  /** Tasks that are added at once: of a new service, of new slots, of a job. */
  readonly added: readonly NewTask[];
  /** Tasks that are replaced one after the other. */
  readonly update: PlannedUpdate;
  /** Tasks that go at once and without a successor. */
  readonly leaving: ReadonlySet<TaskId>;
  readonly isDirty: (task: ObservedTask) => boolean;
  /** Running tasks of the service that stay as they are. */
  readonly untouched: number;
  /** How many tasks it is to have. */
  readonly wanted: number;
}

/** What is foretold from. */
export interface PredictionFacts {
  readonly plan: Plan;
  readonly snapshot: Snapshot;
  readonly cluster: ObservedCluster;
}

/** What the service operations of a plan do to tasks, in plan order; unchanged services left out. */
export function taskChanges(facts: PredictionFacts): readonly TaskChange[] {
  const stored = new Map(facts.snapshot.services.map((one) => [one.Spec.Name, one]));
  return facts.plan.operations.flatMap((operation) => {
    if (operation.kind !== 'service-create' && operation.kind !== 'service-update') return [];
    return toTaskChange(operation, stored.get(operation.name), facts);
  });
}

function toTaskChange(
  { name, spec, changes }: OperationOf<'service-create' | 'service-update'>,
  stored: Service | undefined,
  { plan, snapshot, cluster }: PredictionFacts,
): TaskChange {
  const ID = stored?.ID ?? (`new service ${name}` as ServiceId);
  const service = { ID, Spec: spec };
  const request = toPlacementRequest({
    service: ID,
    spec: spec.TaskTemplate,
    ports: spec.EndpointSpec?.Ports,
    networkDrivers: networkDrivers(spec, plan, snapshot),
  });
  const isDirty = dirtyAfter(changes, service, { stored, cluster });
  const isBatch = isJob(spec.Mode);
  const question = { cluster, service, request, isDirty, isRollback: false };
  const { planned, leaving } = planUpdate(question);
  const slots = isBatch ? [] : liveSlots(service, cluster.tasks);
  const targets = targetsOf(spec, cluster);
  const kept = slots.filter(({ tasks }) => !tasks.every((task) => leaving.has(task.ID)));
  const held = new Set(kept.map(({ node }) => node));
  const added = targets.nodes
    ? targets.nodes.filter((node) => !held.has(node)).map((node) => ({ node }))
    : Array.from({ length: Math.max(0, targets.count - kept.length) }, () => ({}));
  const own = cluster.tasks.filter(({ ServiceID }) => ServiceID === ID);
  const touched = new Set(planned.slots.flatMap(({ old }) => old));
  return {
    name,
    service,
    request,
    added: added.map((one, at) => ({ ...one, task: `new task ${at} of ${name}` as TaskId })),
    update: isBatch ? { ...planned, slots: [] } : planned,
    leaving: isBatch ? new Set(own.filter(isLive).map((task) => task.ID)) : leaving,
    isDirty,
    untouched: own.filter(
      (task) => isAvailable(task) && !touched.has(task.ID) && !leaving.has(task.ID),
    ).length,
    wanted: targets.nodes?.length ?? targets.count,
  };
}

/** The nodes that get a task each, or a number of tasks. @source spec/orchestrator.md 6.2, 7, 8 */
function targetsOf(
  spec: ServiceSpec,
  cluster: ObservedCluster,
): { readonly count: number; readonly nodes?: readonly NodeId[] } {
  const { Mode } = spec;
  if (Mode?.Global ?? Mode?.GlobalJob) return { count: 0, nodes: globalNodes(spec, cluster) };
  const job = Mode?.ReplicatedJob;
  if (!job) return { count: replicasOf(spec) ?? 1 };
  const concurrent = job.MaxConcurrent ?? 1;
  return { count: Math.min(concurrent, job.TotalCompletions ?? concurrent) };
}

function globalNodes(spec: ServiceSpec, { nodes }: ObservedCluster): readonly NodeId[] {
  const parsed = parseConstraints(spec.TaskTemplate.Placement?.Constraints ?? []);
  return nodes
    .filter(({ Status, Spec }) => Status.State !== 'down' && Spec.Availability === 'active')
    .filter(
      (node) =>
        parsed.kind === 'invalid' || matchesConstraints(parsed.constraints, toSchedulable(node)),
    )
    .map(({ ID }) => ID);
}

/**
 * Which tasks an update replaces, told by what changes: engines store a spec in another form than
 * it is sent, so the sent one cannot be compared with tasks.
 * @source spec/orchestrator.md 13.3
 */
function dirtyAfter(
  changes: readonly FieldChange[],
  service: Pick<Service, 'ID' | 'Spec'>,
  { stored, cluster }: { readonly stored: Service | undefined; readonly cluster: ObservedCluster },
): (task: ObservedTask) => boolean {
  const replacesAll = changes.some(
    ({ path }) =>
      path.startsWith('EndpointSpec') ||
      (path.startsWith('TaskTemplate') && !path.startsWith('TaskTemplate.Placement')),
  );
  if (replacesAll || !stored) return () => true;
  const wasDirty = dirtyRule(stored, cluster);
  const fits = new Set<string>(globalNodesOf(service.Spec, cluster));
  const moves = changes.some(({ path }) => path.startsWith('TaskTemplate.Placement'));
  return (task) => wasDirty(task) || (moves && !fits.has(task.NodeID ?? ''));
}

/** Nodes of any state that meet the constraints. */
function globalNodesOf(spec: ServiceSpec, { nodes }: ObservedCluster): readonly NodeId[] {
  const parsed = parseConstraints(spec.TaskTemplate.Placement?.Constraints ?? []);
  if (parsed.kind === 'invalid') return nodes.map(({ ID }) => ID);
  return nodes
    .filter((node) => matchesConstraints(parsed.constraints, toSchedulable(node)))
    .map(({ ID }) => ID);
}

/** Drivers of the networks of a new task, the routing mesh's among them. */
function networkDrivers(spec: ServiceSpec, plan: Plan, snapshot: Snapshot): readonly string[] {
  const drivers = new Map<string, string>();
  for (const { Id, Name, Driver } of snapshot.networks) drivers.set(Id, Driver).set(Name, Driver);
  for (const operation of plan.operations) {
    if (operation.kind === 'network-create') {
      drivers.set(operation.name, operation.body.Driver ?? '');
    }
  }
  const attached = spec.TaskTemplate.Networks ?? spec.Networks ?? [];
  const isPublished = (spec.EndpointSpec?.Ports ?? []).some((one) => one.PublishMode !== 'host');
  return [
    ...attached.map(({ Target }) => drivers.get(Target) ?? ''),
    ...(isPublished ? ['overlay'] : []),
  ];
}
