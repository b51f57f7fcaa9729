import { VirtualClock, toInstant } from '../../src/base/clock.ts';
import { DEFAULT_CLUSTER_SPEC } from '../../src/swarm/cluster.ts';
import type { NetworkId, NodeId, ServiceId, TaskId } from '../../src/swarm/object.ts';
import type { ServiceSpec } from '../../src/swarm/service.ts';
import type { Actor } from '../../src/swarm/task-state.ts';
import { Store } from '../../src/orchestrator/store/store.ts';
import type { Transaction } from '../../src/orchestrator/store/transaction.ts';
import type {
  ClusterId,
  Draft,
  StoredCluster,
  StoredNetwork,
  StoredNode,
  StoredService,
  StoredTask,
} from '../../src/orchestrator/store/stored-object.ts';

/** 2026-11-20T00:00:00Z: virtual time in tests starts here. */
export const EPOCH = toInstant(1_795_132_800_000);

let count = 0;

/** A fresh, readable id of Swarm's length: `service0000…7`. */
export function anId(prefix: string): string {
  count += 1;
  return `${prefix}${String(count).padStart(25 - prefix.length, '0')}`;
}

interface ServiceOptions {
  readonly name?: string;
  readonly replicas?: number;
  readonly global?: boolean;
  readonly image?: string;
  readonly spec?: Partial<ServiceSpec>;
}

/** A valid spec: nginx, one replica, unless told otherwise. */
export function aServiceSpec(options: ServiceOptions = {}): ServiceSpec {
  const mode = options.global
    ? { Global: {} }
    : { Replicated: { Replicas: options.replicas ?? 1 } };
  return {
    Name: options.name ?? 'web',
    Labels: {},
    TaskTemplate: { ContainerSpec: { Image: options.image ?? 'nginx:1.27' } },
    Mode: mode,
    ...options.spec,
  };
}

/** A service about to be stored. */
export function aService(
  options: ServiceOptions & Partial<Draft<StoredService>> = {},
): Draft<StoredService> {
  const { name, replicas, global, image, spec, ...rest } = options;
  const built = aServiceSpec({
    ...(name === undefined ? {} : { name }),
    ...(replicas === undefined ? {} : { replicas }),
    ...(global === undefined ? {} : { global }),
    ...(image === undefined ? {} : { image }),
    ...(spec === undefined ? {} : { spec }),
  });
  return { ID: anId('service') as ServiceId, Spec: built, SpecVersion: 0, ...rest };
}

/** A ready, active worker about to be stored: 4 CPUs, 8 GiB, linux/x86_64. */
export function aNode(
  options: Partial<Draft<StoredNode>> & { readonly hostname?: string } = {},
): Draft<StoredNode> {
  const { hostname, ...rest } = options;
  return {
    ID: anId('node') as NodeId,
    Spec: { Role: 'worker', Availability: 'active', Labels: {} },
    Role: 'worker',
    Description: {
      Hostname: hostname ?? 'worker-1',
      Platform: { Architecture: 'x86_64', OS: 'linux' },
      Resources: { NanoCPUs: 4e9, MemoryBytes: 8 * 2 ** 30 },
    },
    Status: { State: 'ready', Addr: '10.0.0.1' },
    ...rest,
  };
}

/** A task of a service about to be stored: new, desired running, slot 1. */
export function aTask(
  service: Pick<StoredService, 'ID' | 'Spec' | 'SpecVersion'>,
  options: Partial<Draft<StoredTask>> = {},
): Draft<StoredTask> {
  return {
    ID: anId('task') as TaskId,
    ServiceID: service.ID,
    Spec: service.Spec.TaskTemplate,
    SpecVersion: service.SpecVersion,
    ServiceAnnotations: { Name: service.Spec.Name, Labels: service.Spec.Labels ?? {} },
    Slot: 1,
    Status: { State: 'new', Message: 'created' },
    DesiredState: 'running',
    ...options,
  };
}

/** The cluster object about to be stored. */
export function aCluster(options: Partial<Draft<StoredCluster>> = {}): Draft<StoredCluster> {
  return {
    ID: anId('cluster') as ClusterId,
    Spec: DEFAULT_CLUSTER_SPEC,
    DefaultAddrPool: ['10.0.0.0/8'],
    SubnetSize: 24,
    DataPathPort: 4789,
    ...options,
  };
}

/** An empty store in virtual time, and a short way to fill it. */
export function aStore(): {
  readonly store: Store;
  readonly clock: VirtualClock;
  /** One transaction; by `import` unless told, so tasks may have any state. */
  readonly write: <T>(write: (tx: Transaction) => T, by?: Actor) => T;
} {
  const clock = new VirtualClock(EPOCH);
  const store = new Store({ clock });
  return { store, clock, write: (write, by = 'import') => store.update(by, write) };
}

/** An overlay network about to be stored. */
export function aNetwork(
  options: Partial<Draft<StoredNetwork>> & { readonly name?: string } = {},
): Draft<StoredNetwork> {
  const { name, ...rest } = options;
  return {
    ID: anId('network') as NetworkId,
    Spec: { Name: name ?? 'front', Labels: {}, DriverConfiguration: { Name: 'overlay' } },
    ...rest,
  };
}

/** The routing mesh's network about to be stored. */
export function anIngressNetwork(): Draft<StoredNetwork> {
  return aNetwork({ Spec: { Name: 'ingress', Labels: {}, Ingress: true } });
}
