import type { Annotations, Driver, Nanoseconds } from './object.ts';

/** Settings of the whole cluster. @source Engine API, SwarmSpec */
export interface ClusterSpec extends Annotations {
  readonly Orchestration?: {
    /** Old tasks kept per slot, the running one counted; negative keeps all. */
    readonly TaskHistoryRetentionLimit?: number;
  };
  readonly Raft?: {
    readonly SnapshotInterval?: number;
    readonly KeepOldSnapshots?: number;
    readonly LogEntriesForSlowFollowers?: number;
    readonly ElectionTick?: number;
    readonly HeartbeatTick?: number;
  };
  readonly Dispatcher?: { readonly HeartbeatPeriod?: Nanoseconds };
  readonly CAConfig?: {
    readonly NodeCertExpiry?: Nanoseconds;
    readonly ForceRotate?: number;
    readonly SigningCACert?: string;
    readonly SigningCAKey?: string;
    readonly ExternalCAs?: readonly unknown[];
  };
  readonly TaskDefaults?: { readonly LogDriver?: Driver };
  readonly EncryptionConfig?: { readonly AutoLockManagers?: boolean };
}

const DAY_NS = 86_400_000_000_000;

/** What a new cluster starts with. @source spec/orchestrator.md section 2.2 */
export const DEFAULT_CLUSTER_SPEC: ClusterSpec = {
  Name: 'default',
  Labels: {},
  Orchestration: { TaskHistoryRetentionLimit: 5 },
  Raft: {
    SnapshotInterval: 10_000,
    KeepOldSnapshots: 0,
    LogEntriesForSlowFollowers: 500,
    ElectionTick: 10,
    HeartbeatTick: 1,
  },
  Dispatcher: { HeartbeatPeriod: 5_000_000_000 as Nanoseconds },
  CAConfig: { NodeCertExpiry: (90 * DAY_NS) as Nanoseconds },
  TaskDefaults: {},
  EncryptionConfig: { AutoLockManagers: false },
};
