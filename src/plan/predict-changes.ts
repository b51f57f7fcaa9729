import { matchesConstraints, parseConstraints } from '../swarm/constraint.ts';
import type { NodeId, ServiceId, TaskId } from '../swarm/object.ts';
import { isSameMessage } from '../swarm/same-message.ts';
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
import { canonicalSpec } from './canonical-spec.ts';
import type { OperationOf, Plan } from './plan.ts';
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
  /** The same, slot by slot. */
  readonly ledger: TaskLedger;
}

/** What happens to the slots of one service. */
export interface TaskLedger {
  /** Slots with a live task before; of a service that does not exist yet, none. */
  readonly slots: number;
  /** Slots whose task is replaced: numbers, of a global service hostnames; ascending. */
  readonly restarts: readonly string[];
  /** New tasks beside those. */
  readonly starts: number;
  /** Slots whose task goes without a successor. */
  readonly stops: readonly string[];
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
  { name, spec }: OperationOf<'service-create' | 'service-update'>,
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
  const isDirty = dirtyAfter(service, { stored, cluster, names: plan.networkNames });
  const isBatch = isJob(spec.Mode);
  const question = { cluster, service, request, isDirty, isRollback: false };
  const targets = targetsOf(spec, cluster);
  const { planned, leaving } = withoutLostNodes(planUpdate(question), targets.nodes);
  const before = liveSlots(service, cluster.tasks);
  const slots = isBatch ? [] : before;
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
    ledger: ledgerOf(before, { touched, kept, isBatch, added: added.length, cluster }),
  };
}

/** A global service leaves the nodes it is no longer meant for; nothing succeeds it there. */
function withoutLostNodes(
  { planned, leaving }: ReturnType<typeof planUpdate>,
  nodes: readonly NodeId[] | undefined,
): ReturnType<typeof planUpdate> {
  const isLost = ({ node }: PlannedUpdate['slots'][number]): boolean =>
    nodes !== undefined && node !== undefined && !nodes.includes(node);
  const lost = planned.slots.filter(isLost).flatMap(({ old }) => old);
  if (lost.length === 0) return { planned, leaving };
  return {
    planned: { ...planned, slots: planned.slots.filter((slot) => !isLost(slot)) },
    leaving: new Set([...leaving, ...lost]),
  };
}

type Slots = ReturnType<typeof liveSlots>;

function ledgerOf(
  slots: Slots,
  context: {
    readonly touched: ReadonlySet<TaskId>;
    readonly kept: Slots;
    readonly isBatch: boolean;
    readonly added: number;
    readonly cluster: ObservedCluster;
  },
): TaskLedger {
  const { touched, kept, isBatch, added, cluster } = context;
  const hostnames = new Map<string, string | undefined>(
    cluster.nodes.map(({ ID, Description }) => [ID, Description.Hostname]),
  );
  const named = (some: Slots): readonly string[] =>
    some.map(({ key, node }) => (node === undefined ? key : hostnames.get(node) || key));
  return {
    slots: slots.length,
    restarts: isBatch
      ? []
      : named(kept.filter(({ tasks }) => tasks.some((one) => touched.has(one.ID)))),
    starts: added,
    stops: named(slots.filter((slot) => !kept.includes(slot))),
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
 * The dirty rule for a service as it will be, task by task: what an interrupted update has already
 * brought to the new spec stays.
 *
 * Compared in canonical form, since what is sent and what is stored differ in form. The API does
 * not show with which ports a task was made; they are those of the spec that its template is of.
 */
function dirtyAfter(
  service: Pick<Service, 'ID' | 'Spec'>,
  context: {
    readonly stored: Service | undefined;
    readonly cluster: ObservedCluster;
    readonly names: Plan['networkNames'];
  },
): (task: ObservedTask) => boolean {
  const { stored, cluster, names } = context;
  if (!stored) return () => true;
  const toCanonical = (spec: ServiceSpec): ServiceSpec =>
    ({ TaskTemplate: {}, ...(canonicalSpec(spec, names) as object) }) as ServiceSpec;
  const rule = dirtyRule({ Spec: toCanonical(service.Spec) }, cluster);
  const previous = stored.PreviousSpec && toCanonical(stored.PreviousSpec);
  const current = toCanonical(stored.Spec);
  const seen = new Map<string, Pick<ObservedTask, 'Spec'> & Partial<ObservedTask>>();
  const toComparable = (task: ObservedTask): Pick<ObservedTask, 'Spec'> & Partial<ObservedTask> => {
    const { TaskTemplate } = toCanonical({ Name: '', TaskTemplate: task.Spec });
    const isPrevious =
      !isSameMessage(TaskTemplate, current.TaskTemplate) &&
      previous !== undefined &&
      isSameMessage(TaskTemplate, previous.TaskTemplate);
    const found = task.Endpoint?.Spec;
    const Spec = found
      ? toCanonical({ Name: '', TaskTemplate: {}, EndpointSpec: found }).EndpointSpec
      : (isPrevious ? previous : current).EndpointSpec;
    return { Spec: TaskTemplate, Endpoint: { ...(Spec && { Spec }) } };
  };
  const judged = new Map<ObservedTask, boolean>();
  return (task) => {
    const known = judged.get(task);
    if (known !== undefined) return known;
    // Tasks of one spec are compared once; each has a copy of its own.
    const text = JSON.stringify([task.Spec, task.Endpoint?.Spec]);
    const comparable = seen.get(text) ?? toComparable(task);
    seen.set(text, comparable);
    const { SpecVersion: _ofTheOldSpec, ...rest } = task;
    const isDirty = rule({ ...rest, ...comparable });
    judged.set(task, isDirty);
    return isDirty;
  };
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
