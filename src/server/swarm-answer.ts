import type { ActiveSwarm } from './backend.ts';

/**
 * The cluster as `GET /swarm` shows it, without its join tokens.
 * @source spec/engine-api.md section 4
 */
export function showCluster({ store, keys }: ActiveSwarm): Record<string, unknown> {
  const [cluster] = store.view.list('cluster');
  if (!cluster) throw new Error('the store of an active swarm holds no cluster');
  return {
    ID: cluster.ID,
    Version: cluster.Version,
    CreatedAt: cluster.CreatedAt,
    UpdatedAt: cluster.UpdatedAt,
    Spec: cluster.Spec,
    TLSInfo: keys.tlsInfo(),
    RootRotationInProgress: false,
    DefaultAddrPool: cluster.DefaultAddrPool,
    SubnetSize: cluster.SubnetSize,
    DataPathPort: cluster.DataPathPort,
  };
}
