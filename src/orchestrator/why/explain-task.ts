import type { Instant } from '../../base/clock.ts';
import type { NodeId, TaskId, Timestamp } from '../../swarm/object.ts';
import type { Service } from '../../swarm/service.ts';
import { isTerminal, taskStateRank, type TaskState } from '../../swarm/task-state.ts';
import {
  servicesById,
  type ObservedCluster,
  type ObservedTask,
} from '../scheduler/observed-cluster.ts';
import { explainRestart, type RestartState } from './next-try.ts';
import { explainPlacement, type PlacementReasons } from './placement-reasons.ts';
import { slotMates } from './select-tasks.ts';
import { explainEnd, type TaskEnd } from './task-end.ts';

interface TaskFacts {
  readonly task: TaskId;
  /** `service.slot`; the node's id stands for the slot of a global task. */
  readonly name: string;
  readonly service: string;
  readonly node?: NodeId;
  readonly state: TaskState;
  readonly desired: TaskState;
  /** When it got into its state. */
  readonly since?: Timestamp;
  readonly image?: string;
  /** The newest failure of the slot, when it is another task's. */
  readonly lastFailure?: PastEnd;
}

/** How an earlier task of the slot ended. */
export interface PastEnd {
  readonly task: TaskId;
  readonly node?: NodeId;
  readonly at?: Timestamp;
  readonly end: TaskEnd;
}

/** Why one task is where and how it is. */
export type TaskExplanation = TaskFacts &
  (
    | {
        /** No node suits, or the scheduler has not looked yet. */
        readonly kind: 'pending';
        readonly reason: string;
        readonly placement: PlacementReasons;
      }
    /** It waits for something else than a node. */
    | { readonly kind: 'waiting'; readonly reason: string }
    | { readonly kind: 'starting'; readonly reason: string }
    | { readonly kind: 'stopping'; readonly reason: string }
    | { readonly kind: 'running'; readonly placement: PlacementReasons }
    | { readonly kind: 'ended'; readonly end: TaskEnd; readonly restart: RestartState }
  );

const COMPLETE = taskStateRank('complete');

/** What a state on the way to running waits for. @source spec/orchestrator.md 18.3 */
const STARTING: Readonly<Partial<Record<TaskState, string>>> = {
  assigned: 'its node has not accepted it yet',
  accepted: 'its node has accepted it and is about to prepare it',
  preparing: 'its node pulls the image and makes networks and volumes ready',
  ready: 'it is prepared and about to start',
  starting: 'its container starts',
};

/**
 * Explains one task from what the cluster's API shows. Pure.
 *
 * Placement is judged by the scheduler's own filters and order, over the cluster as it is now.
 * @source spec/orchestrator.md sections 4, 10, 14
 */
export function explainTask(
  task: ObservedTask,
  cluster: ObservedCluster,
  now: Instant,
): TaskExplanation {
  const service = servicesById(cluster).get(task.ServiceID);
  const slot = slotMates(task, cluster.tasks);
  const facts = factsOf(task, service, slot);
  const { State } = task.Status;
  if (isTerminal(State)) {
    const restart = explainRestart(task, slot, service);
    return { ...facts, kind: 'ended', end: endOf(task), restart };
  }
  if (taskStateRank(task.DesiredState) > COMPLETE) {
    return { ...facts, kind: 'stopping', reason: stopReason(task, service, slot) };
  }
  if (State !== 'running' && State !== 'pending') return { ...facts, ...explainWay(task, slot) };
  const placement = explainPlacement(task, cluster, now);
  if (State === 'running') return { ...facts, kind: 'running', placement };
  return { ...facts, kind: 'pending', reason: pendingReason(task, placement), placement };
}

function pendingReason({ Status }: ObservedTask, { best }: PlacementReasons): string {
  if (Status.Err) return Status.Err;
  if (best.length > 0) return 'a node suits; the scheduler has not looked at it yet';
  return Status.Message || 'no suitable node';
}

/** What a task on its way to running waits for, nodes aside. */
function explainWay(
  task: ObservedTask,
  slot: readonly ObservedTask[],
): { readonly kind: 'waiting' | 'starting'; readonly reason: string } {
  const { State, Err } = task.Status;
  if (State === 'new' || State === 'allocated') {
    return { kind: 'waiting', reason: Err || 'it waits for networks and ports to be allocated' };
  }
  if (task.DesiredState === 'ready' && State === 'ready') {
    return { kind: 'waiting', reason: delayReason(task, slot) };
  }
  const hasCheck = State === 'starting' && task.Spec.ContainerSpec?.Healthcheck !== undefined;
  const why = hasCheck ? 'it has started and waits for its health check' : STARTING[State];
  return { kind: 'starting', reason: Err || (why ?? State) };
}

function factsOf(
  task: ObservedTask,
  service: Service | undefined,
  slot: readonly ObservedTask[],
): TaskFacts {
  const { ID, NodeID, Status, DesiredState, Spec, Slot } = task;
  const name = service?.Spec.Name ?? task.ServiceID;
  const image = Spec.ContainerSpec?.Image;
  const failed = slot.findLast(
    (one) => one.ID !== ID && (one.Status.State === 'failed' || one.Status.State === 'rejected'),
  );
  return {
    task: ID,
    name: `${name}.${Slot ?? NodeID ?? ''}`,
    service: name,
    ...(NodeID !== undefined && NodeID !== '' && { node: NodeID }),
    state: Status.State,
    desired: DesiredState,
    ...(Status.Timestamp !== undefined && { since: Status.Timestamp }),
    ...(image !== undefined && { image }),
    ...(failed && { lastFailure: toPastEnd(failed) }),
  };
}

function toPastEnd(task: ObservedTask): PastEnd {
  const { ID, NodeID, Status } = task;
  return {
    task: ID,
    ...(NodeID !== undefined && { node: NodeID }),
    ...(Status.Timestamp !== undefined && { at: Status.Timestamp }),
    end: endOf(task),
  };
}

function endOf({ Status, Spec }: ObservedTask): TaskEnd {
  return explainEnd(Status, Spec.Resources?.Limits?.MemoryBytes);
}

function stopReason(
  task: ObservedTask,
  service: Service | undefined,
  slot: readonly ObservedTask[],
): string {
  if (!service) return 'its service has been removed';
  if (task.DesiredState === 'remove') return 'its slot was scaled away, or its service removed';
  const successor = slot.findLast(
    (one) => one.ID !== task.ID && taskStateRank(one.DesiredState) <= COMPLETE,
  );
  return successor ? `task ${successor.ID} takes its place` : 'nothing is to run in its place';
}

function delayReason(task: ObservedTask, slot: readonly ObservedTask[]): string {
  const predecessor = slot.findLast((one) => one.ID !== task.ID && !isTerminal(one.Status.State));
  return predecessor
    ? `it is prepared and waits until task ${predecessor.ID} has stopped`
    : 'it is prepared and waits for the delay of the restart policy';
}
