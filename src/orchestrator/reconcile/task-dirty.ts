import { isTaskDirty } from '../../swarm/dirty.ts';
import { matchesConstraints, parseConstraints } from '../../swarm/constraint.ts';
import type { StoreView } from '../store/store-view.ts';
import type { StoredNode, StoredService, StoredTask } from '../store/stored-object.ts';

/** Whether a task must be replaced to run its service's current spec. */
export function isDirty(service: StoredService, task: StoredTask, view: StoreView): boolean {
  return isTaskDirty(service, task, () => {
    const node = task.NodeID && view.get('node', task.NodeID);
    return node ? meetsConstraints(service, node) : false;
  });
}

/** Whether a node meets a service's current placement constraints; a list that is not readable holds. */
export function meetsConstraints(service: Pick<StoredService, 'Spec'>, node: StoredNode): boolean {
  const list = service.Spec.TaskTemplate.Placement?.Constraints ?? [];
  if (list.length === 0) return true;
  const parsed = parseConstraints(list);
  return parsed.kind === 'invalid' || matchesConstraints(parsed.constraints, node);
}
