import { byString } from '../../base/compare.ts';
import type { NodeId, TaskId } from '../../swarm/object.ts';
import type { Service } from '../../swarm/service.ts';
import { isTerminal, taskStateRank } from '../../swarm/task-state.ts';
import { rankForSurvival } from '../reconcile/replicated.ts';
import type { ObservedTask } from '../scheduler/observed-cluster.ts';
import type { UpdateSlot } from './play-update.ts';

/** A slot of a service that is not a job, and the tasks that are meant to run in it. */
export interface ObservedSlot {
  /** The number, or for a global service the node. */
  readonly key: string;
  /** Set for a global service. */
  readonly node: NodeId | undefined;
  /** Not empty, oldest first. */
  readonly tasks: readonly ObservedTask[];
}

const RUNNING = taskStateRank('running');

/** Whether a task is meant to run, and has not ended. */
export function isLive({ DesiredState, Status }: ObservedTask): boolean {
  return taskStateRank(DesiredState) <= RUNNING && !isTerminal(Status.State);
}

/** Whether a task runs and is meant to. */
export function isAvailable({ DesiredState, Status }: ObservedTask): boolean {
  return Status.State === 'running' && DesiredState === 'running';
}

/** The slots of a service that hold a live task, ascending. */
export function liveSlots(
  service: Pick<Service, 'ID'>,
  tasks: readonly ObservedTask[],
): readonly ObservedSlot[] {
  const slots = new Map<string, ObservedTask[]>();
  for (const task of tasks) {
    if (task.ServiceID !== service.ID || !isLive(task)) continue;
    const key = String(task.Slot ?? task.NodeID ?? '');
    slots.set(key, [...(slots.get(key) ?? []), task]);
  }
  return [...slots]
    .map(([key, list]) => ({
      key,
      node: list[0]?.Slot === undefined ? list[0]?.NodeID : undefined,
      tasks: list.sort(byString(({ CreatedAt }) => CreatedAt)),
    }))
    .sort((a, b) => Number(a.key) - Number(b.key) || byString(keyOf)(a, b));
}

function keyOf({ key }: ObservedSlot): string {
  return key;
}

/** The slots that remain when the service is to have so many. */
export function survivors(
  slots: readonly ObservedSlot[],
  replicas: number,
): readonly ObservedSlot[] {
  if (slots.length <= replicas) return slots;
  const kept = new Set(rankForSurvival(slots).slice(0, replicas));
  return slots.filter((slot) => kept.has(slot));
}

/** What an update has still to do. */
interface Remainder {
  /** Those it has begun and whose new task waits for a node come first. */
  readonly slots: readonly UpdateSlot[];
  /** Old tasks of slots whose new task has a node. */
  readonly leaving: readonly ObservedTask[];
}

/**
 * The slots an update has to work on. A slot whose new task has a node is done.
 * @param isDirty - whether a task has to be replaced
 */
export function slotsToUpdate(
  slots: readonly ObservedSlot[],
  isDirty: (task: ObservedTask) => boolean,
): Remainder {
  const begun: UpdateSlot[] = [];
  const untouched: UpdateSlot[] = [];
  const leaving: ObservedTask[] = [];
  for (const { key, node, tasks } of slots) {
    const clean = tasks.filter((task) => !isDirty(task));
    const waits = clean.every(({ Status }) => taskStateRank(Status.State) <= PENDING);
    const old = tasks.filter((task) => !clean.includes(task));
    if (!waits) {
      leaving.push(...old);
      continue;
    }
    const slot: UpdateSlot = {
      task: clean[0]?.ID ?? (`new task of slot ${key}` as TaskId),
      node,
      old: old.map(({ ID }) => ID),
      isAvailable: old.some(isAvailable),
    };
    (clean.length > 0 ? begun : untouched).push(slot);
  }
  return { slots: [...begun, ...untouched], leaving };
}

const PENDING = taskStateRank('pending');
