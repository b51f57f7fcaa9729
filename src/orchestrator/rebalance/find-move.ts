import { toInstant, type Instant } from '../../base/clock.ts';
import { parseTimestamp } from '../../base/timestamp.ts';
import type { NodeId } from '../../swarm/object.ts';
import { divisionBySpread } from '../scheduler/division.ts';
import type { NodeInfo } from '../scheduler/node-info.ts';
import { NodeSet } from '../scheduler/node-set.ts';
import { servicesById, toBookings, toSchedulable } from '../scheduler/observed-cluster.ts';
import { Pipeline } from '../scheduler/pipeline.ts';
import type { PlacementRequest } from '../scheduler/placement-request.ts';
import type { StoreView } from '../store/store-view.ts';

/** A task to be moved, by its nodes. */
export interface Move {
  readonly from: NodeId;
  readonly to: NodeId;
}

/** The next move, or when one may become possible. */
export type MoveSearch =
  | { readonly kind: 'move'; readonly move: Move }
  | { readonly kind: 'later'; readonly wakeAt: Instant }
  | { readonly kind: 'even' };

/** A node with how many tasks of the service it and its branches have. */
interface Place {
  readonly info: NodeInfo;
  /** Keys of its branches, outermost first, its own last. */
  readonly path: readonly string[];
  readonly counts: readonly number[];
}

interface Candidate extends Move {
  /** The outermost level at which the nodes part. */
  readonly level: number;
  readonly difference: number;
  readonly onFrom: number;
  readonly onTo: number;
}

/**
 * Finds the move that evens out most: at the outermost level where two branches differ by two tasks
 * or more and the emptier one has a node that suits, from its fullest node to its emptiest.
 *
 * Pure. Reads the whole cluster, so ask only for a service that is complete and at rest. Each move
 * lessens a difference at its level and adds none at an outer one, so moves come to an end.
 * @param afterMs - a node must have been as it is for so long
 */
export function findMove(
  view: StoreView,
  request: PlacementRequest,
  { now, afterMs }: { readonly now: Instant; readonly afterMs: number },
): MoveSearch {
  const nodes = nodeSetOf(view);
  const places = toPlaces(nodes, request);
  const pipeline = new Pipeline(request);
  const givers = places.filter(({ info, counts }) => isUp(info) && (counts.at(-1) ?? 0) > 0);
  const takers = places.filter(({ info }) => pipeline.accepts(info));
  const stableAt = new Map(
    takers.map(({ info }) => [info.id, stableSince(view, info.id) + afterMs]),
  );
  const candidates = givers.flatMap((giver) => takers.flatMap((taker) => compare(giver, taker)));
  const ready = candidates.filter(({ to }) => (stableAt.get(to) ?? 0) <= now);
  const [best] = ready.sort(byUrgency);
  if (best) return { kind: 'move', move: { from: best.from, to: best.to } };
  const waits = candidates.map(({ to }) => stableAt.get(to) ?? 0);
  return waits.length > 0
    ? { kind: 'later', wakeAt: toInstant(Math.min(...waits)) }
    : { kind: 'even' };
}

function nodeSetOf(view: StoreView): NodeSet {
  const services = servicesById({ services: view.list('service') });
  const nodes = new NodeSet();
  for (const node of view.list('node')) nodes.setNode(toSchedulable(node));
  for (const [task, booking] of toBookings(view.list('task'), services)) nodes.book(task, booking);
  return nodes;
}

/** Whether a node runs its tasks: a lost or drained one is the orchestrator's matter. */
function isUp({ node }: NodeInfo): boolean {
  return node?.Status.State === 'ready' && node.Spec.Availability !== 'drain';
}

/** When anything was last written of the node: it came back, was activated, or got a label. */
function stableSince(view: StoreView, id: NodeId): number {
  return parseTimestamp(view.get('node', id)?.UpdatedAt ?? '') ?? 0;
}

function toPlaces(nodes: NodeSet, { service, spread }: PlacementRequest): readonly Place[] {
  const { levels } = divisionBySpread(spread);
  const totals = new Map<string, number>();
  const paths = nodes.nodes().map((info) => {
    const path: string[] = [];
    for (const branchOf of levels) {
      path.push(JSON.stringify([path.at(-1), info.node ? branchOf(info.node) : '']));
    }
    path.push(info.id);
    for (const key of path) {
      totals.set(key, (totals.get(key) ?? 0) + info.activeTasksOf(service));
    }
    return { info, path };
  });
  return paths.map(({ info, path }) => ({
    info,
    path,
    counts: path.map((key) => totals.get(key) ?? 0),
  }));
}

function compare(giver: Place, taker: Place): readonly Candidate[] {
  const level = giver.path.findIndex((key, at) => key !== taker.path[at]);
  if (level < 0) return [];
  const difference = (giver.counts[level] ?? 0) - (taker.counts[level] ?? 0);
  if (difference < 2) return [];
  return [
    {
      from: giver.info.id,
      to: taker.info.id,
      level,
      difference,
      onFrom: giver.counts.at(-1) ?? 0,
      onTo: taker.counts.at(-1) ?? 0,
    },
  ];
}

/** Ties go to the lesser ids: candidates come in their order, and sorting keeps it. */
function byUrgency(a: Candidate, b: Candidate): number {
  return a.level - b.level || b.difference - a.difference || b.onFrom - a.onFrom || a.onTo - b.onTo;
}
