import { randomId } from '../../base/random.ts';
import { DEFAULT_CLUSTER_SPEC, type ClusterSpec } from '../../swarm/cluster.ts';
import type { NetworkId } from '../../swarm/object.ts';
import { LABEL_PREDEFINED } from '../allocator/network-books.ts';
import { engineRefusal, rpcError } from '../control-error.ts';
import type { ClusterId, StoredCluster } from '../store/stored-object.ts';
import { commit, type ControlContext } from './control-context.ts';

const HOUR_NS = 3_600_000_000_000;

/** Addresses of a new cluster. */
export interface ClusterAddresses {
  readonly DefaultAddrPool?: readonly string[] | undefined;
  readonly SubnetSize?: number | undefined;
  readonly DataPathPort?: number | undefined;
}

/**
 * Starts a cluster: the cluster object, the ingress network, and the hidden entries for the
 * engines' own networks, in one transaction. Nodes join by themselves.
 * @throws ControlError when the spec is not named default
 * @source spec/orchestrator.md sections 2.2 and 2.6
 */
export function createCluster(
  context: ControlContext,
  spec: Partial<ClusterSpec> = {},
  addresses: ClusterAddresses = {},
): StoredCluster {
  const Spec = withDefaults(spec);
  return commit(context, (tx) => {
    const cluster = tx.create('cluster', {
      ID: randomId(context.random) as ClusterId,
      Spec,
      DefaultAddrPool: addresses.DefaultAddrPool ?? ['10.0.0.0/8'],
      SubnetSize: addresses.SubnetSize ?? 24,
      DataPathPort: addresses.DataPathPort ?? 4789,
    });
    const ID = (): NetworkId => randomId(context.random) as NetworkId;
    tx.create('network', {
      ID: ID(),
      Spec: {
        Name: 'ingress',
        Labels: {},
        DriverConfiguration: {},
        Ingress: true,
        IPAMOptions: { Driver: {} },
        Scope: 'swarm',
      },
    });
    for (const Name of ['bridge', 'host', 'none']) {
      const Labels = { [LABEL_PREDEFINED]: 'true' };
      const driver = { Name: Name === 'none' ? 'null' : Name };
      tx.create('network', { ID: ID(), Spec: { Name, Labels, DriverConfiguration: driver } });
    }
    return cluster;
  });
}

/**
 * Changes the cluster's settings; zero and absent values mean the default.
 * @throws ControlError
 * @source swarmkit manager/controlapi/cluster.go (UpdateCluster); spec/engine-api.md section 4
 */
export function updateCluster(
  context: ControlContext,
  spec: Partial<ClusterSpec>,
  { version }: { readonly version: number },
): StoredCluster {
  const Spec = withDefaults(spec);
  if ((Spec.CAConfig?.NodeCertExpiry ?? HOUR_NS) < HOUR_NS) {
    throw rpcError('InvalidArgument', 'minimum certificate expiry time is: 1h0m0s');
  }
  return commit(context, (tx) => {
    const [cluster] = tx.view.list('cluster');
    if (!cluster) throw engineRefusal('cluster not found', 'not-found');
    return tx.update('cluster', { ...cluster, Version: { Index: version }, Spec });
  });
}

function withDefaults(spec: Partial<ClusterSpec>): ClusterSpec {
  if (spec.Name && spec.Name !== 'default') {
    throw engineRefusal('swarm spec must be named "default"');
  }
  const { Raft, Dispatcher, CAConfig, Orchestration } = DEFAULT_CLUSTER_SPEC;
  return {
    ...spec,
    Name: 'default',
    Labels: spec.Labels ?? {},
    Orchestration: { ...Orchestration, ...spec.Orchestration },
    Raft: { ...Raft, ...nonZero(spec.Raft) },
    Dispatcher: { ...Dispatcher, ...nonZero(spec.Dispatcher) },
    CAConfig: { ...CAConfig, ...nonZero(spec.CAConfig) },
    TaskDefaults: spec.TaskDefaults ?? {},
    EncryptionConfig: { AutoLockManagers: false, ...spec.EncryptionConfig },
  };
}

function nonZero<T extends object>(part: T | undefined): Partial<T> {
  const kept = Object.entries(part ?? {}).filter(([, value]) => Boolean(value));
  return Object.fromEntries(kept) as Partial<T>;
}
