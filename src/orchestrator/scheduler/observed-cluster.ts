import { parseTimestamp } from '../../base/timestamp.ts';
import type { Node, NodeRole } from '../../swarm/node.ts';
import type { ServiceId, TaskId } from '../../swarm/object.ts';
import { isSameMessage } from '../../swarm/same-message.ts';
import type { Endpoint, PortConfig, Service } from '../../swarm/service.ts';
import { isTerminal, taskStateRank } from '../../swarm/task-state.ts';
import type { Task } from '../../swarm/task.ts';
import type { PastFailure } from './courses.ts';
import type { SchedulableNode } from './node-facts.ts';
import type { Booking } from './node-set.ts';
import type { PlacementRequest } from './placement-request.ts';
import { toPlacementRequest, toReservation } from './placement-request.ts';

/** A node of the API, or of the store, which also knows its observed role. */
export type ObservedNode = Node & { readonly Role?: NodeRole };

/** A task of the API, or of the store, which also knows its ports and spec version. */
export type ObservedTask = Task & {
  readonly Endpoint?: Endpoint;
  readonly SpecVersion?: number;
};

/** Nodes, tasks and services of a cluster at one instant; what is not given is taken as absent. */
export interface ObservedCluster {
  readonly nodes: readonly ObservedNode[];
  readonly tasks: readonly ObservedTask[];
  readonly services: readonly Service[];
}

/** Services of a cluster by id. */
export type ServicesById = ReadonlyMap<ServiceId, Service>;

/** The services by id. */
export function servicesById({ services }: Pick<ObservedCluster, 'services'>): ServicesById {
  return new Map(services.map((one) => [one.ID, one]));
}

/**
 * The node as the scheduler sees it.
 *
 * The API shows the desired role only; who really is a manager has a ManagerStatus.
 */
export function toSchedulable(node: ObservedNode): SchedulableNode {
  const { ID, Spec, Description, Status, ManagerStatus } = node;
  return {
    ID,
    Spec,
    Description,
    Status,
    Role: node.Role ?? (ManagerStatus ? 'manager' : 'worker'),
  };
}

/**
 * The ports of a task. The API shows those of a running task only; one that does not run yet will
 * get its service's.
 */
function portsOf(
  task: ObservedTask,
  service: Service | undefined,
): readonly PortConfig[] | undefined {
  if (task.Endpoint?.Ports) return task.Endpoint.Ports;
  const { State, PortStatus } = task.Status;
  if (State === 'running' && PortStatus) return PortStatus.Ports;
  return service && portsOfService(service);
}

/** The ports that a new task of the service gets. */
export function portsOfService(service: Service): readonly PortConfig[] {
  return service.Endpoint?.Ports ?? service.Spec.EndpointSpec?.Ports ?? [];
}

/**
 * What every task holds on its node, ended and unassigned ones left out.
 * @source spec/orchestrator.md 10.1 (what counts on a node)
 */
export function toBookings(
  tasks: readonly ObservedTask[],
  services: ServicesById,
): readonly (readonly [TaskId, Booking])[] {
  return tasks.flatMap((task) => {
    const booking = toBooking(task, services);
    return booking ? [[task.ID, booking] as const] : [];
  });
}

function toBooking(task: ObservedTask, services: ServicesById): Booking | undefined {
  const { NodeID: node, ServiceID: service, Status, DesiredState } = task;
  const isHeld = taskStateRank(Status.State) >= taskStateRank('assigned');
  if (node === undefined || node === '' || !isHeld || isTerminal(Status.State)) return undefined;
  return {
    node,
    service,
    reservation: toReservation(task.Spec, portsOf(task, services.get(service))),
    active: taskStateRank(DesiredState) <= taskStateRank('complete'),
    generic: task.GenericResources ?? [],
  };
}

/** The placement demands of a task; failures count by service, since the API shows no spec version. */
export function requestOfTask(task: ObservedTask, service: Service | undefined): PlacementRequest {
  return toPlacementRequest({
    service: task.ServiceID,
    spec: task.Spec,
    ports: portsOf(task, service),
    networkDrivers: networkDriversOf(task),
  });
}

/** Drivers of the networks that a task is attached to. */
export function networkDriversOf({ NetworksAttachments }: ObservedTask): readonly string[] {
  return (NetworksAttachments ?? []).map(({ Network }) => driverOf(Network));
}

/** The API's form of an attached network is the store's: nested, and partly absent. */
function driverOf(network: unknown): string {
  const { DriverState, Spec } = (network ?? {}) as {
    readonly DriverState?: { readonly Name?: string };
    readonly Spec?: { readonly DriverConfiguration?: { readonly Name?: string } };
  };
  return DriverState?.Name ?? Spec?.DriverConfiguration?.Name ?? '';
}

/**
 * The failures of tasks that had the spec of `like`.
 * @source spec/orchestrator.md 10.5 (failures of the last five minutes)
 */
export function failuresOf(
  tasks: readonly ObservedTask[],
  like: Pick<ObservedTask, 'ServiceID' | 'Spec'>,
): readonly PastFailure[] {
  return tasks.flatMap(({ ServiceID: service, NodeID: node, Status, Slot, Spec }) => {
    if (service !== like.ServiceID || node === undefined || Slot === undefined) return [];
    if (Status.State !== 'failed' && Status.State !== 'rejected') return [];
    const at = parseTimestamp(Status.Timestamp ?? '');
    return at !== undefined && isSameMessage(Spec, like.Spec) ? [{ service, node, at }] : [];
  });
}
