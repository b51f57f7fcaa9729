import type { Clock } from '../base/clock.ts';
import type { Node } from '../swarm/node.ts';
import type { NodeId } from '../swarm/object.ts';
import type { Commit } from './store/commit.ts';
import type { Store } from './store/store.ts';
import type { StoredNode } from './store/stored-object.ts';
import { Wakeup } from './wakeup.ts';

/**
 * Makes a node's observed role follow the desired one.
 *
 * Here at once: there is no certificate to fetch and no raft to join. Whether a demotion is allowed
 * was settled when it was asked for.
 * @source swarmkit manager/role_manager.go; spec/orchestrator.md 15.6
 */
export class RoleManager {
  readonly #store: Store;
  readonly #wakeup: Wakeup;
  readonly #nodes = new Set<NodeId>();

  constructor(store: Store, clock: Clock) {
    this.#store = store;
    this.#wakeup = new Wakeup(clock, () => this.#run());
  }

  /** Looks at every node. */
  resume(): void {
    for (const node of this.#store.view.list('node')) this.#note(node);
  }

  /** Listens to a commit; quick, writes nothing. */
  observe(commit: Commit): void {
    for (const change of commit.changes) {
      if (change.kind === 'node' && change.object) this.#note(change.object);
    }
  }

  stop(): void {
    this.#wakeup.stop();
  }

  #note(node: StoredNode): void {
    if (node.Spec.Role === node.Role) return;
    this.#nodes.add(node.ID);
    this.#wakeup.now();
  }

  #run(): void {
    const nodes = [...this.#nodes];
    this.#nodes.clear();
    this.#store.update('role-manager', (tx) => {
      for (const id of nodes) {
        const node = tx.view.get('node', id);
        if (node && node.Spec.Role !== node.Role) tx.update('node', withRole(node));
      }
    });
  }
}

/** What a manager tells of itself. */
export function managerStatus(addr: string, isLeader: boolean): Node['ManagerStatus'] & object {
  return {
    ...(isLeader && { Leader: true }),
    Reachability: 'reachable',
    Addr: addr.includes(':') ? addr : `${addr}:2377`,
  };
}

function withRole({ ManagerStatus: _former, ...node }: StoredNode): StoredNode {
  const { Role } = node.Spec;
  if (Role === 'worker') return { ...node, Role };
  return { ...node, Role, ManagerStatus: managerStatus(node.Status.Addr ?? '', false) };
}
