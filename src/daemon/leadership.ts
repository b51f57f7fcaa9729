import type { Clock } from '../base/clock.ts';
import { Wakeup } from '../orchestrator/wakeup.ts';
import type { Store } from '../orchestrator/store/store.ts';
import type { StoredNode } from '../orchestrator/store/stored-object.ts';
import type { NodeId } from '../swarm/object.ts';

/**
 * Which manager leads: the one that does as long as it is up, else the first that is up.
 *
 * All managers are one process, so leading means no more than being shown as leader.
 */
export function chooseLeader(
  nodes: readonly StoredNode[],
  isUp: (node: NodeId) => boolean,
): NodeId | undefined {
  const managers = nodes.filter((one) => one.ManagerStatus !== undefined);
  const able = managers.filter((one) => isUp(one.ID));
  return (able.find((one) => one.ManagerStatus?.Leader) ?? able[0])?.ID;
}

/** Keeps exactly one manager shown as leader while one is up. */
export function followLeadership(
  store: Store,
  clock: Clock,
  isUp: (node: NodeId) => boolean,
): () => void {
  const wakeup = new Wakeup(clock, () => assignLeader(store, isUp));
  const end = store.watch((commit) => {
    if (commit.changes.some((one) => one.kind === 'node')) wakeup.now();
  });
  wakeup.now();
  return () => {
    end();
    wakeup.stop();
  };
}

function assignLeader(store: Store, isUp: (node: NodeId) => boolean): void {
  const leader = chooseLeader(store.view.list('node'), isUp);
  if (leader === undefined) return;
  store.update('control', (tx) => {
    for (const node of tx.view.list('node')) {
      const isLeader = node.ID === leader;
      if (!node.ManagerStatus || (node.ManagerStatus.Leader === true) === isLeader) continue;
      const { Leader: _, ...status } = node.ManagerStatus;
      const ManagerStatus = { ...(isLeader && { Leader: true }), ...status };
      tx.update('node', { ...node, ManagerStatus });
    }
  });
}
