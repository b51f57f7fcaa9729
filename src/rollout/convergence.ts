import { toInstant, type Instant } from '../base/clock.ts';
import { byString } from '../base/compare.ts';
import { modeName } from '../plan/service-operations.ts';
import type { Node } from '../swarm/node.ts';
import type { Service } from '../swarm/service.ts';
import { isTerminal } from '../swarm/task-state.ts';
import type { Task } from '../swarm/task.ts';
import { assessService, type Assessment } from './assess-service.ts';
import type { ServicePhase, ServiceView, SlotView } from './events.ts';
import type { ServiceWatch, WatchTarget } from './service-watch.ts';
import { failuresOf } from './task-failures.ts';
import { shownTask, slotsOf, type Slot } from './task-slots.ts';

/** What one round of list calls showed. */
export interface ClusterView {
  readonly services: readonly Service[];
  readonly tasks: readonly Task[];
  readonly nodes: readonly Node[];
}

/** The whole watch; a value, so any of its steps can be replayed. */
export interface ConvergenceState {
  readonly watches: readonly ServiceWatch[];
  readonly views: readonly ServiceView[];
}

/** One step of the watch. */
export interface ConvergenceStep {
  readonly state: ConvergenceState;
  /** Whether every service is converged or beyond hope. */
  readonly isSettled: boolean;
  /** When time alone changes the answer; undefined when only the cluster can. */
  readonly wakeAt: Instant | undefined;
}

/** A watch that has seen nothing yet. */
export const NO_CONVERGENCE: ConvergenceState = { watches: [], views: [] };

/** The watch with more services; those that it has already stay as they are. Services by name. */
export function addTargets(
  { watches, views }: ConvergenceState,
  targets: readonly WatchTarget[],
): ConvergenceState {
  const known = new Set(watches.map((one) => one.target.serviceId));
  const added = targets.filter((one) => !known.has(one.serviceId)).map(startWatch);
  const all = [...watches, ...added].sort(byString((one) => one.target.name));
  return { watches: all, views };
}

function startWatch(target: WatchTarget): ServiceWatch {
  return {
    target,
    since: undefined,
    runningSince: new Map(),
    endedBefore: new Set<string>(),
    failures: new Map(),
    abandonedSince: undefined,
    verdict: undefined,
  };
}

/**
 * What is known after one more look at the cluster.
 *
 * Pure. Converged means: every declared task runs the declared spec (jobs: is complete), no update
 * is under way, and it stayed so for the service's monitor window. Converged is no verdict: a
 * service that falls over while others are waited for is not converged any more.
 * @param now - when the cluster was looked at, by the clock of this machine
 */
export function stepConvergence(
  state: ConvergenceState,
  view: ClusterView,
  now: Instant,
): ConvergenceStep {
  const nodes = new Map<string, Node>(view.nodes.map((one) => [one.ID, one]));
  const steps = state.watches.map((watch) => {
    if (watch.verdict) return { watch, view: watch.verdict, readyAt: undefined };
    const service = view.services.find((one) => one.ID === watch.target.serviceId);
    if (!service) return vanished(watch);
    const slots = slotsOf(service, view.tasks);
    const seen = remember(watch, { service, slots, now });
    const assessment = assessService({ watch: seen, service, slots, nodes, now });
    return conclude(seen, { service, slots, nodes, assessment });
  });
  const readyAts = steps.flatMap((one) => (one.readyAt === undefined ? [] : [one.readyAt]));
  return {
    state: { watches: steps.map((one) => one.watch), views: steps.map((one) => one.view) },
    isSettled: steps.every(
      (one) => one.watch.verdict !== undefined || one.view.phase === 'converged',
    ),
    wakeAt: readyAts.length > 0 ? toInstant(Math.min(...readyAts)) : undefined,
  };
}

interface WatchStep {
  readonly watch: ServiceWatch;
  readonly view: ServiceView;
  readonly readyAt: Instant | undefined;
}

function vanished(watch: ServiceWatch): WatchStep {
  const view: ServiceView = {
    service: watch.target.name,
    serviceId: watch.target.serviceId,
    mode: 'replicated',
    phase: 'failed',
    done: 0,
    wanted: 0,
    reason: 'the service was removed by somebody else',
    slots: [],
    failures: [],
  };
  return { watch: { ...watch, verdict: view }, view, readyAt: undefined };
}

/** Adds what this look shows to what is remembered. */
function remember(
  watch: ServiceWatch,
  look: {
    readonly service: Service;
    readonly slots: readonly Slot[];
    readonly now: Instant;
  },
): ServiceWatch {
  const { slots, now } = look;
  const endedBefore =
    watch.since === undefined && watch.target.change !== 'created'
      ? new Set(slots.flatMap((slot) => slot.all.filter(hasEnded).map((task) => task.ID as string)))
      : watch.endedBefore;
  const running = slots.flatMap((slot) =>
    slot.current.filter((one) => one.Status.State === 'running'),
  );
  const failures = new Map(
    slots.map((slot) => {
      const failed = slot.current.filter((task) => hasFailed(task) && !endedBefore.has(task.ID));
      return [
        slot.key,
        new Set([...(watch.failures.get(slot.key) ?? []), ...failed.map((one) => one.ID)]),
      ];
    }),
  );
  return {
    ...watch,
    since: watch.since ?? now,
    endedBefore,
    failures,
    runningSince: new Map(
      running.map((task) => [task.ID, watch.runningSince.get(task.ID) ?? now] as const),
    ),
  };
}

function hasEnded(task: Task): boolean {
  return isTerminal(task.Status.State);
}

function hasFailed(task: Task): boolean {
  return task.Status.State === 'failed' || task.Status.State === 'rejected';
}

const FINAL_PHASES: ReadonlySet<ServicePhase> = new Set(['paused', 'rolled-back', 'failed']);

function conclude(
  watch: ServiceWatch,
  facts: {
    readonly service: Service;
    readonly slots: readonly Slot[];
    readonly nodes: ReadonlyMap<string, Node>;
    readonly assessment: Assessment;
  },
): WatchStep {
  const { service, slots, nodes, assessment } = facts;
  const view: ServiceView = {
    service: watch.target.name,
    serviceId: service.ID,
    mode: modeName(service.Spec.Mode),
    phase: assessment.phase,
    done: assessment.done,
    wanted: assessment.wanted,
    reason: assessment.reason,
    updateState: service.UpdateStatus?.State,
    slots: slots.flatMap((slot) => slotView(slot, nodes)),
    failures: assessment.phase === 'converged' ? [] : failuresOf({ watch, service, slots, nodes }),
  };
  return {
    watch: {
      ...watch,
      abandonedSince: assessment.abandonedSince,
      verdict: FINAL_PHASES.has(view.phase) ? view : undefined,
    },
    view,
    readyAt: assessment.readyAt,
  };
}

function slotView(slot: Slot, nodes: ReadonlyMap<string, Node>): readonly SlotView[] {
  const task = shownTask(slot, nodes);
  if (!task) return [];
  const node = nodes.get(task.NodeID ?? '')?.Description.Hostname;
  const isNodeKey = nodes.has(slot.key);
  return [
    {
      slot: isNodeKey ? (node ?? slot.key) : slot.key,
      state: task.Status.State,
      node,
      error: task.Status.Err || undefined,
      current: slot.current.includes(task),
    },
  ];
}

/** The views when the deadline has passed: whatever is not settled has timed out. */
export function timeOut(state: ConvergenceState): readonly ServiceView[] {
  return state.views.map((view) =>
    view.phase === 'waiting' || view.phase === 'monitoring'
      ? { ...view, phase: 'timed-out' }
      : view,
  );
}
