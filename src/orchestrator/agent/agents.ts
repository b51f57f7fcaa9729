import { toInstant, type Clock } from '../../base/clock.ts';
import type { NodeId, TaskId } from '../../swarm/object.ts';
import { taskStateRank } from '../../swarm/task-state.ts';
import type { Commit } from '../store/commit.ts';
import type { Store } from '../store/store.ts';
import type { StoredTask } from '../store/stored-object.ts';
import { Wakeup } from '../wakeup.ts';
import type { Executor } from './executor.ts';
import { resolveAssignment } from './resolve-assignment.ts';
import type { StatusReports } from './status-reports.ts';
import { TaskRunner } from './task-runner.ts';

const ASSIGNED = taskStateRank('assigned');

export interface AgentsOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly executor: Executor;
  readonly reports: StatusReports;
  /** How long assignments gather before the nodes see them. */
  readonly assignmentDelayMs: number;
}

type Runners = Map<TaskId, TaskRunner>;

/**
 * The agents of all logical nodes that are up: each runs the tasks assigned to its node.
 *
 * One watch for all of them; a change of a task costs the same however many nodes there are.
 * @source swarmkit agent/worker.go; spec/orchestrator.md section 18
 */
export class Agents {
  readonly #options: AgentsOptions;
  readonly #nodes = new Map<NodeId, Runners>();
  /** What crashed nodes knew: their own record of their tasks outlives them. */
  readonly #crashed = new Map<NodeId, readonly StoredTask[]>();
  /** Tasks of nodes that are up, changed and not yet passed on, as they were then. */
  readonly #changed = new Map<TaskId, StoredTask>();
  readonly #wakeup: Wakeup;

  constructor(options: AgentsOptions) {
    this.#options = options;
    this.#wakeup = new Wakeup(options.clock, () => this.#run());
  }

  /** Whether a node's agent is at work. */
  isUp(node: NodeId): boolean {
    return this.#nodes.has(node);
  }

  /**
   * Starts a node's agent: it takes up every task assigned to the node, whatever its state.
   *
   * After a crash it first looks after the tasks as it last knew them, so that one which ended
   * meanwhile is reported as such even if it is no longer wanted.
   */
  start(node: NodeId): void {
    if (this.#nodes.has(node)) return;
    const runners: Runners = new Map();
    this.#nodes.set(node, runners);
    const known = this.#crashed.get(node) ?? [];
    this.#crashed.delete(node);
    this.#reportAgain(node, known);
    for (const task of known) this.#take(node, runners, task);
    for (const task of this.#options.store.view.tasksByNode(node)) this.#note(task);
  }

  /**
   * Starts the agent of a node that failed. Its engine had died too and ends what it left behind
   * when it starts again, so what ran there is reported as failed, wanted or not.
   *
   * What the node knew is gone if the daemon has ended since; then it is what was last reported.
   * @source conformance/orchestrator, node-down-a
   */
  recover(node: NodeId): void {
    if (this.#nodes.has(node)) return;
    const known = this.#crashed.get(node) ?? this.#options.store.view.tasksByNode(node);
    this.#crashed.delete(node);
    this.start(node);
    this.#reportAgain(node, known);
    const runners = this.#nodes.get(node);
    for (const task of runners ? known : []) {
      const runner = this.#createRunner(node, task);
      runners?.set(task.ID, runner);
      if (task.Status.State === 'running') runner.recover();
      else runner.update(task);
    }
  }

  /** Stops a node's agent at once, as a crash does: what runs is left alone. */
  stopNode(node: NodeId): void {
    const runners = [...(this.#nodes.get(node)?.values() ?? [])];
    this.#crashed.set(
      node,
      runners.map((runner) => runner.stop()),
    );
    this.#nodes.delete(node);
    this.#options.reports.drop(node);
  }

  /** Stops a node's agent for good: what runs on the node is removed. */
  leave(node: NodeId): void {
    this.#crashed.delete(node);
    for (const runner of this.#nodes.get(node)?.values() ?? []) runner.remove(() => undefined);
    this.#nodes.delete(node);
    this.#options.reports.drop(node);
  }

  /** Nodes come up one by one, and take up their tasks then. */
  resume(): void {}

  /** Stops every agent, as the end of the process does. */
  stop(): void {
    for (const node of this.#nodes.keys()) this.stopNode(node);
    this.#wakeup.stop();
  }

  /** Listens to a commit; quick, writes nothing. */
  observe(commit: Commit): void {
    for (const change of commit.changes) {
      if (change.kind === 'task') this.#note(change.object ?? change.old);
    }
  }

  /** What was last reported may not have been written: the crash took it. @source swarmkit agent/worker.go (Listen) */
  #reportAgain(node: NodeId, known: readonly StoredTask[]): void {
    for (const { ID, Status } of known) {
      const { AppliedAt: _, ...status } = Status;
      this.#options.reports.report(node, ID, status);
    }
  }

  #note(task: StoredTask): void {
    if (task.NodeID === undefined || taskStateRank(task.Status.State) < ASSIGNED) return;
    if (!this.#nodes.has(task.NodeID)) return;
    this.#changed.set(task.ID, task);
    const { clock, assignmentDelayMs } = this.#options;
    this.#wakeup.at(toInstant(clock.now() + assignmentDelayMs));
  }

  /** Nothing is started that a next life of the daemon would not know of. */
  #run(): void {
    const changed = [...this.#changed.values()];
    this.#changed.clear();
    this.#options.store.whenDurable(() => {
      for (const task of changed) this.#passOn(task);
    });
  }

  /** A task may be gone before this life of the daemon has taken it up: what runs of it goes too. */
  #passOn(noted: StoredTask): void {
    const { ID: id, NodeID: node } = noted;
    const runners = node === undefined ? undefined : this.#nodes.get(node);
    if (node === undefined || !runners) return;
    const task = this.#options.store.view.get('task', id);
    if (task) {
      this.#take(node, runners, task);
      return;
    }
    const runner = runners.get(id) ?? this.#createRunner(node, noted);
    runners.set(id, runner);
    runner.remove(() => runners.delete(id));
  }

  #take(node: NodeId, runners: Runners, task: StoredTask): void {
    const runner = runners.get(task.ID) ?? this.#createRunner(node, task);
    runners.set(task.ID, runner);
    runner.update(task);
  }

  #createRunner(node: NodeId, task: StoredTask): TaskRunner {
    const { clock, executor, reports, store } = this.#options;
    return new TaskRunner(task, {
      clock,
      executor,
      resolve: (one) => resolveAssignment(store.view, one),
      report: (id, status) => reports.report(node, id, status),
    });
  }
}
