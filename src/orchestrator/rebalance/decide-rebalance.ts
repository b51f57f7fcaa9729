import { toInstant, type Instant } from '../../base/clock.ts';
import type { TaskId } from '../../swarm/object.ts';
import { parseRebalance } from '../../swarm/rebalance-label.ts';
import type { Action } from '../action.ts';
import { newTask } from '../new-task.ts';
import { isInvalidNode, modeOf } from '../reconcile/reconciliation.ts';
import { hasEnded, isWanted, slotsOf, statusInstant, type Slot } from '../reconcile/slots.ts';
import { requestOfTask } from '../scheduler/observed-cluster.ts';
import type { StoreView } from '../store/store-view.ts';
import type { StoredService, StoredTask } from '../store/stored-object.ts';
import { resolveUpdateConfig } from '../update/update-config.ts';
import { findMove, type Move } from './find-move.ts';

/** Label of a task that takes the place of another one on a better node: the other's id. */
export const LABEL_MOVED_FROM = 'io.tstack.moved-from';

/** How long a moved task may wait for its node before the move is given up, ms. */
const PATIENCE_MS = 30_000;
/** How long nothing is moved after a moved task has failed, ms. */
const BACK_OFF_MS = 5 * 60_000;

export interface RebalanceFacts {
  readonly view: StoreView;
  readonly now: Instant;
  readonly newTaskId: () => TaskId;
}

/** Store writes due now, and when time alone could change the answer. */
export interface RebalanceDecision {
  readonly actions: readonly Action[];
  readonly wakeAt?: Instant | undefined;
}

const NOTHING: RebalanceDecision = { actions: [] };

/**
 * Chooses what to do now to even out a service's tasks over the nodes; only for services that ask
 * for it (`swarm/rebalance-label.ts`).
 *
 * Pure, and without memory: a move under way is a slot with two wanted tasks, the new one labelled.
 * One task moves at a time, and only while every slot runs: the new task starts on its node first,
 * the old one goes when the new one has run for the update's monitor time, so the service never has
 * fewer running tasks.
 *
 * Deviates: SwarmKit never moves running tasks. See D-0162.
 */
export function decideRebalance(service: StoredService, facts: RebalanceFacts): RebalanceDecision {
  const afterMs = parseRebalance(service.Spec.Labels);
  if (afterMs === undefined || modeOf(service) !== 'Replicated' || isUpdating(service)) {
    return NOTHING;
  }
  const slots = slotsOf(facts.view, service.ID);
  const double = slots.find(({ tasks }) => tasks.filter(isWanted).length > 1);
  const { monitorMs } = resolveUpdateConfig(service.Spec, false);
  if (double) return finishMove(double, monitorMs, facts);
  const rest = restUntil(service, slots, { ...facts, monitorMs });
  if (rest === undefined) return NOTHING;
  if (rest > facts.now) return { actions: [], wakeAt: rest };
  return beginMove(service, slots, { ...facts, afterMs });
}

function isUpdating({ UpdateStatus }: StoredService): boolean {
  const state = UpdateStatus?.State;
  return state !== undefined && !state.endsWith('completed');
}

/** One of two tasks goes: the old one once the moved one has proved itself, else the new one when it is no use. */
function finishMove(
  { tasks }: Slot,
  monitorMs: number,
  { now }: RebalanceFacts,
): RebalanceDecision {
  const wanted = tasks.filter(isWanted);
  const moved = wanted.find((task) => isMoved(task) && !hasEnded(task));
  if (moved?.Status.State === 'running') {
    const proven = toInstant(statusInstant(moved) + monitorMs);
    if (proven > now) return { actions: [], wakeAt: proven };
    return shutDown(wanted.filter((one) => one !== moved));
  }
  const old = wanted.find((task) => task !== moved && task.Status.State === 'running');
  // The old one ended meanwhile: the slot has no better task than the moved one.
  if (!old) return NOTHING;
  if (!moved) return shutDown(wanted.filter((one) => one !== old));
  const isPlaced = moved.Status.State !== 'new' && moved.Status.State !== 'pending';
  const deadline = toInstant(statusInstant(moved) + PATIENCE_MS);
  if (isPlaced) return NOTHING;
  return deadline <= now ? shutDown([moved]) : { actions: [], wakeAt: deadline };
}

function shutDown(tasks: readonly StoredTask[]): RebalanceDecision {
  return {
    actions: tasks.map(({ ID }) => ({ kind: 'set-desired', task: ID, desired: 'shutdown' })),
  };
}

function isMoved({ Labels }: StoredTask): boolean {
  return Labels !== undefined && Object.hasOwn(Labels, LABEL_MOVED_FROM);
}

/** When the service may be touched; undefined while it is not complete. */
function restUntil(
  service: StoredService,
  slots: readonly Slot[],
  { view, now, monitorMs }: RebalanceFacts & { readonly monitorMs: number },
): Instant | undefined {
  const wanted = slots.flatMap(({ tasks }) => tasks.filter(isWanted));
  const isComplete =
    wanted.length === (service.Spec.Mode?.Replicated?.Replicas ?? 1) &&
    wanted.every(
      ({ Status, NodeID }) =>
        Status.State === 'running' && !isInvalidNode(NodeID && view.get('node', NodeID)),
    );
  if (!isComplete) return undefined;
  const failures = slots
    .flatMap(({ tasks }) => tasks)
    .filter((task) => isMoved(task) && hasEnded(task) && hasFailed(task))
    .map((task) => statusInstant(task) + BACK_OFF_MS)
    .filter((until) => until > now);
  const settled = wanted.map((task) => statusInstant(task) + monitorMs);
  return toInstant(Math.max(0, ...settled, ...failures));
}

function hasFailed({ Status }: StoredTask): boolean {
  return Status.State === 'failed' || Status.State === 'rejected';
}

function beginMove(
  service: StoredService,
  slots: readonly Slot[],
  { view, now, newTaskId, afterMs }: RebalanceFacts & { readonly afterMs: number },
): RebalanceDecision {
  const running = slots.flatMap(({ tasks }) => tasks.filter(isWanted));
  const [sample] = running;
  if (!sample) return NOTHING;
  const found = findMove(view, requestOfTask(sample, service), { now, afterMs });
  if (found.kind === 'even') return NOTHING;
  if (found.kind === 'later') return { actions: [], wakeAt: found.wakeAt };
  const old = youngestOn(found.move, running);
  if (!old) return NOTHING;
  const task = newTask({
    id: newTaskId(),
    service,
    cluster: view.list('cluster')[0],
    slot: old.Slot ?? 0,
    desired: 'running',
    now,
  });
  const moved = { ...task, NodeID: found.move.to, Labels: { [LABEL_MOVED_FROM]: old.ID } };
  return { actions: [{ kind: 'create-task', task: moved }] };
}

/** The one that has run for the shortest time: least is lost with it. */
function youngestOn({ from }: Move, running: readonly StoredTask[]): StoredTask | undefined {
  return running
    .filter(({ NodeID }) => NodeID === from)
    .sort((a, b) => a.CreationIndex - b.CreationIndex)
    .at(-1);
}
