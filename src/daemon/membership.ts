import type { Clock } from '../base/clock.ts';
import { randomId, type Random } from '../base/random.ts';
import type { LmdbPersistence } from '../host/lmdb-persistence.ts';
import type { Machine } from '../host/machine.ts';
import type { Executor } from '../orchestrator/agent/executor.ts';
import { Cluster } from '../orchestrator/cluster.ts';
import type { Store } from '../orchestrator/store/store.ts';
import { createControl } from '../orchestrator/control.ts';
import type { SavedState } from '../orchestrator/store/persistence.ts';
import type { ActiveSwarm, SwarmInit, SwarmMembership, SwarmState } from '../server/backend.ts';
import type { NodeRole } from '../swarm/node.ts';
import type { NodeId } from '../swarm/object.ts';
import { openClusterKeys, type CertificateKeys } from './cluster-keys.ts';
import { chooseLeader, followLeadership } from './leadership.ts';
import { MachineNodes } from './logical-nodes.ts';
import { followRemovals } from './removed-nodes.ts';
import { shutDownTasks } from './shut-down-tasks.ts';

export interface MembershipOptions {
  /** Name of the embedded cluster. */
  readonly name: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly persistence: LmdbPersistence;
  readonly executor: Executor;
  readonly machine: Machine;
  readonly version: string;
  /** Starts what follows the store of an active cluster; the returned function ends it. */
  readonly follow?: ((store: Store) => () => void) | undefined;
}

/** Notes that outlive a cluster: they are the daemon's. */
const KEPT_NOTES = ['daemon-id', 'settings'];
const LEFT_NOTE = 'has-left';

interface Running {
  readonly cluster: Cluster;
  readonly nodes: MachineNodes;
  readonly swarm: ActiveSwarm;
  readonly keys: CertificateKeys;
  readonly end: () => void;
}

/**
 * Whether this daemon has a cluster, and the one it has.
 *
 * A new daemon starts a cluster by itself; one that was told to leave stays without until it is told
 * to start another, also over restarts.
 */
export class Membership implements SwarmMembership {
  readonly #options: MembershipOptions;
  readonly #watchers = new Set<(state: SwarmState) => void>();
  #running: Running | undefined;

  private constructor(options: MembershipOptions) {
    this.#options = options;
  }

  /**
   * Takes up what the persistence holds, or starts a cluster with nodes of the given roles.
   * @throws StateError (rejects) the state cannot be used
   */
  static async open(options: MembershipOptions, roles: readonly NodeRole[]): Promise<Membership> {
    const membership = new Membership(options);
    const { persistence, executor } = options;
    const saved = await persistence.load();
    if (saved?.objects.some((one) => one.kind === 'cluster')) {
      await membership.#activate(saved, (running) => running.nodes.resume());
    } else if (persistence.notes.read(LEFT_NOTE) === 'yes') executor.sweep(new Set());
    else await membership.#start(EMPTY_INIT, roles);
    return membership;
  }

  state(): SwarmState {
    return this.#running ? { kind: 'active', swarm: this.#running.swarm } : { kind: 'inactive' };
  }

  watch(changed: (state: SwarmState) => void): () => void {
    this.#watchers.add(changed);
    return () => this.#watchers.delete(changed);
  }

  /** The certificates of the cluster there is. */
  get keys(): CertificateKeys | undefined {
    return this.#running?.keys;
  }

  async init(request: SwarmInit): Promise<ActiveSwarm> {
    const { swarm } = await this.#start(request, ['manager']);
    await this.#options.persistence.notes.write(LEFT_NOTE, 'no');
    this.#tell();
    return swarm;
  }

  async leave(): Promise<void> {
    const running = this.#running;
    if (!running) return;
    const { persistence, executor } = this.#options;
    this.#running = undefined;
    this.#tell();
    running.end();
    await running.swarm.store.durable();
    const kept = KEPT_NOTES.flatMap((name) => {
      const text = persistence.notes.read(name);
      return text === undefined ? [] : ([[name, text]] as const);
    });
    await persistence.clear(new Map([...kept, [LEFT_NOTE, 'yes']]));
    executor.sweep(new Set());
  }

  /** It is never locked. */
  unlock(): Promise<boolean> {
    return Promise.resolve(true);
  }

  /**
   * Ends all work.
   * @param tasks - whether what runs is stopped in good order, or goes on without us
   */
  async stop(tasks: 'stop' | 'keep'): Promise<void> {
    const running = this.#running;
    this.#running = undefined;
    if (!running) return;
    running.end();
    if (tasks === 'stop') await shutDownTasks(running.cluster.store.view, this.#options.executor);
    await running.cluster.store.durable();
  }

  #start(request: SwarmInit, roles: readonly NodeRole[]): Promise<Running> {
    return this.#activate(
      undefined,
      async ({ swarm }) => {
        for (const role of roles) {
          const { availability } = request;
          await swarm.nodes.join({ role, availability, labels: {}, description: {} });
        }
      },
      request,
    );
  }

  async #activate(
    saved: SavedState | undefined,
    raise: (running: Running) => Promise<void> | void,
    request: SwarmInit = EMPTY_INIT,
  ): Promise<Running> {
    const { name, clock, random, persistence, executor, machine, version } = this.#options;
    const { notes } = persistence;
    const keys = await openClusterKeys({ cluster: name, clock, notes });
    const cluster = new Cluster({ clock, random, executor, persistence, saved });
    const { store } = cluster;
    const control = createControl({ store, clock, random });
    if (!saved) control.createCluster(request.spec, addressesOf(request));
    const nodes = new MachineNodes({ cluster, machine, version, notes });
    const isUp = (node: NodeId): boolean => nodes.isUp(node);
    const endFollowing = this.#options.follow?.(store);
    cluster.start();
    const endLeadership = followLeadership(store, clock, isUp);
    const endRemovals = followRemovals(store, clock, executor);
    const running: Running = {
      cluster,
      nodes,
      keys,
      swarm: {
        store,
        control,
        keys,
        nodes,
        /** With every manager down, the first one answers: somebody has to say so. */
        get self() {
          const all = store.view.list('node');
          const leader = chooseLeader(all, isUp) ?? all.find((one) => one.ManagerStatus)?.ID;
          return leader ?? ('' as NodeId);
        },
      },
      end: () => {
        endLeadership();
        endRemovals();
        cluster.stop();
        endFollowing?.();
      },
    };
    await raise(running);
    await store.durable();
    this.#running = running;
    return running;
  }

  #tell(): void {
    for (const changed of this.#watchers) changed(this.state());
  }
}

const EMPTY_INIT: SwarmInit = {
  spec: {},
  listenAddr: '127.0.0.1:2377',
  advertiseAddr: '127.0.0.1',
  availability: 'active',
  forceNewCluster: false,
};

function addressesOf({ defaultAddrPool, subnetSize, dataPathPort }: SwarmInit) {
  return {
    DefaultAddrPool: defaultAddrPool,
    SubnetSize: subnetSize,
    DataPathPort: dataPathPort,
  };
}

/** The id of this installation, made once. */
export async function daemonId({ notes }: LmdbPersistence, random: Random): Promise<string> {
  const known = notes.read('daemon-id');
  if (known !== undefined) return known;
  const id = randomId(random);
  await notes.write('daemon-id', id);
  return id;
}
