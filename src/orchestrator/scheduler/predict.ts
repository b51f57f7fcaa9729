import type { Instant } from '../../base/clock.ts';
import type { NodeId } from '../../swarm/object.ts';
import {
  alikeNodes,
  combineOutcomes,
  coursesOf,
  type InitialCluster,
  type Outcome,
  type PlacementPrediction,
} from './courses.ts';
import { explainNodes } from './explain-nodes.ts';
import type { NodeSet } from './node-set.ts';
import type { Decision, PlacementRule, TaskGroup } from './schedule.ts';
import { scheduleGroup } from './schedule.ts';

/** A cluster as observed, and what is to be placed on it. */
export interface PredictionInput extends InitialCluster {
  /** In the order in which they will be scheduled. */
  readonly groups: readonly TaskGroup[];
  readonly rule: PlacementRule;
  readonly now: Instant;
}

/** Where the tasks of one group will go. */
export interface GroupPrediction extends PlacementPrediction {
  readonly group: TaskGroup;
}

/**
 * Foretells placements, ties as sets.
 *
 * For a real Swarm it schedules the groups several times, with another order of preference among
 * equals each time, and lets nodes that are alike in every respect share what one of them may get.
 * Deterministic.
 * @source spec/orchestrator.md 10.5
 */
export function predictPlacements(input: PredictionInput): readonly GroupPrediction[] {
  const { rule, now, groups } = input;
  const alike = alikeNodes(input, rule);
  const steps = groups.reduce((sum, { tasks }) => sum + tasks.length, 0);
  const courses = coursesOf(input, rule, steps).map(({ nodes }) =>
    groups.map((group) => {
      const decision = scheduleGroup(nodes, group, { now, rule });
      return toOutcome(decision, nodes, group);
    }),
  );
  return groups.map((group, at) => {
    const outcomes = courses.flatMap((course) => course[at] ?? []);
    return { group, ...combineOutcomes(group.tasks, outcomes, alike) };
  });
}

/** What one scheduling decision came to, with every node's verdict where it refused. */
export function toOutcome(
  { assignments, refusals }: Decision,
  nodes: NodeSet,
  { request }: Pick<TaskGroup, 'request'>,
): Outcome {
  return {
    perNode: countByNode(assignments.map(({ node }) => node)),
    assigned: assignments.length,
    reason: refusals[0]?.reason ?? '',
    verdicts: refusals.length > 0 ? explainNodes(nodes, request) : [],
  };
}

/** How often each node occurs. */
export function countByNode(nodes: readonly NodeId[]): ReadonlyMap<NodeId, number> {
  const counts = new Map<NodeId, number>();
  for (const node of nodes) counts.set(node, (counts.get(node) ?? 0) + 1);
  return counts;
}
