import type { StoredTask } from './store/stored-object.ts';

/** What a task's name and slot are made of. */
export type NamedTask = Pick<StoredTask, 'ID' | 'ServiceAnnotations' | 'Slot' | 'NodeID'>;

/**
 * The slot as names and templates show it: its number, else the node.
 *
 * Parity: slot 0 of a replicated job counts as none (Q1).
 * @source swarmkit template/context.go; spec/orchestrator.md sections 5 and 19
 */
export function slotName(task: Pick<NamedTask, 'Slot' | 'NodeID'>): string {
  return task.Slot ? String(task.Slot) : (task.NodeID ?? '');
}

/**
 * The name of a task and its container: `service.slot.id`.
 * @source swarmkit api/naming/naming.go (Task); spec/orchestrator.md section 5
 */
export function taskName(task: NamedTask): string {
  return `${task.ServiceAnnotations.Name}.${slotName(task)}.${task.ID}`;
}
