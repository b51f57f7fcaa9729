import { toInstant, type Clock, type Instant } from '../base/clock.ts';
import type { Random } from '../base/random.ts';
import { formatTimestamp } from '../base/timestamp.ts';
import type { NodeState } from '../swarm/node.ts';
import type { NodeId } from '../swarm/object.ts';
import { taskStateRank } from '../swarm/task-state.ts';
import type { Store } from './store/store.ts';

/** Spread of the heartbeat period to either side. @source spec/orchestrator.md 15.2 */
const JITTER_MS = 500;
const MISSED_BEATS = 3;
const MISSED_BEATS_UNKNOWN = 6;
const ORPHAN_AFTER_MS = 24 * 3600 * 1000;
const DEFAULT_PERIOD_MS = 5000;
const NS_PER_MS = 1e6;

export interface NodeLifeOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly random: Random;
}

interface Session {
  /** When the node registered; it beats from then on. */
  readonly since: Instant;
  readonly periodMs: number;
}

/**
 * Keeps the observed state of nodes: ready while they beat, down when they fell silent, and their
 * tasks orphaned a day later.
 *
 * A node that is up in this process beats by being up, so beats cost no timers: when it falls
 * silent, the last beat it would have made is reckoned back.
 * @source swarmkit manager/dispatcher/{dispatcher,nodes,heartbeat}; spec/orchestrator.md section 15
 */
export class NodeLife {
  readonly #options: NodeLifeOptions;
  readonly #sessions = new Map<NodeId, Session>();
  /** Pending declarations, down or orphaned, by node. */
  readonly #timers = new Map<NodeId, () => void>();

  constructor(options: NodeLifeOptions) {
    this.#options = options;
  }

  /** After a restart: nodes are unknown until they register; down ones get a fresh day. */
  resume(): void {
    const { store } = this.#options;
    const message = 'Node moved to "unknown" state due to leadership change in cluster';
    for (const node of store.view.list('node')) {
      if (node.Status.State === 'down') this.#orphanLater(node.ID);
      else {
        this.#setState(node.ID, 'unknown', message);
        const wait = MISSED_BEATS_UNKNOWN * this.#periodMs();
        const why = 'heartbeat failure for node in "unknown" state';
        this.#after(node.ID, wait, () => this.#declareDown(node.ID, why));
      }
    }
  }

  /** The node's agent registered: ready. */
  registered(node: NodeId): void {
    const { clock, random } = this.#options;
    this.#cancel(node);
    const periodMs = this.#periodMs() + (random.next() * 2 - 1) * JITTER_MS;
    this.#sessions.set(node, { since: clock.now(), periodMs });
    this.#setState(node, 'ready', '');
  }

  /** The node fell silent: down once enough beats are missed. */
  silenced(node: NodeId): void {
    const session = this.#sessions.get(node);
    if (!session) return;
    this.#sessions.delete(node);
    const now = this.#options.clock.now();
    const sinceBeat = (now - session.since) % session.periodMs;
    const wait = MISSED_BEATS * session.periodMs - sinceBeat;
    this.#after(node, wait, () => this.#declareDown(node, 'heartbeat failure'));
  }

  /** The node said goodbye: down at once. */
  left(node: NodeId): void {
    this.#sessions.delete(node);
    this.#cancel(node);
    this.#declareDown(node, 'node left the cluster');
  }

  /** The node object is gone. */
  forget(node: NodeId): void {
    this.#sessions.delete(node);
    this.#cancel(node);
  }

  stop(): void {
    for (const node of this.#timers.keys()) this.#cancel(node);
    this.#sessions.clear();
  }

  #declareDown(node: NodeId, message: string): void {
    this.#setState(node, 'down', message);
    this.#orphanLater(node);
  }

  #orphanLater(node: NodeId): void {
    this.#after(node, ORPHAN_AFTER_MS, () => this.#orphanTasks(node));
  }

  #orphanTasks(node: NodeId): void {
    const { store, clock } = this.#options;
    const now = clock.now();
    store.update('dispatcher', (tx) => {
      for (const task of tx.view.tasksByNode(node)) {
        const state = taskStateRank(task.Status.State);
        if (state < taskStateRank('assigned') || state > taskStateRank('running')) continue;
        const Timestamp = formatTimestamp(now);
        const Status = { ...task.Status, State: 'orphaned' as const, Timestamp, AppliedAt: now };
        tx.update('task', { ...task, Status });
      }
    });
  }

  #setState(id: NodeId, State: NodeState, Message: string): void {
    this.#options.store.update('dispatcher', (tx) => {
      const node = tx.view.get('node', id);
      if (!node || (node.Status.State === State && (node.Status.Message ?? '') === Message)) return;
      const { Message: _, ...status } = node.Status;
      const Status = { ...status, State, ...(Message !== '' && { Message }) };
      const { ManagerStatus } = node;
      const Reachability = State === 'ready' ? 'reachable' : 'unreachable';
      tx.update('node', {
        ...node,
        Status,
        ...(ManagerStatus && { ManagerStatus: { ...ManagerStatus, Reachability } }),
      });
    });
  }

  #periodMs(): number {
    const { Dispatcher } = this.#options.store.view.list('cluster')[0]?.Spec ?? {};
    const period = Dispatcher?.HeartbeatPeriod;
    return period ? period / NS_PER_MS : DEFAULT_PERIOD_MS;
  }

  #after(node: NodeId, waitMs: number, run: () => void): void {
    const { clock } = this.#options;
    this.#cancel(node);
    const cancel = clock.at(toInstant(clock.now() + waitMs), () => {
      this.#timers.delete(node);
      run();
    });
    this.#timers.set(node, cancel);
  }

  #cancel(node: NodeId): void {
    this.#timers.get(node)?.();
    this.#timers.delete(node);
  }
}
