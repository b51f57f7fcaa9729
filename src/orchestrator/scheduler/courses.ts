import type { Instant } from '../../base/clock.ts';
import { compareStrings } from '../../base/compare.ts';
import { createSeededRandom } from '../../base/random.ts';
import type { NodeId, ServiceId, TaskId } from '../../swarm/object.ts';
import type { NodeVerdict } from './explain-nodes.ts';
import type { SchedulableNode } from './node-facts.ts';
import { NodeSet, type Booking } from './node-set.ts';
import type { PlacementRule } from './schedule.ts';

/** A cluster before anything of what is foretold has happened. */
export interface InitialCluster {
  readonly nodes: readonly SchedulableNode[];
  readonly bookings: readonly (readonly [TaskId, Booking])[];
  /** Failures that may count against a node; default none. */
  readonly failures?: readonly PastFailure[];
}

/** A task of a service that failed on a node. */
export interface PastFailure {
  readonly service: ServiceId;
  readonly node: NodeId;
  readonly at: Instant;
}

/** One possible course of events: how whatever is left to chance turns out. */
export interface Course {
  /** The cluster at the start of this course; its own, to be used up. */
  readonly nodes: NodeSet;
  /** Things that happen in no certain order, in the order of this course. */
  readonly shuffled: <T>(items: readonly T[]) => readonly T[];
}

/** Where the tasks of one kind went in one course. */
export interface Outcome {
  readonly perNode: ReadonlyMap<NodeId, number>;
  readonly assigned: number;
  /** Why others got no node; empty when all did. */
  readonly reason: string;
  readonly verdicts: readonly NodeVerdict[];
}

/** Least and greatest number of new tasks of a group on one node. */
export interface TaskRange {
  readonly least: number;
  readonly most: number;
}

/** Where one new task will go. */
export type TaskPrediction =
  | { readonly kind: 'node'; readonly task: TaskId; readonly node: NodeId }
  | {
      /** Equal candidates: which one it is, is left to chance. */
      readonly kind: 'one-of';
      readonly task: TaskId;
      readonly nodes: readonly NodeId[];
      /** Why chance may also leave it pending; absent when it certainly gets a node. */
      readonly orPending?: string;
    }
  | {
      readonly kind: 'pending';
      readonly task: TaskId;
      readonly reason: string;
      readonly verdicts: readonly NodeVerdict[];
    };

/** Where the tasks of one kind may go. They are alike: only numbers can be foretold. */
export interface PlacementPrediction {
  /** Nodes that may get a task, in id order; `least === most` is certain. */
  readonly perNode: ReadonlyMap<NodeId, TaskRange>;
  /** The same, said task by task. */
  readonly tasks: readonly TaskPrediction[];
}

/**
 * Tie-breaks tried for a real Swarm, where chance decides; nodes that are alike are then taken
 * together, so a few tell it all. Our own scheduler leaves nothing to chance.
 */
const COURSES: Readonly<Record<PlacementRule, number>> = { balanced: 1, swarm: 24 };

/** Fewer must do where each takes long: after so many steps in all, and never fewer than this. */
const MOST_STEPS = 1500;
const FEWEST_COURSES = 4;

/**
 * The courses that events may take under a rule; the first breaks ties by order of joining. Deterministic.
 * @param steps - placements that each course will be asked for
 */
export function coursesOf(
  cluster: InitialCluster,
  rule: PlacementRule,
  steps: number,
): readonly Course[] {
  return seedsOf(cluster, rule, steps).map((seed) => courseOf(cluster, seed));
}

/** The seeds of `coursesOf`, for who may not need them all. */
export function seedsOf(
  { nodes, bookings }: InitialCluster,
  rule: PlacementRule,
  steps: number,
): readonly number[] {
  // Setting up a course costs about a step for every five nodes and tasks.
  const cost = steps + (nodes.length + bookings.length) / 5;
  const affordable = Math.max(FEWEST_COURSES, Math.floor(MOST_STEPS / Math.max(1, cost)));
  return Array.from({ length: Math.min(COURSES[rule], affordable) }, (_, seed) => seed);
}

/** One course; seed 0 breaks ties by order of joining and keeps the order of things. */
export function courseOf(cluster: InitialCluster, seed: number): Course {
  const random = createSeededRandom(seed);
  const nodes = new NodeSet(seed === 0 ? undefined : shuffledOrder(cluster.nodes, seed));
  for (const node of cluster.nodes) nodes.setNode(node);
  for (const [task, booking] of cluster.bookings) nodes.book(task, booking);
  for (const { service, node, at } of cluster.failures ?? []) {
    nodes.recordFailure({ service }, node, at);
  }
  const shuffled = <T>(items: readonly T[]): readonly T[] =>
    seed === 0
      ? items
      : items
          .map((item) => ({ item, at: random.next() }))
          .sort((a, b) => a.at - b.at)
          .map(({ item }) => item);
  return { nodes, shuffled };
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

/** Nodes that chance may exchange for one another: those alike in every respect. */
export type Alike = ReadonlyMap<NodeId, readonly NodeId[]>;

/** Groups the nodes of a cluster under a rule; our own leaves nothing to chance. */
export function alikeNodes({ nodes, bookings }: InitialCluster, rule: PlacementRule): Alike {
  if (rule === 'balanced') return new Map(nodes.map(({ ID }) => [ID, [ID]]));
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

function traitsOf({ Role, Spec, Status, Description }: SchedulableNode): unknown {
  const { Platform, Resources, Engine } = Description;
  return [Role, Spec, Status.State, Platform, Resources, Engine?.Labels, Engine?.Plugins];
}

/** Courses that are played at least, where one more must bring something new to go on. */
const SURE_COURSES = 2;
/** Steps from which courses are given up early. */
const MANY_STEPS = 60;

/**
 * Plays courses until enough are known: all, or where each takes long, until one brings nothing new.
 * @param play - the outcomes of one course, the same groups in the same order each time
 */
export function playCourses(
  cluster: InitialCluster,
  rule: PlacementRule,
  game: {
    /** Placements that a course is asked for. */
    readonly steps: number;
    readonly alike: Alike;
    readonly play: (course: Course) => readonly Outcome[];
  },
): readonly (readonly Outcome[])[] {
  const { steps, alike, play } = game;
  const courses: (readonly Outcome[])[] = [];
  let known = '';
  for (const seed of seedsOf(cluster, rule, steps)) {
    courses.push(play(courseOf(cluster, seed)));
    if (steps < MANY_STEPS) continue;
    const now = JSON.stringify(courses[0]?.map((_, at) => [...rangesAt(courses, at, alike)]));
    if (courses.length >= SURE_COURSES && now === known) break;
    known = now;
  }
  return courses;
}

function rangesAt(
  courses: readonly (readonly Outcome[])[],
  at: number,
  alike: Alike,
): ReadonlyMap<NodeId, TaskRange> {
  return toRanges(
    courses.flatMap((course) => course[at]?.perNode ?? []),
    alike,
  );
}

/** What is certain, and what is open, over all courses. */
export function combineOutcomes(
  tasks: readonly TaskId[],
  outcomes: readonly Outcome[],
  alike: Alike,
): PlacementPrediction {
  const perNode = toRanges(
    outcomes.map((one) => one.perNode),
    alike,
  );
  return { perNode, tasks: toTasks(tasks, perNode, outcomes) };
}

function toRanges(
  outcomes: readonly ReadonlyMap<NodeId, number>[],
  alike: Alike,
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
  tasks: readonly TaskId[],
  perNode: ReadonlyMap<NodeId, TaskRange>,
  outcomes: readonly Outcome[],
): readonly TaskPrediction[] {
  const certain = [...perNode].flatMap(([node, { least }]) => Array<NodeId>(least).fill(node));
  const nodes = [...perNode].filter(([, { least, most }]) => most > least).map(([node]) => node);
  const counts = outcomes.map(({ assigned }) => assigned);
  const [least, most] = [Math.min(...counts), Math.max(...counts)];
  const { reason = '', verdicts = [] } = outcomes.find((one) => one.reason !== '') ?? {};
  return tasks.map((task, at): TaskPrediction => {
    const node = certain[at];
    if (node !== undefined) return { kind: 'node', task, node };
    if (at < least) return { kind: 'one-of', task, nodes };
    if (at < most) return { kind: 'one-of', task, nodes, orPending: reason };
    return { kind: 'pending', task, reason, verdicts };
  });
}
