import type { Clock } from '../../base/clock.ts';
import { formatTimestamp } from '../../base/timestamp.ts';
import type { TaskId } from '../../swarm/object.ts';
import type { Store } from '../store/store.ts';
import type { StoredTask, StoredTaskStatus } from '../store/stored-object.ts';
import type { Transaction } from '../store/transaction.ts';
import type { NodeSet } from './node-set.ts';
import type { Assignment, Refusal } from './schedule.ts';

/** Writes in one transaction at most, so that no commit grows without bound. */
const MAX_WRITES = 10_000;

/** The moment of a status, twice. */
type Stamp = Required<Pick<StoredTaskStatus, 'Timestamp' | 'AppliedAt'>>;

/** What is to become of one pending task. */
interface Write {
  readonly task: TaskId;
  /** Undefined when nothing is to be written. */
  readonly next: (task: StoredTask, stamp: Stamp) => StoredTask | undefined;
}

/**
 * Gathers what a run decides and commits it in few transactions.
 *
 * A task that is gone, or is no longer pending, is left alone; if a transaction fails nothing of it
 * is written. Either way its bookings are released again.
 * @source spec/orchestrator.md 10.8; swarmkit manager/scheduler/scheduler.go (applySchedulingDecisions)
 */
export class WriteBatch {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #nodes: NodeSet;
  #writes: Write[] = [];

  constructor(store: Store, clock: Clock, nodes: NodeSet) {
    this.#store = store;
    this.#clock = clock;
    this.#nodes = nodes;
  }

  /** Gives tasks their nodes. */
  assign(assignments: readonly Assignment[], message: string): void {
    for (const { task, node, generic } of assignments) {
      this.#add({
        task,
        next: (pending, stamp) => ({
          ...pending,
          NodeID: node,
          ...(generic.length > 0 && { GenericResources: generic }),
          Status: { ...stamp, State: 'assigned', Message: message },
        }),
      });
    }
  }

  /** Tells tasks why they have no node; what they say already is not written again. */
  refuse(refusals: readonly Refusal[]): void {
    for (const { tasks, reason } of refusals) {
      for (const task of tasks) {
        this.#add({
          task,
          next: (pending, stamp) =>
            pending.Status.Err === reason
              ? undefined
              : { ...pending, Status: { ...pending.Status, ...stamp, Err: reason } },
        });
      }
    }
  }

  /** Ends a task that was told to stop before it had a node. */
  shutDown(task: TaskId): void {
    this.#add({
      task,
      next: (pending, stamp) => {
        const { Err: _reason, ...status } = pending.Status;
        return { ...pending, Status: { ...status, ...stamp, State: 'shutdown' } };
      },
    });
  }

  /** Commits what has been gathered. @throws what the store throws */
  flush(): void {
    const writes = this.#writes;
    this.#writes = [];
    if (writes.length === 0) return;
    const now = this.#clock.now();
    const stamp: Stamp = { Timestamp: formatTimestamp(now), AppliedAt: now };
    try {
      this.#store.update('scheduler', (tx) => {
        for (const write of writes) this.#apply(tx, write, stamp);
      });
    } catch (error) {
      for (const { task } of writes) this.#nodes.release(task);
      throw error;
    }
  }

  #add(write: Write): void {
    this.#writes.push(write);
    if (this.#writes.length >= MAX_WRITES) this.flush();
  }

  #apply(tx: Transaction, { task: id, next }: Write, stamp: Stamp): void {
    const task = tx.view.get('task', id);
    if (task?.Status.State !== 'pending') {
      if (!task || task.NodeID === undefined) this.#nodes.release(id);
      return;
    }
    const written = next(task, stamp);
    if (written) tx.update('task', written);
  }
}
