import type { Instant } from '../../base/clock.ts';
import type { NodeId } from '../../swarm/object.ts';
import { courseOf } from '../scheduler/courses.ts';
import { divisionBySpread } from '../scheduler/division.ts';
import { explainNodes, nextSteps, type NodeVerdict } from '../scheduler/explain-nodes.ts';
import type { NodeSet } from '../scheduler/node-set.ts';
import {
  failuresOf,
  requestOfTask,
  servicesById,
  toBookings,
  toSchedulable,
  type ObservedCluster,
  type ObservedTask,
} from '../scheduler/observed-cluster.ts';
import type { PlacementRequest } from '../scheduler/placement-request.ts';
import { predictPlacements } from '../scheduler/predict.ts';

/** A node that suits a task, and what decides whose turn it is. */
export interface PlacementCandidate {
  readonly node: NodeId;
  /** Other active tasks of the service. */
  readonly ofService: number;
  /** Other active tasks in all. */
  readonly total: number;
  /** Failures of this service there within five minutes; they count from five on. */
  readonly failures: number;
  /** Its place in the spread preferences, outermost first; empty without preferences. */
  readonly branch: readonly string[];
}

/** Why a task could go where it could, seen from now and without the task itself. */
export interface PlacementReasons {
  readonly candidates: readonly PlacementCandidate[];
  /** Nodes that do not suit, and why. */
  readonly refused: readonly Exclude<NodeVerdict, { kind: 'suits' }>[];
  /** Spread descriptors, outermost first. */
  readonly preferences: readonly string[];
  /** Where it would go now; several are equally good, none means it would be pending. */
  readonly best: readonly NodeId[];
  /** What would make refused nodes suit. */
  readonly nextSteps: readonly string[];
}

/** Asks the scheduler about one task. Pure. @source spec/orchestrator.md 10.2, 10.5 */
export function explainPlacement(
  task: ObservedTask,
  cluster: ObservedCluster,
  now: Instant,
): PlacementReasons {
  const services = servicesById(cluster);
  const others = cluster.tasks.filter(({ ID }) => ID !== task.ID);
  const initial = {
    nodes: cluster.nodes.map(toSchedulable),
    bookings: toBookings(others, services),
    failures: failuresOf(others, task).filter(({ at }) => at <= now),
  };
  const request = requestOfTask(task, services.get(task.ServiceID));
  const { nodes } = courseOf(initial, 0);
  const bound = task.Slot === undefined ? task.NodeID : undefined;
  const verdicts = explainNodes(nodes, request).filter(
    ({ node }) => bound === undefined || node === bound,
  );
  const group = { request, tasks: [task.ID] };
  const [foretold] = predictPlacements({ ...initial, groups: [group], rule: 'swarm', now });
  const suiting = verdicts.filter(({ kind }) => kind === 'suits').map(({ node }) => node);
  return {
    candidates: suiting.map((node) => toCandidate(node, nodes, request, now)),
    refused: verdicts.filter((one) => one.kind === 'refused'),
    preferences: request.spread,
    best: bound === undefined ? [...(foretold?.perNode.keys() ?? [])] : suiting,
    nextSteps: nextSteps(verdicts),
  };
}

function toCandidate(
  id: NodeId,
  nodes: NodeSet,
  request: PlacementRequest,
  now: Instant,
): PlacementCandidate {
  const info = nodes.nodeOf(id);
  const { levels } = divisionBySpread(request.spread);
  const node = info?.node;
  return {
    node: id,
    ofService: info?.activeTasksOf(request.service) ?? 0,
    total: info?.activeTasks ?? 0,
    failures: nodes.recentFailures(request, id, now),
    branch: node ? levels.map((branchOf) => branchOf(node)) : [],
  };
}
