import type { Instant } from '../../base/clock.ts';
import { parseTimestamp } from '../../base/timestamp.ts';
import { matchesConstraints, parseConstraints } from '../../swarm/constraint.ts';
import { isTaskDirty } from '../../swarm/dirty.ts';
import type { NodeId, ServiceId, TaskId } from '../../swarm/object.ts';
import type { Service, ServiceSpec } from '../../swarm/service.ts';
import { taskStateRank } from '../../swarm/task-state.ts';
import { modeOf } from '../reconcile/reconciliation.ts';
import { courseOf, seedsOf, type InitialCluster } from '../scheduler/courses.ts';
import { nextSteps, type NodeVerdict } from '../scheduler/explain-nodes.ts';
import {
  networkDriversOf,
  portsOfService,
  servicesById,
  toBookings,
  toSchedulable,
  type ObservedCluster,
  type ObservedTask,
} from '../scheduler/observed-cluster.ts';
import { toPlacementRequest, type PlacementRequest } from '../scheduler/placement-request.ts';
import type { PlacementRule } from '../scheduler/schedule.ts';
import type { StoreView } from '../store/store-view.ts';
import type { StoredService } from '../store/stored-object.ts';
import { liveSlots, slotsToUpdate, survivors } from './plan-update.ts';
import { playUpdate, type PlannedUpdate, type PlayedUpdate } from './play-update.ts';
import { resolveUpdateConfig } from './update-config.ts';

/** An update that cannot go on unless something outside it changes. */
export interface StuckUpdate {
  /** Name of the service. */
  readonly service: string;
  readonly order: 'stop-first' | 'start-first';
  /** Slots that are still to be updated. */
  readonly slots: number;
  /** How many of them can be updated before it stops, at best. */
  readonly reachable: number;
  /** The scheduler's words for why the next task gets no node. */
  readonly reason: string;
  /** What every node lacks then. */
  readonly verdicts: readonly NodeVerdict[];
  /** What would let it go on, imperatives without full stop. */
  readonly nextSteps: readonly string[];
}

/** An update in progress, or one about to begin. */
export interface UpdateQuestion {
  readonly cluster: ObservedCluster;
  /** With the spec to be reached. */
  readonly service: Pick<Service, 'ID' | 'Spec'> & Partial<Service>;
  /** What the new tasks ask for. */
  readonly request: PlacementRequest;
  /** Whether a task has to be replaced. */
  readonly isDirty: (task: ObservedTask) => boolean;
  /** Whether the rollback configuration counts. */
  readonly isRollback: boolean;
  readonly now: Instant;
  readonly rule: PlacementRule;
}

/** How long a failure makes a task suspect of failing again, ms. */
const SUSPECT_MS = 5 * 60_000;

/**
 * Finds out whether a service's update can never reach its end, and why.
 *
 * Pure. Certain, not likely: it gives the update every chance. Whatever is on its way out, starts,
 * has failed lately, runs to completion, or belongs to a service that is being updated counts as
 * gone already; a new task that gets a node counts as running. Only what would need a node, a
 * setting or another service to change is called stuck.
 * @returns undefined when it can go on, is not under way, or is paused
 */
export function findStuckUpdate(
  view: StoreView,
  service: StoredService,
  now: Instant,
): StuckUpdate | undefined {
  const state = service.UpdateStatus?.State;
  if (state !== 'updating' && state !== 'rollback_started') return undefined;
  const cluster = {
    nodes: view.list('node'),
    tasks: view.list('task'),
    services: view.list('service'),
  };
  return findStuckUpdateIn(cluster, service, now);
}

/** As `findStuckUpdate`, of a cluster as its API shows it. */
export function findStuckUpdateIn(
  cluster: ObservedCluster,
  service: Service,
  now: Instant,
): StuckUpdate | undefined {
  const state = service.UpdateStatus?.State;
  if (state !== 'updating' && state !== 'rollback_started') return undefined;
  const tasks = cluster.tasks.filter(({ ServiceID }) => ServiceID === service.ID);
  return judgeUpdate({
    cluster,
    service,
    request: toPlacementRequest({
      service: service.ID,
      spec: service.Spec.TaskTemplate,
      ports: portsOfService(service),
      networkDrivers: [...new Set(tasks.flatMap(networkDriversOf))],
    }),
    isDirty: dirtyRule(service, cluster),
    isRollback: state === 'rollback_started',
    now,
    rule: 'swarm',
  });
}

/** Whether an update is stuck, for one that has not begun yet as well. */
export function judgeUpdate(question: UpdateQuestion): StuckUpdate | undefined {
  const { service, now, rule, isRollback } = question;
  const mode = modeOf(service);
  if (mode !== 'Replicated' && mode !== 'Global') return undefined;
  const { planned, leaving } = planUpdate(question);
  if (planned.slots.length === 0) return undefined;
  const initial = hopefulCluster(question, leaving);
  const order = planned.config.order;
  const played = playStuck(initial, planned, { now, rule });
  const stuck = played?.[0]?.stuck;
  if (!played || !stuck) return undefined;
  const helps = order === 'start-first' && wouldStopFirstHelp(initial, planned, { now, rule });
  const config = isRollback ? 'rollback_config' : 'update_config';
  return {
    service: service.Spec.Name,
    order,
    slots: planned.slots.length,
    reachable: Math.max(...played.map(({ assignments }) => assignments.length)),
    ...stuck,
    nextSteps: [
      ...(helps ? [`set ${config}.order to stop-first: old tasks then make room first`] : []),
      ...nextSteps(stuck.verdicts),
    ],
  };
}

/** The slots, in order, and how they are handed out. */
export function planUpdate({
  cluster,
  service,
  request,
  isDirty,
  isRollback,
}: Omit<UpdateQuestion, 'now' | 'rule'>): {
  readonly planned: PlannedUpdate;
  /** Tasks that go without a successor: of slots that are done, and of those scaled away. */
  readonly leaving: ReadonlySet<TaskId>;
} {
  const all = liveSlots(service, cluster.tasks);
  const kept = survivors(all, replicasOf(service.Spec) ?? all.length);
  const { slots, leaving } = slotsToUpdate(kept, isDirty);
  const scaledAway = all.filter((slot) => !kept.includes(slot)).flatMap(({ tasks }) => tasks);
  return {
    planned: { request, slots, config: resolveUpdateConfig(service.Spec, isRollback) },
    leaving: new Set([...leaving, ...scaledAway].map(({ ID }) => ID)),
  };
}

/** How many tasks a replicated service is to have; undefined for the other modes. */
export function replicasOf(spec: ServiceSpec): number | undefined {
  return modeOf({ Spec: spec }) === 'Replicated'
    ? (spec.Mode?.Replicated?.Replicas ?? 1)
    : undefined;
}

/** The dirty rule over API objects. @source spec/orchestrator.md 13.3 */
export function dirtyRule(
  service: Pick<Service, 'Spec'>,
  { nodes }: Pick<ObservedCluster, 'nodes'>,
): (task: ObservedTask) => boolean {
  const parsed = parseConstraints(service.Spec.TaskTemplate.Placement?.Constraints ?? []);
  const byId = new Map<NodeId, ObservedCluster['nodes'][number]>(nodes.map((one) => [one.ID, one]));
  return (task) =>
    isTaskDirty(service, task, () => {
      const node = task.NodeID && byId.get(task.NodeID);
      if (!node) return false;
      return (
        parsed.kind === 'invalid' || matchesConstraints(parsed.constraints, toSchedulable(node))
      );
    });
}

/** The outcome of every course if all are stuck; undefined as soon as one is not. */
function playStuck(
  initial: InitialCluster,
  planned: PlannedUpdate,
  options: { readonly now: Instant; readonly rule: PlacementRule },
): readonly PlayedUpdate[] | undefined {
  const outcomes: PlayedUpdate[] = [];
  for (const seed of seedsOf(initial, options.rule, planned.slots.length)) {
    const played = playUpdate(courseOf(initial, seed).nodes, planned, options);
    if (!played.stuck) return undefined;
    outcomes.push(played);
  }
  return outcomes;
}

function wouldStopFirstHelp(
  initial: InitialCluster,
  planned: PlannedUpdate,
  options: { readonly now: Instant; readonly rule: PlacementRule },
): boolean {
  const config = { ...planned.config, order: 'stop-first' } as const;
  return !playStuck(initial, { ...planned, config }, options);
}

/** The cluster without all that may make room by itself. */
function hopefulCluster(
  { cluster, service, now }: UpdateQuestion,
  leaving: ReadonlySet<TaskId>,
): InitialCluster {
  const services = servicesById(cluster);
  const restless = restlessServices(cluster, service.ID);
  const suspects = suspectSlots(cluster.tasks, now);
  const stays = (task: ObservedTask): boolean =>
    task.Status.State === 'running' &&
    taskStateRank(task.DesiredState) <= taskStateRank('running') &&
    task.JobIteration === undefined &&
    !leaving.has(task.ID) &&
    !restless.has(task.ServiceID) &&
    !suspects.has(slotKey(task));
  return {
    nodes: cluster.nodes.map(toSchedulable),
    bookings: toBookings(cluster.tasks.filter(stays), services),
  };
}

/** Other services that are being updated: their tasks come and go. */
function restlessServices(
  { services }: ObservedCluster,
  service: ServiceId,
): ReadonlySet<ServiceId> {
  const moving = services.filter(
    ({ ID, UpdateStatus }) =>
      ID !== service &&
      (UpdateStatus?.State === 'updating' || UpdateStatus?.State === 'rollback_started'),
  );
  return new Set(moving.map(({ ID }) => ID));
}

/** Slots in which a task has failed lately: what runs there now may fail as well. */
function suspectSlots(tasks: readonly ObservedTask[], now: Instant): ReadonlySet<string> {
  const failed = tasks.filter(({ Status }) => {
    const at = parseTimestamp(Status.Timestamp ?? '');
    const isFailure = Status.State === 'failed' || Status.State === 'rejected';
    return isFailure && at !== undefined && now - at < SUSPECT_MS;
  });
  return new Set(failed.map(slotKey));
}

function slotKey({ ServiceID, Slot, NodeID }: ObservedTask): string {
  return `${ServiceID} ${Slot ?? NodeID ?? ''}`;
}
