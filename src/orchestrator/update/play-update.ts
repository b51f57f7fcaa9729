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
  const stopsFirst = config.order === 'stop-first';
  const assignments: Assignment[] = [];
  let working: UpdateSlot[] = [];
  let next = 0;
  let available = slots.filter(({ isAvailable }) => isAvailable).length;
  let leastAvailable = available;
  for (;;) {
    while (next < slots.length && working.length < workers) {
      const slot = slots[next] as UpdateSlot;
      next += 1;
      working.push(slot);
      if (stopsFirst && slot.isAvailable) available -= 1;
      // Told to stop, they count no more, but hold their room until they have stopped.
      if (stopsFirst) for (const task of slot.old) deactivate(nodes, task);
    }
    leastAvailable = Math.min(leastAvailable, available);
    if (working.length === 0) return { assignments, leastAvailable };
    const placed = place(nodes, working, { ...update, ...options });
    if (stopsFirst) {
      for (const slot of working) release(nodes, slot);
      const left = working.filter((slot) => !placed.some(({ task }) => task === slot.task));
      placed.push(...place(nodes, left, { ...update, ...options }));
    }
    if (placed.length === 0) {
      return { assignments, leastAvailable, stuck: explainStuck(nodes, working, update) };
    }
    assignments.push(...placed);
    const done = new Set(placed.map(({ task }) => task));
    for (const slot of working.filter(({ task }) => done.has(task))) {
      if (!stopsFirst) release(nodes, slot);
      if (stopsFirst || !slot.isAvailable) available += 1;
    }
    working = working.filter(({ task }) => !done.has(task));
  }
}

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
  { request, ...options }: PlannedUpdate & PlayOptions,
): Assignment[] {
  const free = slots.filter(({ node }) => node === undefined).map(({ task }) => task);
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
