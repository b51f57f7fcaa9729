import type { Instant } from '../../base/clock.ts';
import { compareStrings } from '../../base/compare.ts';
import { createSeededRandom } from '../../base/random.ts';
import type { NodeId, TaskId } from '../../swarm/object.ts';
import type { NodeVerdict } from './explain-nodes.ts';
import { explainNodes } from './explain-nodes.ts';
import type { SchedulableNode } from './node-facts.ts';
import type { Booking } from './node-set.ts';
import { NodeSet } from './node-set.ts';
import type { PlacementRule, TaskGroup } from './schedule.ts';
import { scheduleGroup } from './schedule.ts';

/** A cluster as observed, and what is to be placed on it. */
export interface PredictionInput {
  readonly nodes: readonly SchedulableNode[];
  readonly bookings: readonly (readonly [TaskId, Booking])[];
  /** In the order in which they will be scheduled. */
  readonly groups: readonly TaskGroup[];
  readonly rule: PlacementRule;
  readonly now: Instant;
}

/** Least and greatest number of new tasks of a group on one node. */
export interface TaskRange {
  readonly least: number;
  readonly most: number;
}

/** Where the tasks of one group will go. Tasks of a group are alike: only numbers can be foretold. */
export interface GroupPrediction {
  readonly group: TaskGroup;
  /** Nodes that may get a task, in id order; `least === most` is certain. */
  readonly perNode: ReadonlyMap<NodeId, TaskRange>;
  /** The same, said task by task. */
  readonly tasks: readonly TaskPrediction[];
}

export type TaskPrediction =
  | { readonly kind: 'node'; readonly task: TaskId; readonly node: NodeId }
  /** Equal candidates: which one it is, is left to chance. */
  | { readonly kind: 'one-of'; readonly task: TaskId; readonly nodes: readonly NodeId[] }
  | {
      readonly kind: 'pending';
      readonly task: TaskId;
      readonly reason: string;
      readonly verdicts: readonly NodeVerdict[];
    };

/**
 * Tie-breaks tried for a real Swarm, where chance decides; nodes that are alike are then taken
 * together, so a few tell it all. Our own scheduler leaves nothing to chance.
 */
const OUTCOMES: Readonly<Record<PlacementRule, number>> = { balanced: 1, swarm: 24 };

/**
 * Foretells placements, ties as sets.
 *
 * For a real Swarm it schedules the groups several times, with another order of preference among
 * equals each time, and lets nodes that are alike in every respect share what one of them may get.
 * Deterministic.
 * @source spec/orchestrator.md 10.5
 */
export function predictPlacements(input: PredictionInput): readonly GroupPrediction[] {
  const outcomes = Array.from({ length: OUTCOMES[input.rule] }, (_, seed) => playOut(input, seed));
  const alike = input.rule === 'swarm' ? groupAlike(input) : apart(input);
  return input.groups.map((group, at) => {
    const counts = outcomes.map((outcome) => outcome[at]?.perNode ?? new Map<NodeId, number>());
    const perNode = toRanges(counts, alike);
    const refused = outcomes[0]?.[at];
    return { group, perNode, tasks: toTasks(group, perNode, refused) };
  });
}

interface Outcome {
  readonly perNode: ReadonlyMap<NodeId, number>;
  readonly assigned: number;
  readonly reason: string;
  readonly verdicts: readonly NodeVerdict[];
}

/** One possible course of events; seed 0 breaks ties by id. */
function playOut(input: PredictionInput, seed: number): readonly Outcome[] {
  const { rule, now } = input;
  const nodes = new NodeSet(seed === 0 ? compareStrings : shuffledOrder(input.nodes, seed));
  for (const node of input.nodes) nodes.setNode(node);
  for (const [task, booking] of input.bookings) nodes.book(task, booking);
  return input.groups.map((group) => {
    const { assignments, refusals } = scheduleGroup(nodes, group, { now, rule });
    const perNode = new Map<NodeId, number>();
    for (const { node } of assignments) perNode.set(node, (perNode.get(node) ?? 0) + 1);
    const isRefused = seed === 0 && refusals.length > 0;
    return {
      perNode,
      assigned: assignments.length,
      reason: refusals[0]?.reason ?? '',
      verdicts: isRefused ? explainNodes(nodes, group.request) : [],
    };
  });
}

function shuffledOrder(
  nodes: readonly SchedulableNode[],
  seed: number,
): (a: string, b: string) => number {
  const random = createSeededRandom(seed);
  const ids = nodes.map(({ ID }) => ID).sort(compareStrings);
  const places = new Map<string, number>(ids.map((id) => [id, random.next()]));
  return (a, b) => (places.get(a) ?? 0) - (places.get(b) ?? 0) || compareStrings(a, b);
}

/** Nodes by all that could tell them apart for these groups. */
function groupAlike({ nodes, bookings }: PredictionInput): ReadonlyMap<NodeId, readonly NodeId[]> {
  const booked = new Map<NodeId, string[]>();
  for (const [, { node, service, reservation, active, generic }] of bookings) {
    const text = JSON.stringify([service, reservation, active, generic]);
    const texts = booked.get(node);
    if (texts) texts.push(text);
    else booked.set(node, [text]);
  }
  const groups = new Map<string, NodeId[]>();
  for (const node of nodes) {
    const key = JSON.stringify([traitsOf(node), booked.get(node.ID)?.sort()]);
    const group = groups.get(key);
    if (group) group.push(node.ID);
    else groups.set(key, [node.ID]);
  }
  return new Map([...groups.values()].flatMap((group) => group.map((id) => [id, group] as const)));
}

function apart({ nodes }: PredictionInput): ReadonlyMap<NodeId, readonly NodeId[]> {
  return new Map(nodes.map(({ ID }) => [ID, [ID]]));
}

function traitsOf({ Role, Spec, Status, Description }: SchedulableNode): unknown {
  const { Platform, Resources, Engine } = Description;
  return [Role, Spec, Status.State, Platform, Resources, Engine?.Labels, Engine?.Plugins];
}

function toRanges(
  outcomes: readonly ReadonlyMap<NodeId, number>[],
  alike: ReadonlyMap<NodeId, readonly NodeId[]>,
): ReadonlyMap<NodeId, TaskRange> {
  const ranges = new Map<NodeId, TaskRange>();
  for (const [id, group] of alike) {
    const counts = outcomes.flatMap((outcome) => group.map((one) => outcome.get(one) ?? 0));
    const most = Math.max(...counts);
    if (most > 0) ranges.set(id, { least: Math.min(...counts), most });
  }
  return new Map([...ranges].sort(([a], [b]) => compareStrings(a, b)));
}

function toTasks(
  { tasks }: TaskGroup,
  perNode: ReadonlyMap<NodeId, TaskRange>,
  outcome: Outcome | undefined,
): readonly TaskPrediction[] {
  const certain = [...perNode].flatMap(([node, { least }]) => Array<NodeId>(least).fill(node));
  const open = [...perNode].filter(([, { least, most }]) => most > least).map(([node]) => node);
  const { assigned = 0, reason = '', verdicts = [] } = outcome ?? {};
  return tasks.map((task, at): TaskPrediction => {
    if (at >= assigned) return { kind: 'pending', task, reason, verdicts };
    const node = certain[at];
    return node === undefined
      ? { kind: 'one-of', task, nodes: open }
      : { kind: 'node', task, node };
  });
}
