import type { Instant } from '../../base/clock.ts';
import type { GenericResource, NodeId, TaskId } from '../../swarm/object.ts';
import { dealTasks } from './deal.ts';
import { toGroupState } from './group-state.ts';
import type { NodeInfo } from './node-info.ts';
import type { NodeSet } from './node-set.ts';
import { Pipeline } from './pipeline.ts';
import { isBetter, type Candidate } from './rank.ts';
import type { PlacementRequest } from './placement-request.ts';
import { spreadTasks } from './spread.ts';

/** Tasks of one service and spec version, which are alike to every filter. */
export interface TaskGroup {
  readonly request: PlacementRequest;
  /** In the order in which they are to be placed. */
  readonly tasks: readonly TaskId[];
}

/** A task born with a node, as those of global services. */
export interface PreassignedTask {
  readonly request: PlacementRequest;
  readonly task: TaskId;
  readonly node: NodeId;
}

/** A task that got a node. */
export interface Assignment {
  readonly task: TaskId;
  readonly node: NodeId;
  /** Units claimed of each generic resource that it reserves. */
  readonly generic: readonly GenericResource[];
}

/** Tasks that stay pending, and why: what `Status.Err` is to say. */
export interface Refusal {
  readonly tasks: readonly TaskId[];
  readonly reason: string;
}

export interface Decision {
  readonly assignments: readonly Assignment[];
  readonly refusals: readonly Refusal[];
}

/** How the tasks of a group are divided: evenly, or exactly as a real Swarm does it. */
export type PlacementRule = 'balanced' | 'swarm';

const RULES = { balanced: spreadTasks, swarm: dealTasks } as const;

export interface ScheduleOptions {
  readonly now: Instant;
  /** Default `balanced`. */
  readonly rule?: PlacementRule;
}

/**
 * Puts a group on the nodes: the best suitable node for each task in turn.
 *
 * Deterministic. The assignments are booked in `nodes`; give the set away, or release what could
 * not be written down.
 * @source swarmkit manager/scheduler/scheduler.go (scheduleTaskGroup); spec/orchestrator.md 10.5
 */
export function scheduleGroup(
  nodes: NodeSet,
  group: TaskGroup,
  { now, rule = 'balanced' }: ScheduleOptions,
): Decision {
  const { request, tasks } = group;
  const known = knownRefusal(nodes, request);
  if (known !== undefined) return { assignments: [], refusals: [{ tasks, reason: known }] };
  const { service, reservation } = request;
  const pipeline = new Pipeline(request);
  const assignments: Assignment[] = [];
  const assign = ({ id: node }: NodeInfo): void => {
    const task = tasks[assignments.length] as TaskId;
    const generic = nodes.book(task, { node, service, reservation, active: true });
    assignments.push({ task, node, generic });
  };
  if (isQuicklyScanned(nodes, group)) {
    const best = bestNode(nodes, pipeline, now);
    if (best) assign(best);
  } else RULES[rule](toGroupState(nodes, pipeline, now), tasks.length, assign);
  const left = tasks.slice(assignments.length);
  if (left.length === 0) return { assignments, refusals: [] };
  const explanation = pipeline.explain(nodes.nodes());
  const reason = explanation === '' ? 'no suitable node' : `no suitable node (${explanation})`;
  nodes.refusals.set(demandKey(request), reason);
  return { assignments, refusals: [{ tasks: left, reason }] };
}

/** Nodes up to which looking at each is faster than keeping them in order. */
const FEW_NODES = 64;

/** One task, and no branches to level: both rules then take the best node. */
function isQuicklyScanned(nodes: NodeSet, { request, tasks }: TaskGroup): boolean {
  return tasks.length === 1 && request.spread.length === 0 && nodes.nodes().length <= FEW_NODES;
}

function bestNode(nodes: NodeSet, pipeline: Pipeline, now: Instant): NodeInfo | undefined {
  const { request } = pipeline;
  const penalties = nodes.penalties(request, now);
  let best: Candidate | undefined;
  for (const node of nodes.nodes()) {
    const candidate = {
      node,
      penalty: penalties.get(node) ?? 0,
      ofService: node.activeTasksOf(request.service),
      total: node.activeTasks,
    };
    if ((!best || isBetter(candidate, best)) && pipeline.accepts(node)) best = candidate;
  }
  return best?.node;
}

/** Why the same demand has just been refused, unless anything has changed since. */
function knownRefusal(nodes: NodeSet, request: PlacementRequest): string | undefined {
  return nodes.refusals.size === 0 ? undefined : nodes.refusals.get(demandKey(request));
}

/** Equal for requests that the same nodes suit for the same reasons. */
function demandKey(request: PlacementRequest): string {
  const { reservation, constraintTexts, platforms, plugins, clusterVolumes, maxReplicas } = request;
  const service = maxReplicas > 0 ? request.service : '';
  return JSON.stringify([
    reservation,
    constraintTexts,
    platforms,
    plugins,
    clusterVolumes,
    maxReplicas,
    service,
  ]);
}

/**
 * Checks a preassigned task against its own node; the reason is the bare explanation.
 * @returns nothing at all when the node is not known (any more)
 * @source swarmkit manager/scheduler/scheduler.go (taskFitNode); spec/orchestrator.md 10.6
 */
export function confirmPreassigned(nodes: NodeSet, preassigned: PreassignedTask): Decision {
  const { request, task, node } = preassigned;
  const info = nodes.nodeOf(node);
  if (!info) return { assignments: [], refusals: [] };
  const explanation = new Pipeline(request).explain([info]);
  if (explanation !== '') {
    return { assignments: [], refusals: [{ tasks: [task], reason: explanation }] };
  }
  const { service, reservation } = request;
  const generic = nodes.book(task, { node, service, reservation, active: true });
  return { assignments: [{ task, node, generic }], refusals: [] };
}
