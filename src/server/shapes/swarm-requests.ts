import {
  anything,
  bool,
  bytes,
  duration,
  int,
  int64,
  list,
  map,
  struct,
  text,
  textOf,
  uint32,
  uint64,
  type Shape,
} from '../go-json/shape.ts';
import { driver } from './service-spec.ts';

/*
 * Bodies of the swarm, node, secret, config and network endpoints.
 * Source: spec/engine-api.md sections 4, 5, 9, 10.
 */

const labels = map(text);
const texts = list(text);

const clusterFields = {
  Name: text,
  Labels: labels,
  Orchestration: struct('swarm.OrchestrationConfig', { TaskHistoryRetentionLimit: int64 }),
  Raft: struct('swarm.RaftConfig', {
    SnapshotInterval: uint64,
    KeepOldSnapshots: uint64,
    LogEntriesForSlowFollowers: uint64,
    ElectionTick: int,
    HeartbeatTick: int,
  }),
  Dispatcher: struct('swarm.DispatcherConfig', { HeartbeatPeriod: duration }),
  CAConfig: struct('swarm.CAConfig', {
    NodeCertExpiry: duration,
    ExternalCAs: list(anything),
    SigningCACert: text,
    SigningCAKey: text,
    ForceRotate: uint64,
  }),
  TaskDefaults: struct('swarm.TaskDefaults', { LogDriver: driver }),
  EncryptionConfig: struct('swarm.EncryptionConfig', { AutoLockManagers: bool }),
};

/** Body of `POST /swarm/update`. @source Engine API, SwarmSpec */
export const swarmSpec: Shape = struct('swarm.Spec', clusterFields);

/** Body of `POST /swarm/init`. @source Engine API, SwarmInitRequest */
export const initRequest: Shape = struct('swarm.InitRequest', {
  ListenAddr: text,
  AdvertiseAddr: text,
  DataPathAddr: text,
  DataPathPort: uint32,
  ForceNewCluster: bool,
  Spec: swarmSpec,
  AutoLockManagers: bool,
  Availability: textOf('swarm.NodeAvailability'),
  DefaultAddrPool: texts,
  SubnetSize: uint32,
});

/** Body of `POST /swarm/join`. @source Engine API, SwarmJoinRequest */
export const joinRequest: Shape = struct('swarm.JoinRequest', {
  ListenAddr: text,
  AdvertiseAddr: text,
  DataPathAddr: text,
  RemoteAddrs: texts,
  JoinToken: text,
  Availability: textOf('swarm.NodeAvailability'),
});

/** Body of `POST /swarm/unlock`. */
export const unlockRequest: Shape = struct('swarm.UnlockRequest', { UnlockKey: text });

/** Body of `POST /nodes/{id}/update`. @source Engine API, NodeSpec */
export const nodeSpec: Shape = struct('swarm.NodeSpec', {
  Name: text,
  Labels: labels,
  Role: textOf('swarm.NodeRole'),
  Availability: textOf('swarm.NodeAvailability'),
});

/** Body of secret creation and update. @source Engine API, SecretSpec */
export const secretSpec: Shape = struct('swarm.SecretSpec', {
  Name: text,
  Labels: labels,
  Data: bytes,
  Driver: driver,
  Templating: driver,
});

/** Body of config creation and update. @source Engine API, ConfigSpec */
export const configSpec: Shape = struct('swarm.ConfigSpec', {
  Name: text,
  Labels: labels,
  Data: bytes,
  Templating: driver,
});

/** Body of `POST /networks/create`. @source Engine API, NetworkCreate */
export const networkCreate: Shape = struct('network.CreateRequest', {
  Name: text,
  Driver: text,
  Scope: text,
  EnableIPv4: bool,
  EnableIPv6: bool,
  IPAM: struct('network.IPAM', {
    Driver: text,
    Options: labels,
    Config: list(
      struct('network.IPAMConfig', {
        Subnet: text,
        IPRange: text,
        Gateway: text,
        AuxiliaryAddresses: labels,
      }),
    ),
  }),
  Internal: bool,
  Attachable: bool,
  Ingress: bool,
  ConfigOnly: bool,
  ConfigFrom: struct('network.ConfigReference', { Network: text }),
  Options: labels,
  Labels: labels,
  CheckDuplicate: bool,
});
