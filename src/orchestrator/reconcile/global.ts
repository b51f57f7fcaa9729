import { taskStateRank } from '../../swarm/task-state.ts';
import type { Action } from '../action.ts';
import type { StoredNode, StoredService, StoredTask } from '../store/stored-object.ts';
import {
  createTask,
  isInvalidNode,
  setDesired,
  type Orchestrator,
  type ReconcileFacts,
  type Reconciliation,
} from './reconciliation.ts';
import { slotsOf, updatableTasks, type Slot } from './slots.ts';
import { isDirty, meetsConstraints } from './task-dirty.ts';

/**
 * Global services: one task on every node that meets the constraints.
 * @source swarmkit manager/orchestrator/global/global.go; spec/orchestrator.md section 7
 */
export const global: Orchestrator = { mode: 'Global', reconcile, restarts, onNode };

function reconcile(service: StoredService, facts: ReconcileFacts): Reconciliation {
  const nodes = facts.view.list('node').filter((node) => !isInvalidNode(node));
  const bySlot = new Map(slotsOf(facts.view, service.ID).map((slot) => [slot.key, slot.tasks]));
  const actions: Action[] = [];
  const update: Slot[] = [];
  for (const node of nodes) {
    const all = bySlot.get(node.ID) ?? [];
    bySlot.delete(node.ID);
    const tasks = updatableTasks(all, service, facts.shouldRestart);
    if (!meetsConstraints(service, node)) actions.push(...shutDown(tasks));
    // Paused: neither filled nor updated.
    else if (node.Spec.Availability !== 'pause') {
      if (tasks.length > 0) update.push({ key: node.ID, tasks });
      else actions.push(createTask(service, node.ID, 'running', facts));
    }
  }
  // What is left runs on nodes that are drained, down or gone.
  for (const tasks of bySlot.values()) actions.push(...shutDown(tasks));
  if (update.length === 0) return { actions };
  return { actions, update: update.sort((a, b) => (a.key < b.key ? -1 : 1)) };
}

/** A task on a paused or no longer matching node is not replaced. */
function restarts(task: StoredTask, service: StoredService, facts: ReconcileFacts): boolean {
  const node = task.NodeID && facts.view.get('node', task.NodeID);
  if (!node || isInvalidNode(node) || node.Spec.Availability === 'pause') return false;
  return meetsConstraints(service, node);
}

/**
 * Brings one node up to date at once.
 *
 * Parity: without the update supervisor, so neither parallelism nor delay nor update status count.
 * A node that no longer matches is the constraint enforcer's.
 */
function onNode(
  node: StoredNode,
  service: StoredService,
  facts: ReconcileFacts,
): readonly Action[] {
  const all = facts.view.tasksBySlot(service.ID, node.ID);
  if (isInvalidNode(node)) return shutDown(all);
  if (node.Spec.Availability === 'pause' || !meetsConstraints(service, node)) return [];
  const tasks = updatableTasks(all, service, facts.shouldRestart);
  const dirty = tasks.filter((task) => isDirty(service, task, facts.view));
  const actions = [...shutDown(dirty)];
  if (dirty.length === tasks.length) {
    actions.push(createTask(service, node.ID, 'running', facts));
  }
  return actions;
}

/** Parity: a task that is still to be removed, or was shut down already, is left alone. */
function shutDown(tasks: readonly StoredTask[]): readonly Action[] {
  const below = taskStateRank('shutdown');
  return setDesired(
    tasks.filter((task) => taskStateRank(task.DesiredState) < below),
    'shutdown',
  );
}
