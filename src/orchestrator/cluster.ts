import type { Clock } from '../base/clock.ts';
import { randomId, type Random } from '../base/random.ts';
import type { NodeAvailability, NodeDescription, NodeRole } from '../swarm/node.ts';
import type { NodeId, StringMap, TaskId } from '../swarm/object.ts';
import { DEFAULT_CLUSTER_SPEC } from '../swarm/cluster.ts';
import { Agents } from './agent/agents.ts';
import type { Executor } from './agent/executor.ts';
import { StatusReports } from './agent/status-reports.ts';
import { Allocator } from './allocator/allocator.ts';
import { Enforcer } from './enforcer.ts';
import { NodeLife } from './node-life.ts';
import { OrchestratorLoop } from './orchestrator-loop.ts';
import { Reaper } from './reaper.ts';
import { RebalanceLoop } from './rebalance/rebalance-loop.ts';
import { RestartSupervisor } from './restart/restart-supervisor.ts';
import { managerStatus, RoleManager } from './role-manager.ts';
import { Scheduler, SWARM_DEBOUNCE, type Debounce } from './scheduler/scheduler.ts';
import type { PlacementRule } from './scheduler/schedule.ts';
import type { Commit } from './store/commit.ts';
import type { Persistence, SavedState } from './store/persistence.ts';
import { Store } from './store/store.ts';
import type { ClusterId, Draft, StoredCluster } from './store/stored-object.ts';
import { UpdateSupervisor } from './update/update-supervisor.ts';

/** How long the loops let changes gather, ms. */
export interface ClusterTimings {
  readonly scheduler: Debounce;
  readonly assignmentMs: number;
  readonly statusMs: number;
  readonly reaperMs: number;
}

/** At once: in one process there is nothing to wait for. */
export const PROMPT_TIMINGS: ClusterTimings = {
  scheduler: { quietMs: 0, limitMs: 0 },
  assignmentMs: 0,
  statusMs: 0,
  reaperMs: 0,
};

/** SwarmKit's, for foretelling a real Swarm. @source spec/orchestrator.md section 25 */
export const SWARM_TIMINGS: ClusterTimings = {
  scheduler: SWARM_DEBOUNCE,
  assignmentMs: 100,
  statusMs: 100,
  reaperMs: 250,
};

export interface ClusterOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly executor: Executor;
  /** Absent: nothing outlives the process. */
  readonly persistence?: Persistence;
  /** What the persistence held. */
  readonly saved?: SavedState | undefined;
  /** Default PROMPT_TIMINGS. */
  readonly timings?: ClusterTimings;
  /** Default the scheduler's. */
  readonly placement?: PlacementRule;
}

/** A node about to join. */
export interface NewNode {
  readonly role: NodeRole;
  readonly description: NodeDescription;
  readonly addr: string;
  readonly labels?: StringMap;
  readonly availability?: NodeAvailability;
  /** Of a node that exists elsewhere; random when absent. */
  readonly id?: NodeId | undefined;
}

/**
 * A whole cluster: the store, the loops that follow it, and the logical nodes.
 *
 * Every loop is told of every commit in one order, notes what it means, and acts once the writer
 * has returned. All of it runs on the clock it is given: virtual time makes a simulation.
 */
export class Cluster {
  readonly store: Store;
  readonly updates: UpdateSupervisor;
  readonly #options: ClusterOptions;
  readonly #life: NodeLife;
  readonly #agents: Agents;
  readonly #reports: StatusReports;
  readonly #allocator: Allocator;
  /** In the order in which they are told of commits. */
  readonly #loops: readonly Loop[];
  readonly #ends: (() => void)[] = [];

  constructor(options: ClusterOptions) {
    const { clock, random, executor, timings = PROMPT_TIMINGS } = options;
    this.#options = options;
    const store = new Store({
      clock,
      ...(options.persistence && { persistence: options.persistence }),
    });
    if (options.saved) store.restore(options.saved);
    this.store = store;
    const newTaskId = (): TaskId => randomId(random) as TaskId;
    const restarts = new RestartSupervisor({ store, clock, newTaskId });
    this.updates = new UpdateSupervisor({ store, clock, restarts, newTaskId });
    const loop = { store, clock, restarts, updates: this.updates, newTaskId };
    this.#life = new NodeLife({ store, clock, random });
    this.#reports = new StatusReports(store, clock, timings.statusMs);
    this.#agents = new Agents({
      store,
      clock,
      executor,
      reports: this.#reports,
      assignmentDelayMs: timings.assignmentMs,
    });
    this.#allocator = new Allocator({ store, clock });
    this.#loops = [
      new RoleManager(store, clock),
      new Enforcer(store, clock),
      new OrchestratorLoop(loop),
      this.updates,
      restarts,
      new Scheduler({
        store,
        clock,
        debounce: timings.scheduler,
        ...(options.placement && { rule: options.placement }),
      }),
      this.#agents,
      new RebalanceLoop({ store, clock, newTaskId }),
      new Reaper(store, clock, timings.reaperMs),
    ];
  }

  /**
   * Begins work: makes the cluster object if there is none, takes up what the store holds, and
   * sweeps what the runtime has left of tasks that are gone.
   *
   * Nodes that were there before are unknown until {@link bringUp}.
   * @source spec/orchestrator.md section 26
   */
  start(): void {
    const { store } = this;
    if (store.view.count('cluster') === 0) {
      store.update('control', (tx) => tx.create('cluster', newCluster(this.#options.random)));
    }
    this.#options.executor.sweep(new Set(store.view.list('task').map((task) => task.ID)));
    this.#life.resume();
    this.#ends.push(store.watch((commit) => this.#observe(commit)));
    for (const loop of this.#loops) loop.resume();
    this.#ends.push(this.#allocator.start());
  }

  /** Ends all work at once; what runs goes on running. */
  stop(): void {
    for (const end of this.#ends.splice(0)) end();
    for (const loop of this.#loops) loop.stop();
    this.#reports.stop();
    this.#life.stop();
  }

  /** A new node joins and is ready. */
  join(node: NewNode): NodeId {
    const id = node.id ?? (randomId(this.#options.random) as NodeId);
    this.store.update('control', (tx) => {
      const hasLeader = tx.view.list('node').some((one) => one.ManagerStatus?.Leader);
      return tx.create('node', {
        ID: id,
        Spec: {
          Labels: node.labels ?? {},
          Role: node.role,
          Availability: node.availability ?? 'active',
        },
        Role: node.role,
        Description: node.description,
        Status: { State: 'unknown', Addr: node.addr },
        ...(node.role === 'manager' && { ManagerStatus: managerStatus(node.addr, !hasLeader) }),
      });
    });
    this.bringUp(id);
    return id;
  }

  /** A node's agent registers: after a start, or after it could not be reached. */
  bringUp(node: NodeId): void {
    this.#life.registered(node);
    this.#agents.start(node);
  }

  /** A node comes back from a crash: what ran on it is ended by force first. */
  recover(node: NodeId): void {
    this.#life.registered(node);
    this.#agents.recover(node);
  }

  /** A node crashes: it beats no more and reports nothing; what runs on it goes on. */
  fail(node: NodeId): void {
    this.#agents.stopNode(node);
    this.#life.silenced(node);
  }

  /** A node leaves of its own will: its tasks are removed, it is down at once. */
  leave(node: NodeId): void {
    this.#agents.leave(node);
    this.#life.left(node);
  }

  #observe(commit: Commit): void {
    for (const loop of this.#loops) loop.observe(commit);
    for (const change of commit.changes) {
      if (change.kind !== 'node' || change.action !== 'remove') continue;
      this.#agents.leave(change.old.ID);
      this.#life.forget(change.old.ID);
    }
  }
}

/** A part that follows the store. */
interface Loop {
  /** Takes up what the store holds. */
  resume(): void;
  /** Listens to a commit; quick, writes nothing. */
  observe(commit: Commit): void;
  stop(): void;
}

/** @source spec/orchestrator.md section 2.2 */
function newCluster(random: Random): Draft<StoredCluster> {
  return {
    ID: randomId(random) as ClusterId,
    Spec: DEFAULT_CLUSTER_SPEC,
    DefaultAddrPool: ['10.0.0.0/8'],
    SubnetSize: 24,
    DataPathPort: 4789,
  };
}
