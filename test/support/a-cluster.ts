import { toInstant, VirtualClock, type Instant } from '../../src/base/clock.ts';
import { createSeededRandom } from '../../src/base/random.ts';
import type { Assignment } from '../../src/orchestrator/agent/executor.ts';
import { Cluster, type ClusterOptions } from '../../src/orchestrator/cluster.ts';
import type { StoredService, StoredTask } from '../../src/orchestrator/store/stored-object.ts';
import { formatTraceLine, Tracer } from '../../src/orchestrator/trace.ts';
import type { SimulatedBehaviour } from '../../src/runtimes/simulated-container.ts';
import { createSimulatedRuntime, type SimulatedRuntime } from '../../src/runtimes/simulated.ts';
import type { NodeId, ServiceId } from '../../src/swarm/object.ts';
import type { ServiceSpec } from '../../src/swarm/service.ts';
import { aService, EPOCH } from './builders.ts';

export interface ClusterSetup extends Partial<
  Pick<ClusterOptions, 'timings' | 'placement' | 'saved'>
> {
  readonly seed?: number;
  /** How many workers, or their hostnames; the first node is a manager. */
  readonly nodes?: number | readonly string[];
  readonly behaviourOf?: (assignment: Assignment) => SimulatedBehaviour;
  /** Default EPOCH. */
  readonly startAt?: Instant;
  /** Keeps no trace; for large runs. */
  readonly untraced?: boolean;
}

/** A whole cluster in virtual time over a simulated runtime, already started. */
export interface TestCluster {
  readonly cluster: Cluster;
  readonly clock: VirtualClock;
  readonly runtime: SimulatedRuntime;
  readonly nodes: readonly NodeId[];
  readonly trace: string[];
  /** Seconds since the start. */
  readonly elapsed: () => number;
  /** Creates a service as the control API would; defaults to nginx, one replica. */
  readonly create: (options?: Parameters<typeof aService>[0]) => ServiceId;
  /** Updates a service's spec as the control API would. */
  readonly update: (id: ServiceId, change: (spec: ServiceSpec) => ServiceSpec) => void;
  readonly service: (id: ServiceId) => StoredService | undefined;
  readonly tasks: (id: ServiceId) => readonly StoredTask[];
  /** Fires everything due within so many seconds. */
  readonly advance: (seconds: number) => void;
  /** Fires deadlines until none is left within `limitSeconds`. */
  readonly settle: (limitSeconds?: number) => void;
}

/** @see ClusterSetup */
export function aRunningCluster(setup: ClusterSetup = {}): TestCluster {
  const clock = new VirtualClock(setup.startAt ?? EPOCH);
  const random = createSeededRandom(setup.seed ?? 1);
  const { behaviourOf = () => ({}), nodes = 3 } = setup;
  const runtime = createSimulatedRuntime({ clock, random, behaviourOf });
  const cluster = new Cluster({ clock, random, executor: runtime, ...setup });
  cluster.start();
  const trace: string[] = [];
  const tracer = new Tracer(cluster.store.view);
  if (setup.untraced !== true) {
    cluster.store.watch((commit) => {
      for (const event of tracer.events(commit)) trace.push(formatTraceLine(event, EPOCH));
    });
  }
  const hostnames =
    typeof nodes === 'number' ? Array.from({ length: nodes }, (_, at) => `n${at + 1}`) : nodes;
  const ids = hostnames.map((hostname, at) =>
    cluster.join({
      role: at === 0 ? 'manager' : 'worker',
      addr: `192.168.0.${(at % 250) + 1}`,
      description: {
        Hostname: hostname,
        Platform: { OS: 'linux', Architecture: 'x86_64' },
        Resources: { NanoCPUs: 4e9, MemoryBytes: 8 * 2 ** 30 },
      },
    }),
  );
  const { store } = cluster;
  const advanceTo = (instant: Instant): void => clock.advanceTo(instant);
  return {
    cluster,
    clock,
    runtime,
    nodes: ids,
    trace,
    elapsed: () => (clock.now() - EPOCH) / 1000,
    create: (options) =>
      store.update('control', (tx) => tx.create('service', aService(options))).ID,
    update: (id, change) => {
      store.update('control', (tx) => {
        const service = tx.view.get('service', id);
        if (!service) throw new Error(`no service ${id}`);
        const { UpdateStatus: _, ...rest } = service;
        tx.update('service', {
          ...rest,
          Spec: change(service.Spec),
          PreviousSpec: service.Spec,
          PreviousSpecVersion: service.SpecVersion,
          SpecVersion: service.Version.Index,
        });
      });
    },
    service: (id) => store.view.get('service', id),
    tasks: (id) => store.view.tasksByService(id),
    advance: (seconds) => advanceTo(toInstant(clock.now() + seconds * 1000)),
    settle: (limitSeconds = 600) => {
      const limit = toInstant(clock.now() + limitSeconds * 1000);
      for (let next = clock.nextDeadline(); next !== undefined && next <= limit;) {
        clock.step();
        next = clock.nextDeadline();
      }
    },
  };
}
