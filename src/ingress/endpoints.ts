import type { StoreView } from '../orchestrator/store/store-view.ts';
import type { StoredService, StoredTask } from '../orchestrator/store/stored-object.ts';
import type { ServiceId, TaskId } from '../swarm/object.ts';
import type { PortConfig } from '../swarm/service.ts';
import { taskStateRank } from '../swarm/task-state.ts';

export type Protocol = 'tcp' | 'udp';

/** A task that can serve a port. */
export interface Endpoint {
  readonly task: TaskId;
  /** As the service declares it; 0 when it declares none. */
  readonly targetPort: number;
}

/** A socket to listen on, and who is behind it. */
export interface Frontend {
  /** `ingress` and `host` are published on the machine, `virtual` is the service's own address. */
  readonly kind: 'ingress' | 'host' | 'virtual';
  readonly service: ServiceId;
  readonly protocol: Protocol;
  /** The virtual IP; absent for published ports: every address they are published on. */
  readonly address?: string | undefined;
  readonly port: number;
  /** Sorted by task id; may be empty. */
  readonly endpoints: readonly Endpoint[];
}

/** Names a socket: two frontends with one key cannot be. */
export function frontendKey({ protocol, address = '*', port }: Frontend): string {
  return `${protocol} ${address}:${port}`;
}

/** Whether a task takes new connections: it runs, is healthy, and is to go on running. */
export function isServing(task: StoredTask): boolean {
  return (
    task.Status.State === 'running' && taskStateRank(task.DesiredState) <= taskStateRank('running')
  );
}

/** Ports below it are root's, unless the machine says otherwise. */
const FIRST_FREE_PORT = 1024;

/** Port of a service's virtual IP when it declares none. */
export const DEFAULT_VIRTUAL_PORT = 8080;

/** The port of a virtual IP for a target port: the same, where the daemon may listen on it. */
export function virtualPort(targetPort: number, canListenLow: boolean): number {
  if (targetPort === 0) return DEFAULT_VIRTUAL_PORT;
  return targetPort < FIRST_FREE_PORT && !canListenLow ? targetPort + 8000 : targetPort;
}

/** The protocols that are carried; SCTP is not. */
export function protocolOf(port: PortConfig): Protocol | undefined {
  const { Protocol: protocol = 'tcp' } = port;
  return protocol === 'sctp' ? undefined : protocol;
}

export interface EndpointOptions {
  readonly virtualAddress: string | undefined;
  readonly canListenLow: boolean;
}

/** The frontends of one service, as the store shows it now; in the order of its ports. Pure. */
export function frontendsOf(
  view: StoreView,
  service: StoredService,
  options: EndpointOptions,
): readonly Frontend[] {
  const tasks = view
    .tasksByService(service.ID)
    .filter(isServing)
    .sort((a, b) => (a.ID < b.ID ? -1 : 1));
  const ports = service.Endpoint?.Ports ?? service.Spec.EndpointSpec?.Ports ?? [];
  return [
    ...ports.flatMap((port) => ingressFrontend(service, port, tasks)),
    ...tasks.flatMap((task) => hostFrontends(service, task)),
    ...virtualFrontends(service, ports, tasks, options),
  ];
}

function ingressFrontend(
  service: StoredService,
  port: PortConfig,
  tasks: readonly StoredTask[],
): readonly Frontend[] {
  const protocol = protocolOf(port);
  const { PublishedPort, TargetPort, PublishMode = 'ingress' } = port;
  if (!protocol || !PublishedPort || PublishMode !== 'ingress') return [];
  return [
    {
      kind: 'ingress',
      service: service.ID,
      protocol,
      port: PublishedPort,
      endpoints: toEndpoints(tasks, TargetPort),
    },
  ];
}

/** Ports published on the task's node, as the runtime reported them. */
function hostFrontends(service: StoredService, task: StoredTask): readonly Frontend[] {
  return (task.Status.PortStatus?.Ports ?? []).flatMap((port) => {
    const protocol = protocolOf(port);
    if (!protocol || !port.PublishedPort || port.PublishMode !== 'host') return [];
    const endpoints = [{ task: task.ID, targetPort: port.TargetPort }];
    const { PublishedPort } = port;
    return [{ kind: 'host', service: service.ID, protocol, port: PublishedPort, endpoints }];
  });
}

function virtualFrontends(
  service: StoredService,
  ports: readonly PortConfig[],
  tasks: readonly StoredTask[],
  { virtualAddress: address, canListenLow }: EndpointOptions,
): readonly Frontend[] {
  if (address === undefined) return [];
  const declared = ports.flatMap((port) => {
    const protocol = protocolOf(port);
    return protocol ? [{ protocol, targetPort: port.TargetPort }] : [];
  });
  const wanted = declared.length > 0 ? declared : [{ protocol: 'tcp' as const, targetPort: 0 }];
  const byPort = new Map(wanted.map((one) => [`${one.protocol} ${one.targetPort}`, one]));
  return [...byPort.values()].map(({ protocol, targetPort }) => ({
    kind: 'virtual' as const,
    service: service.ID,
    protocol,
    address,
    port: virtualPort(targetPort, canListenLow),
    endpoints: toEndpoints(tasks, targetPort),
  }));
}

function toEndpoints(tasks: readonly StoredTask[], targetPort: number): readonly Endpoint[] {
  return tasks.map(({ ID }) => ({ task: ID, targetPort }));
}
