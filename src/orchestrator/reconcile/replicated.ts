import type { NodeId } from '../../swarm/object.ts';
import type { Action } from '../action.ts';
import type { StoredService, StoredTask } from '../store/stored-object.ts';
import {
  createTask,
  setDesired,
  type Orchestrator,
  type ReconcileFacts,
  type Reconciliation,
} from './reconciliation.ts';
import { slotsOf, updatableTasks, type Slot } from './slots.ts';

/**
 * Replicated services: as many slots as replicas.
 * @source swarmkit manager/orchestrator/replicated/services.go; spec/orchestrator.md section 6
 */
export const replicated: Orchestrator = {
  mode: 'Replicated',
  reconcile,
  restarts: () => true,
};

interface SlotView extends Slot {
  /** Every task of the slot, history included. */
  readonly all: readonly StoredTask[];
}

function reconcile(service: StoredService, facts: ReconcileFacts): Reconciliation {
  const slots = slotsOf(facts.view, service.ID).map((slot): SlotView => {
    const tasks = updatableTasks(slot.tasks, service, facts.shouldRestart);
    return { key: slot.key, tasks, all: slot.tasks };
  });
  const running = slots.filter((slot) => slot.tasks.length > 0);
  const dead = slots.filter((slot) => slot.tasks.length === 0);
  const wanted = service.Spec.Mode?.Replicated?.Replicas ?? 1;
  if (wanted >= running.length) {
    const fresh = freeNumbers(running, wanted - running.length);
    const actions = [
      ...fresh.map((number) => createTask(service, number, 'running', facts)),
      ...deleteTasks(dead.filter((slot) => !fresh.includes(slot.key as number))),
    ];
    return { actions, update: running };
  }
  const ranked = rankForSurvival(running);
  const kept = new Set(ranked.slice(0, wanted));
  const removed = running.filter((slot) => !kept.has(slot));
  const actions = [
    ...deleteTasks(dead),
    ...removed.flatMap((slot) => setDesired(slot.all, 'remove')),
  ];
  return { actions, update: running.filter((slot) => kept.has(slot)) };
}

/** The lowest slot numbers, from 1, that no running slot has. */
function freeNumbers(running: readonly Slot[], count: number): readonly number[] {
  const taken = new Set(running.map((slot) => slot.key));
  const free: number[] = [];
  for (let number = 1; free.length < count; number += 1) {
    if (!taken.has(number)) free.push(number);
  }
  return free;
}

function deleteTasks(slots: readonly SlotView[]): readonly Action[] {
  return slots.flatMap((slot) => slot.all.map((task) => ({ kind: 'delete-task', task: task.ID })));
}

/** What the order of a scale-down looks at. */
interface SurvivalSlot {
  readonly tasks: readonly {
    readonly NodeID?: NodeId;
    readonly Status: Pick<StoredTask['Status'], 'State'>;
  }[];
}

/**
 * Slots, those first that a scale-down keeps longest.
 *
 * Running ones before others, low numbers before high; then level by level over the nodes: the
 * first slot of every node, the second of every node … Slots without a node of their own come last.
 * @source swarmkit manager/orchestrator/replicated/slot.go; spec/orchestrator.md 6.3
 */
export function rankForSurvival<T extends SurvivalSlot>(slots: readonly T[]): readonly T[] {
  const isRunning = (slot: T): boolean =>
    slot.tasks.some((task) => task.Status.State === 'running');
  const ordered = [...slots.filter(isRunning), ...slots.filter((slot) => !isRunning(slot))];
  const seen = new Map<NodeId, number>();
  const levels = ordered.map((slot) => {
    const node = slot.tasks.length === 1 ? slot.tasks[0]?.NodeID : undefined;
    if (node === undefined) return { slot, level: Infinity };
    const level = seen.get(node) ?? 0;
    seen.set(node, level + 1);
    return { slot, level };
  });
  // Infinity - Infinity is not a number: equal levels keep their order.
  return levels
    .sort((a, b) => (a.level === b.level ? 0 : a.level - b.level))
    .map(({ slot }) => slot);
}
