import { toInstant, type Clock, type Instant } from '../../base/clock.ts';
import type { NodeId, TaskId } from '../../swarm/object.ts';
import { isSameMessage } from '../../swarm/same-message.ts';
import { taskStateRank } from '../../swarm/task-state.ts';
import type { TaskStatus } from '../../swarm/task.ts';
import type { Store } from '../store/store.ts';
import type { StoredTask } from '../store/stored-object.ts';
import type { Transaction } from '../store/transaction.ts';
import { Wakeup } from '../wakeup.ts';

interface Report {
  readonly node: NodeId;
  readonly status: TaskStatus;
}

/**
 * Takes the nodes' status reports and writes them, gathered, into the store.
 *
 * Only the newest status of a task is written, so states passed through in between may never show.
 * Reports for unknown tasks, for other nodes' tasks, and of lower states are dropped.
 * @source swarmkit manager/dispatcher/dispatcher.go (processUpdates); spec/orchestrator.md 18.2
 */
export class StatusReports {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #batchMs: number;
  readonly #wakeup: Wakeup;
  #pending = new Map<TaskId, Report>();

  /** @param batchMs - how long reports gather before a write */
  constructor(store: Store, clock: Clock, batchMs: number) {
    this.#store = store;
    this.#clock = clock;
    this.#batchMs = batchMs;
    this.#wakeup = new Wakeup(clock, () => this.#flush());
  }

  report(node: NodeId, task: TaskId, status: TaskStatus): void {
    this.#pending.set(task, { node, status });
    this.#wakeup.at(toInstant(this.#clock.now() + this.#batchMs));
  }

  /** Forgets what a node reported and is not written yet, as a crash does. */
  drop(node: NodeId): void {
    for (const [task, report] of this.#pending) {
      if (report.node === node) this.#pending.delete(task);
    }
  }

  stop(): void {
    this.#wakeup.stop();
  }

  #flush(): void {
    const reports = this.#pending;
    this.#pending = new Map();
    const now = this.#clock.now();
    this.#store.update('agent', (tx) => {
      for (const [id, report] of reports) write(tx, tx.view.get('task', id), report, now);
    });
  }
}

function write(
  tx: Transaction,
  task: StoredTask | undefined,
  { node, status }: Report,
  now: Instant,
): void {
  if (!task || task.NodeID !== node) return;
  if (taskStateRank(status.State) < taskStateRank(task.Status.State)) return;
  const { AppliedAt: _, ...stored } = task.Status;
  if (isSameMessage(stored, status)) return;
  tx.update('task', { ...task, Status: { ...status, AppliedAt: now } });
}
