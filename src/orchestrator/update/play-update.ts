import type { Instant } from '../../base/clock.ts';
import type { NodeId, TaskId } from '../../swarm/object.ts';
import { explainNodes, type NodeVerdict } from '../scheduler/explain-nodes.ts';
import type { NodeSet } from '../scheduler/node-set.ts';
import { Pipeline } from '../scheduler/pipeline.ts';
import type { PlacementRequest } from '../scheduler/placement-request.ts';
import {
  confirmPreassigned,
  scheduleGroup,
  type Assignment,
  type PlacementRule,
} from '../scheduler/schedule.ts';
import type { ResolvedUpdateConfig } from './update-config.ts';

/** One slot to be brought to the new spec. */
export interface UpdateSlot {
  /** Stands for the new task. */
  readonly task: TaskId;
  /** The node it is bound to; absent where the scheduler chooses. */
  readonly node?: NodeId | undefined;
  /** Booked tasks that are to go. */
  readonly old: readonly TaskId[];
  /** Whether one of them runs. */
  readonly isAvailable: boolean;
}

/** A service update, as far as placement is concerned. */
export interface PlannedUpdate {
  /** What the new tasks ask for. */
  readonly request: PlacementRequest;
  /** In the order in which they are handed out. */
  readonly slots: readonly UpdateSlot[];
  readonly config: Pick<ResolvedUpdateConfig, 'parallelism' | 'order'>;
  /** Further tasks of the same spec that wait for a node and take any room first; default none. */
  readonly waiting?: readonly TaskId[];
}

/** How an update went if every task that gets a node runs. */
export interface PlayedUpdate {
  readonly assignments: readonly Assignment[];
  /** The fewest of these slots that have a running task at any moment. */
  readonly leastAvailable: number;
  /** Why no slot under way can go on; absent when all were updated. */
  readonly stuck?: { readonly reason: string; readonly verdicts: readonly NodeVerdict[] };
}

export interface PlayOptions {
  readonly now: Instant;
  readonly rule: PlacementRule;
}

/**
 * Plays an update out on a cluster, which is used up: as many slots at once as the parallelism
 * allows, old tasks freeing their room when their successor runs (start-first) or before it starts.
 * @source spec/orchestrator.md 13.2; swarmkit manager/orchestrator/update/updater.go
 */
export function playUpdate(
  nodes: NodeSet,
  update: PlannedUpdate,
  options: PlayOptions,
): PlayedUpdate {
  const { slots, config } = update;
  const workers = config.parallelism || slots.length;
  const play = config.order === 'stop-first' ? STOP_FIRST : START_FIRST;
  const assignments: Assignment[] = [];
  let working: readonly UpdateSlot[] = [];
  let waiting = update.waiting ?? [];
  let next = 0;
  let available = slots.filter(({ isAvailable }) => isAvailable).length;
  let leastAvailable = available;
  for (;;) {
    const begun = slots.slice(next, next + workers - working.length);
    next += begun.length;
    working = [...working, ...begun];
    for (const slot of begun) available -= play.begin(nodes, slot);
    leastAvailable = Math.min(leastAvailable, available);
    if (working.length === 0) return { assignments, leastAvailable };
    const placed = play.place(nodes, working, { ...update, ...options, waiting });
    if (placed.length === 0) {
      return { assignments, leastAvailable, stuck: explainStuck(nodes, working, update) };
    }
    assignments.push(...placed);
    const done = new Set(placed.map(({ task }) => task));
    for (const slot of working) if (done.has(slot.task)) available += play.end(nodes, slot);
    working = working.filter(({ task }) => !done.has(task));
    waiting = waiting.filter((task) => !done.has(task));
  }
}

type Placing = PlannedUpdate & PlayOptions;

/** How one order works on slots. */
interface Play {
  /** Begins a slot; gives how many running tasks that costs. */
  begin(nodes: NodeSet, slot: UpdateSlot): number;
  /** Finds nodes for the slots under way, as far as it can. */
  place(nodes: NodeSet, working: readonly UpdateSlot[], placing: Placing): readonly Assignment[];
  /** The new task runs; gives how many more run. */
  end(nodes: NodeSet, slot: UpdateSlot): number;
}

const START_FIRST: Play = {
  begin: () => 0,
  place,
  end: (nodes, slot) => {
    release(nodes, slot);
    return slot.isAvailable ? 0 : 1;
  },
};

const STOP_FIRST: Play = {
  begin: (nodes, slot) => {
    // Told to stop, they count no more, but hold their room until they have stopped.
    for (const task of slot.old) deactivate(nodes, task);
    return slot.isAvailable ? 1 : 0;
  },
  place: (nodes, working, placing) => {
    const early = place(nodes, working, placing);
    for (const slot of working) release(nodes, slot);
    const found = new Set(early.map(({ task }) => task));
    const left = working.filter(({ task }) => !found.has(task));
    const waiting = (placing.waiting ?? []).filter((task) => !found.has(task));
    return [...early, ...place(nodes, left, { ...placing, waiting })];
  },
  end: () => 1,
};

function deactivate(nodes: NodeSet, task: TaskId): void {
  const node = nodes.nodeOfTask(task);
  if (node !== undefined) nodes.setActive(task, node, false);
}

function release(nodes: NodeSet, { old }: UpdateSlot): void {
  for (const task of old) nodes.release(task);
}

function place(
  nodes: NodeSet,
  slots: readonly UpdateSlot[],
  { request, waiting = [], ...options }: Placing,
): Assignment[] {
  const unbound = slots.filter(({ node }) => node === undefined).map(({ task }) => task);
  const free = [...waiting, ...unbound];
  const bound = slots.flatMap(({ task, node }) =>
    node === undefined ? [] : confirmPreassigned(nodes, { request, task, node }).assignments,
  );
  if (free.length === 0) return bound;
  return [...bound, ...scheduleGroup(nodes, { request, tasks: free }, options).assignments];
}

function explainStuck(
  nodes: NodeSet,
  [slot]: readonly UpdateSlot[],
  { request }: PlannedUpdate,
): NonNullable<PlayedUpdate['stuck']> {
  const isMeant = (id: NodeId): boolean => slot?.node === undefined || slot.node === id;
  const candidates = nodes.nodes().filter(({ id }) => isMeant(id));
  const explanation = new Pipeline(request).explain(candidates);
  return {
    reason: explanation === '' ? 'no suitable node' : `no suitable node (${explanation})`,
    verdicts: explainNodes(nodes, request).filter(({ node }) => isMeant(node)),
  };
}
