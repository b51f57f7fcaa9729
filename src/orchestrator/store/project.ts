import type { Config } from '../../swarm/config.ts';
import type { Ipam, Network } from '../../swarm/network.ts';
import type { Node } from '../../swarm/node.ts';
import type { Secret } from '../../swarm/secret.ts';
import type { Service, TaskSpec } from '../../swarm/service.ts';
import type { Task, TaskStatus } from '../../swarm/task.ts';
import type {
  NetworkAttachment,
  StoredConfig,
  StoredNetwork,
  StoredNode,
  StoredSecret,
  StoredService,
  StoredTask,
  StoredTaskStatus,
  SwarmIpam,
} from './stored-object.ts';

/*
 * What the Engine API shows of a stored object. Sub-objects are shared, not copied.
 * Shapes: spec/engine-api.md sections 5 to 10, recorded answers.
 */

/** A node as the API shows it. @source spec/engine-api.md section 5 */
export function toApiNode({ CreationIndex: _index, Role: _role, ...node }: StoredNode): Node {
  return { ...node, Spec: { ...node.Spec, Labels: node.Spec.Labels ?? {} } };
}

/** A service as the API shows it: the endpoint is always there. @source spec/engine-api.md 6.1 */
export function toApiService(service: StoredService): Service {
  const {
    CreationIndex: _index,
    SpecVersion: _version,
    PreviousSpecVersion: _previous,
    RegistryAuth: _auth,
    PreviousRegistryAuth: _previousAuth,
    Endpoint,
    JobStatus,
    ...shown
  } = service;
  return {
    ...shown,
    Endpoint: { ...Endpoint, Spec: Endpoint?.Spec ?? {} },
    ...(JobStatus && { JobStatus: toApiJobStatus(JobStatus) }),
  };
}

type JobStatus = NonNullable<Service['JobStatus']>;

/** The first iteration has no number. */
function toApiJobStatus(status: JobStatus): JobStatus {
  const { JobIteration } = status;
  return { ...status, JobIteration: JobIteration.Index ? JobIteration : {} };
}

/** A task as the API shows it, `Volumes` included. @source spec/engine-api.md section 7 */
export type ApiTask = Task & { readonly Volumes: null };

/** A task as the API shows it: slot 0 and what is internal is left out. @source spec/engine-api.md section 7 */
export function toApiTask(task: StoredTask): ApiTask {
  const { Slot, NodeID, NetworksAttachments, GenericResources, JobIteration } = task;
  return {
    ID: task.ID,
    Version: task.Version,
    CreatedAt: task.CreatedAt,
    UpdatedAt: task.UpdatedAt,
    Labels: {},
    Spec: withoutRuntime(task.Spec),
    ServiceID: task.ServiceID,
    ...(Slot && { Slot }),
    ...(NodeID && { NodeID }),
    Status: toApiStatus(task.Status),
    DesiredState: task.DesiredState,
    ...(NetworksAttachments && { NetworksAttachments: NetworksAttachments.map(toApiAttachment) }),
    ...(GenericResources && { GenericResources }),
    ...(JobIteration && { JobIteration: JobIteration.Index ? JobIteration : {} }),
    Volumes: null,
  };
}

/** A secret as the API shows it: never its data. @source spec/engine-api.md section 9 */
export function toApiSecret({ CreationIndex: _index, Spec, ...secret }: StoredSecret): Secret {
  const { Data: _data, ...shown } = Spec;
  return { ...secret, Spec: { ...shown, Labels: shown.Labels ?? {} } };
}

/** A config as the API shows it, with its data. @source spec/engine-api.md section 9 */
export function toApiConfig({ CreationIndex: _index, Spec, ...config }: StoredConfig): Config {
  return { ...config, Spec: { ...Spec, Labels: Spec.Labels ?? {} } };
}

/** A swarm network as the network API shows it. @source spec/engine-api.md section 10 */
export function toApiNetwork(network: StoredNetwork): Network {
  const { Spec, DriverState } = network;
  return {
    Name: Spec.Name,
    Id: network.ID,
    Created: network.CreatedAt,
    Scope: 'swarm',
    Driver: DriverState?.Name ?? Spec.DriverConfiguration?.Name ?? 'overlay',
    EnableIPv4: true,
    EnableIPv6: Spec.IPv6Enabled === true,
    IPAM: toApiIpam(network.IPAMOptions ?? Spec.IPAMOptions),
    Internal: Spec.Internal === true,
    Attachable: Spec.Attachable === true,
    Ingress: Spec.Ingress === true,
    Options: DriverState?.Options ?? null,
    Labels: Spec.Labels ?? {},
  };
}

function toApiIpam(ipam: SwarmIpam | undefined): Ipam {
  return {
    Driver: ipam?.Driver?.Name ?? 'default',
    Options: ipam?.Driver?.Options ?? null,
    Config: (ipam?.Configs ?? []).map(({ Subnet, Range, Gateway }) => ({
      ...(Subnet !== undefined && { Subnet }),
      ...(Range !== undefined && { IPRange: Range }),
      ...(Gateway !== undefined && { Gateway }),
    })),
  };
}

const SHOWN_SPECS = new WeakMap<TaskSpec, TaskSpec>();

/** Tasks share their spec, so what is shown of it is worked out once and shared too. */
function withoutRuntime(spec: TaskSpec): TaskSpec {
  const known = SHOWN_SPECS.get(spec);
  if (known) return known;
  const { Runtime: _runtime, ...shown } = spec;
  SHOWN_SPECS.set(spec, shown);
  return shown;
}

function toApiStatus({ AppliedAt: _at, ...status }: StoredTaskStatus): TaskStatus {
  return { ...status, PortStatus: status.PortStatus ?? {} };
}

function toApiAttachment({ Network: network, Addresses }: NetworkAttachment) {
  const { CreationIndex: _index, ...shown } = network;
  return { Network: shown, ...(Addresses && { Addresses }) };
}
