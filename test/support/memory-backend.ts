import { toInstant, VirtualClock, type Clock } from '../../src/base/clock.ts';
import { createSeededRandom, randomId, type Random } from '../../src/base/random.ts';
import { UserError, EXIT_CODE } from '../../src/base/errors.ts';
import type { Assignment, Executor, LogRecord } from '../../src/orchestrator/agent/executor.ts';
import { Cluster } from '../../src/orchestrator/cluster.ts';
import type { StoredTask } from '../../src/orchestrator/store/stored-object.ts';
import { createControl } from '../../src/orchestrator/control.ts';
import { createSimulatedRuntime, type SimulatedRuntime } from '../../src/runtimes/simulated.ts';
import type { SimulatedBehaviour } from '../../src/runtimes/simulated-container.ts';
import type {
  ActiveSwarm,
  Backend,
  ClusterKeys,
  DaemonFacts,
  LogicalNodes,
  SwarmInit,
  SwarmMembership,
  SwarmState,
} from '../../src/server/backend.ts';
import type { NodeId, TaskId } from '../../src/swarm/object.ts';

export const TEST_FACTS: DaemonFacts = {
  id: '11111111-2222-3333-4444-555555555555',
  version: '0.1.0',
  hostname: 'mgr1',
  arch: 'amd64',
  machine: 'x86_64',
  kernelVersion: '6.0.0-test',
  operatingSystem: 'Test Linux',
  osVersion: '1',
  cpus: 8,
  memoryBytes: 16 * 2 ** 30,
  rootDir: '/tmp/tstack-test',
};

export interface MemoryBackendOptions {
  /** Default: a virtual one. */
  readonly clock?: Clock;
  readonly seed?: number;
  /** What each task has written. */
  readonly logsOf?: (task: StoredTask) => readonly LogRecord[];
  readonly behaviourOf?: (assignment: Assignment) => SimulatedBehaviour;
}

/** A daemon's worth of parts in memory, with a simulated runtime. */
export interface MemoryBackend extends Backend {
  readonly runtime: SimulatedRuntime;
  /** Virtual unless a clock was given. */
  readonly virtual: VirtualClock | undefined;
  /** The cluster, while there is one. */
  readonly cluster: () => Cluster | undefined;
}

const plugins = (Type: string, names: string) => names.split(' ').map((Name) => ({ Type, Name }));

export function createMemoryBackend(options: MemoryBackendOptions = {}): MemoryBackend {
  const start = toInstant(Date.parse('2026-11-20T06:45:00Z'));
  const clock = options.clock ?? new VirtualClock(start);
  const virtual = clock instanceof VirtualClock ? clock : undefined;
  const random = createSeededRandom(options.seed ?? 1);
  const runtime = createSimulatedRuntime({
    clock,
    random,
    behaviourOf: options.behaviourOf ?? (() => ({ stopMs: 0 })),
  });
  const readLogs: Executor['readLogs'] = async function* (task, query) {
    const wanted = (options.logsOf?.(task) ?? []).filter(
      (one) => Date.parse(one.timestamp) >= (query.sinceMs ?? 0),
    );
    yield* wanted
      .slice(query.tail === undefined ? 0 : Math.max(0, wanted.length - query.tail))
      .filter((one) => query[one.stream]);
  };
  const membership = createMembership(clock, random, runtime);
  return {
    clock,
    facts: TEST_FACTS,
    membership,
    executor: { name: 'simulated', readLogs: readLogs },
    tasks: {
      signal: (task: TaskId) => Promise.resolve(runtime.containerOf(task)?.kill()),
      discard: (task: TaskId) => Promise.resolve(runtime.discard(task)),
    },
    runtime,
    virtual,
    cluster: membership.cluster,
  };
}

function createMembership(
  clock: Clock,
  random: Random,
  runtime: SimulatedRuntime,
): SwarmMembership & { readonly cluster: () => Cluster | undefined } {
  let cluster: Cluster | undefined;
  let state: SwarmState = { kind: 'inactive' };
  const watchers = new Set<(state: SwarmState) => void>();
  const become = (next: SwarmState): void => {
    state = next;
    for (const tell of watchers) tell(next);
  };
  return {
    cluster: () => cluster,
    state: () => state,
    watch(changed) {
      watchers.add(changed);
      return () => watchers.delete(changed);
    },
    init(request) {
      cluster = new Cluster({ clock, random, executor: runtime });
      const swarm = startSwarm(cluster, request, { clock, random });
      become({ kind: 'active', swarm });
      return Promise.resolve(swarm);
    },
    leave() {
      cluster?.stop();
      runtime.sweep(new Set());
      cluster = undefined;
      become({ kind: 'inactive' });
      return Promise.resolve();
    },
    unlock: () => Promise.resolve(false),
  };
}

function startSwarm(
  cluster: Cluster,
  request: SwarmInit,
  { clock, random }: { readonly clock: Clock; readonly random: Random },
): ActiveSwarm {
  const { store } = cluster;
  const control = createControl({ store, clock, random });
  control.createCluster(request.spec, {
    DefaultAddrPool: request.defaultAddrPool,
    SubnetSize: request.subnetSize,
    DataPathPort: request.dataPathPort,
  });
  cluster.start();
  const nodes = createNodes(cluster);
  const self = joinNode(cluster, {
    role: 'manager',
    availability: request.availability,
    labels: {},
    description: { Hostname: TEST_FACTS.hostname },
    addr: request.advertiseAddr,
  });
  return { store, control, self, keys: createKeys(random), nodes };
}

type NewNode = Parameters<LogicalNodes['join']>[0];

function joinNode(cluster: Cluster, node: NewNode): NodeId {
  const Hostname =
    node.hostname ??
    node.description.Hostname ??
    `${node.role}-${cluster.store.view.count('node')}`;
  if (cluster.store.view.nodesByHostname(Hostname).some((one) => one.Status.State === 'ready')) {
    throw new UserError(`a node ${Hostname} is there already`, {
      code: 'node-exists',
      exitCode: EXIT_CODE.conflict,
    });
  }
  const Engine = node.description.Engine ?? {};
  return cluster.join({
    role: node.role,
    availability: node.availability,
    labels: node.labels,
    addr: node.addr ?? '127.0.0.1',
    description: {
      Platform: { Architecture: TEST_FACTS.machine, OS: 'linux' },
      Resources: { NanoCPUs: TEST_FACTS.cpus * 1e9, MemoryBytes: TEST_FACTS.memoryBytes },
      ...node.description,
      Hostname,
      Engine: {
        EngineVersion: '28.5.2',
        Plugins: [
          ...plugins('Log', 'json-file'),
          ...plugins('Network', 'bridge host null overlay'),
          ...plugins('Volume', 'local'),
        ],
        ...Engine,
      },
    },
  });
}

function createNodes(cluster: Cluster): LogicalNodes {
  const down = new Set<NodeId>();
  const mark = (isDown: boolean, node: NodeId, act: () => void): Promise<void> => {
    if (isDown) down.add(node);
    else down.delete(node);
    act();
    return Promise.resolve();
  };
  return {
    join: async (node) => joinNode(cluster, node),
    fail: (node) => mark(true, node, () => cluster.fail(node)),
    bringUp: (node) => mark(false, node, () => cluster.recover(node)),
    leave: (node) => mark(true, node, () => cluster.leave(node)),
    isUp: (node) => !down.has(node),
  };
}

/** Keys of the right shape that protect nothing. */
function createKeys(random: Random): ClusterKeys {
  const hash = `${randomId(random)}${randomId(random)}`;
  let worker = randomId(random);
  let manager = randomId(random);
  let unlockKey = '';
  const newUnlockKey = (): string => `SWMKEY-1-${`${randomId(random)}${hash}`.slice(0, 43)}`;
  return {
    tlsInfo: () => ({
      TrustRoot: '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n',
      CertIssuerSubject: 'AAAA',
      CertIssuerPublicKey: 'AAAA',
    }),
    joinTokens: () => ({
      Worker: `SWMTKN-1-${hash}-${worker}`,
      Manager: `SWMTKN-1-${hash}-${manager}`,
    }),
    unlockKey: () => unlockKey,
    change(change) {
      if (change.rotateWorkerToken) worker = randomId(random);
      if (change.rotateManagerToken) manager = randomId(random);
      if (!change.autolock) unlockKey = '';
      else if (unlockKey === '' || change.rotateUnlockKey) unlockKey = newUnlockKey();
      return Promise.resolve();
    },
  };
}
