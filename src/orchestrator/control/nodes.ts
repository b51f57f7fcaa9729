import { formatTimestamp } from '../../base/timestamp.ts';
import type { NodeSpec } from '../../swarm/node.ts';
import { taskStateRank } from '../../swarm/task-state.ts';
import { engineRefusal, rpcError, type ControlError } from '../control-error.ts';
import type { StoreView } from '../store/store-view.ts';
import type { StoredNode } from '../store/stored-object.ts';
import type { Transaction } from '../store/transaction.ts';
import { commit, refuse, type ControlContext } from './control-context.ts';
import { lookUp } from './look-up.ts';

const ROLES: ReadonlySet<string> = new Set(['manager', 'worker']);
const AVAILABILITIES: ReadonlySet<string> = new Set(['active', 'pause', 'drain']);

/**
 * Changes a node's availability, role and labels.
 * @throws ControlError in the order of spec/engine-api.md section 5
 * @source swarmkit manager/controlapi/node.go (UpdateNode)
 */
export function updateNode(
  context: ControlContext,
  idOrName: string,
  sent: NodeSpec,
  { version }: { readonly version: number },
): StoredNode {
  const spec = normaliseNodeSpec(sent);
  refuse(checkWords(spec));
  const node = lookUp(context.store.view, 'node', idOrName);
  refuse(checkDemotion(node, spec, context.store.view));
  return commit(context, (tx) =>
    tx.update('node', { ...node, Version: { Index: version }, Spec: spec }),
  );
}

/**
 * Removes a node; its tasks that have not ended become orphaned.
 * @throws ControlError not-found; invalid-argument for managers, and for ready nodes without force
 * @source swarmkit manager/controlapi/node.go (RemoveNode); spec/orchestrator.md section 15.5
 */
export function removeNode(
  context: ControlContext,
  idOrName: string,
  { force }: { readonly force: boolean },
): StoredNode {
  const node = lookUp(context.store.view, 'node', idOrName);
  if (node.Role === 'manager') {
    const text = `node ${node.ID} is a cluster manager and is a member of the raft cluster. It must be demoted to worker before removal`;
    throw rpcError('FailedPrecondition', text);
  }
  if (!force && node.Status.State === 'ready') {
    throw rpcError('FailedPrecondition', `node ${node.ID} is not down and can't be removed`);
  }
  commit(context, (tx) => {
    orphanTasks(context, tx, node);
    tx.remove('node', node.ID);
  });
  return node;
}

function orphanTasks({ clock }: ControlContext, tx: Transaction, node: StoredNode): void {
  const now = clock.now();
  for (const task of tx.view.tasksByNode(node.ID)) {
    if (taskStateRank(task.Status.State) >= taskStateRank('complete')) continue;
    const Status = {
      ...task.Status,
      Timestamp: formatTimestamp(now),
      State: 'orphaned' as const,
      Message: 'Task belonged to a node that has been deleted',
      AppliedAt: now,
    };
    tx.update('task', { ...task, Status });
  }
}

function normaliseNodeSpec(sent: NodeSpec): NodeSpec {
  const { Name, Labels, Role, Availability } = sent as Partial<NodeSpec>;
  return {
    ...(Name && { Name }),
    Labels: Labels ?? {},
    Role: (Role ?? '').toLowerCase() as NodeSpec['Role'],
    Availability: (Availability ?? '').toLowerCase() as NodeSpec['Availability'],
  };
}

function checkWords({ Role, Availability }: NodeSpec): ControlError | undefined {
  if (!ROLES.has(Role)) return engineRefusal(`invalid Role: ${JSON.stringify(Role)}`);
  return AVAILABILITIES.has(Availability)
    ? undefined
    : engineRefusal(`invalid Availability: ${JSON.stringify(Availability)}`);
}

/** A cluster keeps a manager, and a majority of the managers it counts. @source spec/orchestrator.md section 15.6 */
function checkDemotion(
  node: StoredNode,
  { Role }: NodeSpec,
  view: StoreView,
): ControlError | undefined {
  if (Role === 'manager' || node.Role !== 'manager') return undefined;
  const managers = view.list('node').filter((one) => one.Role === 'manager');
  if (managers.length === 1) {
    return rpcError('FailedPrecondition', 'attempting to demote the last manager of the swarm');
  }
  const reachable = managers.filter((one) => one !== node && one.Status.State !== 'down').length;
  return reachable >= Math.floor((managers.length - 1) / 2) + 1
    ? undefined
    : rpcError(
        'FailedPrecondition',
        "can't remove member from the raft: this would result in a loss of quorum",
      );
}
