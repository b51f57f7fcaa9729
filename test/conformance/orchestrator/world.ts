import { toInstant, VirtualClock } from '../../../src/base/clock.ts';
import { createSeededRandom } from '../../../src/base/random.ts';
import { Cluster, type ClusterTimings } from '../../../src/orchestrator/cluster.ts';
import { createControl, type Control } from '../../../src/orchestrator/control.ts';
import { createSimulatedRuntime, type SimulatedRuntime } from '../../../src/runtimes/simulated.ts';
import type { GenericResource, NodeId } from '../../../src/swarm/object.ts';
import { busyboxBehaviour } from './busybox.ts';
import { EngineApi } from './engine-api.ts';

/** A member of the cluster, as scenarios name it. */
export interface Member {
  readonly name: string;
  readonly id: NodeId;
  readonly hostname: string;
  readonly ip: string;
}

interface Profile {
  readonly cpus: number;
  readonly memoryGib: number;
  readonly labels: Readonly<Record<string, string>>;
  readonly generic: readonly GenericResource[];
}

const named = (Kind: string, Value: string): GenericResource => ({
  NamedResourceSpec: { Kind, Value },
});
const counted = (Kind: string, Value: number): GenericResource => ({
  DiscreteResourceSpec: { Kind, Value },
});

/** The corpus's fixed node profile. */
const PROFILES: readonly Profile[] = [
  { cpus: 2, memoryGib: 8, labels: { disk: 'ssd', zone: 'a' }, generic: [] },
  {
    cpus: 2,
    memoryGib: 8,
    labels: { disk: 'hdd', zone: 'a' },
    generic: [named('gpu', 'GPU-a'), named('gpu', 'GPU-b')],
  },
  { cpus: 2, memoryGib: 8, labels: { disk: 'ssd', zone: 'b' }, generic: [counted('widget', 3)] },
  {
    cpus: 1,
    memoryGib: 4,
    labels: { disk: 'hdd', zone: 'b' },
    generic: [named('gpu', 'GPU-c'), counted('widget', 1)],
  },
  { cpus: 1, memoryGib: 4, labels: { disk: 'ssd', zone: 'c' }, generic: [] },
];

const plugins = (Type: string, names: string) => names.split(' ').map((Name) => ({ Type, Name }));

/** The plugins of every engine. @source spec/orchestrator.md 10.2 */
const PLUGINS = [
  ...plugins('Log', 'awslogs fluentd gcplogs gelf journald json-file local splunk syslog'),
  ...plugins('Network', 'bridge host ipvlan macvlan null overlay'),
  ...plugins('Volume', 'local'),
];

const START = toInstant(Date.parse('2026-11-20T00:00:00Z'));

export interface WorldOptions {
  readonly seed: number;
  readonly timings: ClusterTimings;
  /** Positions of the nodes in order of joining; absent: n1 first. */
  readonly order?: readonly number[] | undefined;
}

/** A cluster of the scenarios' profile in virtual time, and the handles to act on it. */
export class World {
  readonly clock = new VirtualClock(START);
  readonly cluster: Cluster;
  readonly control: Control;
  readonly api: EngineApi;
  readonly runtime: SimulatedRuntime;
  readonly members = new Map<string, Member>();

  constructor(nodes: number, options: WorldOptions) {
    const { clock } = this;
    const random = createSeededRandom(options.seed);
    const volumes = new Set<string>();
    this.runtime = createSimulatedRuntime({
      clock,
      random,
      behaviourOf: (assignment) => busyboxBehaviour(assignment, volumes),
    });
    this.cluster = new Cluster({
      clock,
      random,
      executor: this.runtime,
      timings: options.timings,
    });
    const { store } = this.cluster;
    this.control = createControl({ store, clock, random });
    this.control.createCluster();
    this.api = new EngineApi(this.cluster, this.control);
    this.cluster.start();
    const inOrder = Array.from({ length: nodes }, (_, at) => at);
    for (const at of options.order ?? inOrder) this.join(`n${at + 1}`);
  }

  /** A member joins, anew if it has left. */
  join(name: string): void {
    const at = Number(name.slice(1));
    const profile = PROFILES[at - 1];
    if (!profile) throw new Error(`no profile for node ${name}`);
    const ip = `10.78.0.${at}`;
    const id = this.cluster.join({
      role: at === 1 ? 'manager' : 'worker',
      addr: ip,
      description: {
        Hostname: `sk${at}`,
        Platform: { OS: 'linux', Architecture: 'x86_64' },
        Resources: {
          NanoCPUs: profile.cpus * 1e9,
          MemoryBytes: profile.memoryGib * 2 ** 30,
          GenericResources: profile.generic,
        },
        Engine: { EngineVersion: '28.5.2', Labels: profile.labels, Plugins: PLUGINS },
      },
    });
    this.members.set(name, { name, id, hostname: `sk${at}`, ip });
  }

  member(name: string): Member {
    const member = this.members.get(name);
    if (!member) throw new Error(`no node ${name}`);
    return member;
  }

  /** The node comes back. Its engine had died with it, and with the engine its containers. */
  restart(name: string): void {
    this.cluster.recover(this.member(name).id);
  }

  /** Lets so much time pass. */
  advance(ms: number): void {
    this.clock.advanceTo(toInstant(this.clock.now() + ms));
  }

  /** Fires what is due now. */
  flush(): void {
    this.advance(0);
  }
}
