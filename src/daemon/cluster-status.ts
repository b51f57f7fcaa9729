import type { ActiveSwarm } from '../server/backend.ts';

/** How an embedded cluster is; the answer to `GET /tstack/v1/cluster`. */
export interface ClusterStatus {
  readonly Name: string;
  readonly Version: string;
  readonly Pid: number;
  /** RFC 3339. */
  readonly StartedAt: string;
  /** `process`, `container`, `simulated`. */
  readonly Runtime: string;
  readonly State: 'active' | 'inactive';
  /** Where its files are. */
  readonly Directory: string;
  readonly Socket: string;
  /** `tcp://` addresses, mutual TLS only. */
  readonly Listen: readonly string[];
  readonly Nodes: { readonly Total: number; readonly Up: number };
  readonly Managers: {
    readonly Total: number;
    readonly Up: number;
    /** Whether a Swarm of as many machines would still take writes. */
    readonly HasQuorum: boolean;
  };
  readonly Services: number;
  readonly RunningTasks: number;
  /** RFC 3339; absent without a cluster, or when nothing is served over TCP. */
  readonly AuthorityExpires?: string;
  readonly ServerCertificateExpires?: string;
}

/** The part of the status that the cluster itself tells. */
export function countCluster({
  store,
  nodes,
}: Pick<ActiveSwarm, 'nodes'> & { readonly store: Pick<ActiveSwarm['store'], 'view'> }): Pick<
  ClusterStatus,
  'Nodes' | 'Managers' | 'Services' | 'RunningTasks'
> {
  const all = store.view.list('node');
  const managers = all.filter((one) => one.ManagerStatus !== undefined);
  const up = managers.filter((one) => nodes.isUp(one.ID)).length;
  const running = store.view.list('task').filter((one) => one.Status.State === 'running');
  return {
    Nodes: { Total: all.length, Up: all.filter((one) => nodes.isUp(one.ID)).length },
    Managers: {
      Total: managers.length,
      Up: up,
      HasQuorum: up > managers.length / 2,
    },
    Services: store.view.count('service'),
    RunningTasks: running.length,
  };
}
