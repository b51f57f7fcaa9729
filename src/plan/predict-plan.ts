import type { Instant } from '../base/clock.ts';
import { formatDuration } from '../base/duration.ts';
import type { NodeId, TaskId } from '../swarm/object.ts';
import {
  alikeNodes,
  combineOutcomes,
  playCourses,
  type Alike,
  type Course,
  type InitialCluster,
  type Outcome,
  type PlacementPrediction,
} from '../orchestrator/scheduler/courses.ts';
import { explainNodes } from '../orchestrator/scheduler/explain-nodes.ts';
import {
  servicesById,
  toBookings,
  toSchedulable,
  type ObservedCluster,
} from '../orchestrator/scheduler/observed-cluster.ts';
import { countByNode } from '../orchestrator/scheduler/predict.ts';
import {
  confirmPreassigned,
  scheduleGroup,
  type PlacementRule,
} from '../orchestrator/scheduler/schedule.ts';
import { judgeUpdate, type StuckUpdate } from '../orchestrator/update/find-stuck-update.ts';
import { playUpdate } from '../orchestrator/update/play-update.ts';
import {
  ASSUMED_STOP_MS,
  estimateUpdateMs,
  longestCourseMs,
  startTimeOf,
} from './estimate-rollout.ts';
import { WAVE } from './plan-draft.ts';
import type { Plan, PlanNote } from './plan.ts';
import type { TaskChange } from './predict-changes.ts';

/** What a rollout of one service comes to. */
export interface RolloutPrediction {
  /** Tasks that are replaced one after the other. */
  readonly slots: number;
  readonly order: 'stop-first' | 'start-first';
  /** Slots worked on at once. */
  readonly parallelism: number;
  /** Fewest running tasks at any moment, and how many there are to be. */
  readonly leastAvailable: number;
  readonly wanted: number;
}

/** What one service operation leads to. */
export interface ServicePrediction extends PlacementPrediction {
  /** Until it runs as declared and its update is over, ms; absent when that never happens. */
  readonly durationMs?: number;
  /** Absent when no running task is replaced. */
  readonly rollout?: RolloutPrediction;
  /** Why its update can never finish. */
  readonly stuck?: StuckUpdate;
}

/** What carrying out a plan leads to, by the scheduler and the update rules of a Swarm. */
export interface PlanPrediction {
  /** By real name; services whose tasks stay as they are are not in it. */
  readonly services: ReadonlyMap<string, ServicePrediction>;
  /** Of all services, one after the other where they wait, ms; absent when nothing changes or one never gets there. */
  readonly durationMs?: number;
  /** What was taken for granted, sentences without full stop. */
  readonly assumptions: readonly string[];
  /** Warnings: tasks that would stay pending, updates that would never finish. */
  readonly notes: readonly PlanNote[];
  /** Hostnames of all nodes by id. */
  readonly nodeNames: ReadonlyMap<NodeId, string>;
}

export interface PlanPredictionInput {
  readonly plan: Plan;
  readonly cluster: ObservedCluster;
  /** Of `taskChanges`. */
  readonly changes: readonly TaskChange[];
  readonly now: Instant;
}

/** Ties and the order of services are left to chance on a Swarm: see `deal.ts`. */
const RULE: PlacementRule = 'swarm';

/**
 * Foretells where the new tasks of a plan go, how long its rollouts take, and how little runs
 * meanwhile. Pure; a plan without task changes costs nothing.
 *
 * New tasks compete in no certain order; updates follow when those are placed.
 */
export function predictPlan({ plan, cluster, changes, now }: PlanPredictionInput): PlanPrediction {
  const nodeNames = new Map(
    cluster.nodes.map(({ ID, Description }) => [ID, Description.Hostname || ID]),
  );
  if (changes.length === 0) return { services: new Map(), assumptions: [], notes: [], nodeNames };
  const remaining = withoutRemoved(cluster, plan, changes);
  const initial: InitialCluster = {
    nodes: cluster.nodes.map(toSchedulable),
    bookings: toBookings(remaining.tasks, servicesById(cluster)),
  };
  const alike = alikeNodes(initial, RULE);
  const steps = changes.reduce((sum, one) => sum + countOf(one), 0);
  const played: ReadonlyMap<TaskChange, Played>[] = [];
  playCourses(initial, RULE, {
    steps,
    alike,
    play: (course) => {
      const outcomes = playOut(course, changes, now);
      played.push(outcomes);
      return changes.flatMap((change) => outcomes.get(change) ?? []);
    },
  });
  const services = new Map(
    changes.map((change) => {
      const outcomes = played.flatMap((course) => course.get(change) ?? []);
      // What one course can finish is not stuck.
      const isInDoubt = outcomes.every(({ assigned }) => assigned < countOf(change));
      const stuck = isInDoubt ? stuckOf(change, remaining, now) : undefined;
      return [change.name, toPrediction(change, { outcomes, alike, stuck, cluster })] as const;
    }),
  );
  const durations = [...services.values()].map(({ durationMs }) => durationMs);
  return {
    services,
    ...(durations.every((one) => one !== undefined) && {
      durationMs: longestCourseMs(plan.operations, services),
    }),
    assumptions: assumptionsOf(changes, cluster),
    notes: [...services].flatMap(([name, one]) => warningsOf(name, one)),
    nodeNames,
  };
}

function countOf({ added, update }: TaskChange): number {
  return added.length + update.slots.length;
}

/** Without the tasks that are gone before any service is written, or go at once. */
export function withoutRemoved(
  cluster: ObservedCluster,
  plan: Plan,
  changes: readonly TaskChange[],
): ObservedCluster {
  const removed = new Set<string>(
    plan.operations.flatMap((one) =>
      one.kind === 'service-remove' && one.wave < WAVE.service ? [one.objectId] : [],
    ),
  );
  const isGone = changes.map(({ leaving }) => leaving);
  const tasks = cluster.tasks.filter(
    ({ ID, ServiceID }) => !removed.has(ServiceID) && !isGone.some((one) => one.has(ID)),
  );
  return { ...cluster, tasks };
}

interface Played extends Outcome {
  readonly leastAvailable: number;
}

function playOut(
  { nodes, shuffled }: Course,
  changes: readonly TaskChange[],
  now: Instant,
): ReadonlyMap<TaskChange, Played> {
  const options = { now, rule: RULE };
  const added = new Map(
    shuffled(changes).map((change) => [change, addTasks(nodes, change, options)] as const),
  );
  return new Map(
    shuffled(changes).map((change) => {
      const first = added.get(change) ?? NOTHING;
      const update = { ...change.update, waiting: first.waiting };
      const { assignments, leastAvailable, stuck } = playUpdate(nodes, update, options);
      const placed = [...first.placed, ...assignments.map(({ node }) => node)];
      return [
        change,
        {
          perNode: countByNode(placed),
          assigned: placed.length,
          reason: first.reason || (stuck?.reason ?? ''),
          verdicts: first.reason ? first.verdicts : (stuck?.verdicts ?? []),
          leastAvailable,
        },
      ] as const;
    }),
  );
}

interface Added extends Pick<Outcome, 'reason' | 'verdicts'> {
  readonly placed: readonly NodeId[];
  /** Those without a node that any node may take later. */
  readonly waiting: readonly TaskId[];
}

const NOTHING: Added = { placed: [], waiting: [], reason: '', verdicts: [] };

function addTasks(
  nodes: Course['nodes'],
  { request, added }: TaskChange,
  options: { readonly now: Instant; readonly rule: PlacementRule },
): Added {
  const free = added.filter(({ node }) => node === undefined).map(({ task }) => task);
  const decisions = [
    ...added.flatMap(({ task, node }) =>
      node === undefined ? [] : [confirmPreassigned(nodes, { request, task, node })],
    ),
    ...(free.length > 0 ? [scheduleGroup(nodes, { request, tasks: free }, options)] : []),
  ];
  const refusal = decisions.flatMap(({ refusals }) => refusals)[0];
  const refused = new Set(
    decisions.flatMap(({ refusals }) => refusals.flatMap((one) => one.tasks)),
  );
  return {
    placed: decisions.flatMap(({ assignments }) => assignments.map(({ node }) => node)),
    waiting: free.filter((task) => refused.has(task)),
    reason: refusal?.reason ?? '',
    verdicts: refusal ? explainNodes(nodes, request) : [],
  };
}

function stuckOf(
  { service, request, isDirty, update }: TaskChange,
  cluster: ObservedCluster,
  now: Instant,
): StuckUpdate | undefined {
  if (update.slots.length === 0) return undefined;
  return judgeUpdate({ cluster, service, request, isDirty, isRollback: false, now, rule: RULE });
}

interface Findings {
  readonly outcomes: readonly Played[];
  readonly alike: Alike;
  readonly stuck: StuckUpdate | undefined;
  readonly cluster: ObservedCluster;
}

function toPrediction(change: TaskChange, findings: Findings): ServicePrediction {
  const { outcomes, alike, stuck, cluster } = findings;
  const { added, update, service } = change;
  const tasks = [...added, ...update.slots].map(({ task }) => task);
  const placement = combineOutcomes(tasks, outcomes, alike);
  const own = cluster.tasks.filter(({ ServiceID }) => ServiceID === service.ID);
  const start = startTimeOf(service.Spec, own);
  const isPending = placement.tasks.some(({ kind }) => kind === 'pending');
  const slots = update.slots.length;
  const updateMs = slots > 0 ? estimateUpdateMs(service.Spec, slots, start.ms) : 0;
  const startMs = added.length > 0 ? start.ms : 0;
  return {
    ...placement,
    ...(!isPending && !stuck && { durationMs: Math.round(Math.max(startMs, updateMs)) }),
    ...(update.slots.some(({ isAvailable }) => isAvailable) && {
      rollout: rolloutOf(change, outcomes),
    }),
    ...(stuck && { stuck }),
  };
}

function rolloutOf(
  { update, untouched, wanted }: TaskChange,
  outcomes: readonly Played[],
): RolloutPrediction {
  const slots = update.slots.length;
  const { order, parallelism } = update.config;
  const least = Math.min(...outcomes.map(({ leastAvailable }) => leastAvailable));
  const leastAvailable = Math.min(wanted, least + untouched);
  return {
    slots,
    order,
    parallelism: Math.min(slots, parallelism || slots),
    leastAvailable,
    wanted,
  };
}

function assumptionsOf(
  changes: readonly TaskChange[],
  { tasks }: ObservedCluster,
): readonly string[] {
  const starts = changes.map(({ service }) =>
    startTimeOf(
      service.Spec,
      tasks.filter(({ ServiceID }) => ServiceID === service.ID),
    ),
  );
  const measured = starts.filter(({ measuredOn }) => measuredOn > 0).length;
  const assumed = Math.max(0, ...starts.filter((one) => one.measuredOn === 0).map(({ ms }) => ms));
  const isUpdate = changes.some(({ update }) => update.slots.length > 0);
  return [
    ...(assumed > 0 ? [`new tasks start within ${formatDuration(assumed * 1e6)}`] : []),
    ...(measured > 0 ? ['others start as fast as their predecessors did'] : []),
    ...(isUpdate ? [`tasks stop within ${formatDuration(ASSUMED_STOP_MS * 1e6)}`] : []),
    'nothing else changes in the cluster',
  ];
}

function warningsOf(name: string, { tasks, stuck }: ServicePrediction): readonly PlanNote[] {
  if (stuck) {
    const { reachable, slots, reason, nextSteps } = stuck;
    const after = reachable === 0 ? 'not one task' : `only ${reachable} of ${slots} tasks`;
    const help = nextSteps[0] === undefined ? '' : `; ${nextSteps[0]}`;
    const message = `the update of service ${name} could never finish (${stuck.order}): ${after} could be replaced: ${reason}${help}`;
    return [{ code: 'update-stuck', severity: 'warning', subject: name, message }];
  }
  const pending = tasks.filter((one) => one.kind === 'pending');
  const [first] = pending;
  if (!first) return [];
  const message = `${pending.length} of ${tasks.length} new tasks of service ${name} would stay pending: ${first.reason}`;
  return [{ code: 'tasks-pending', severity: 'warning', subject: name, message }];
}
