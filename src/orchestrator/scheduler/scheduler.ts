import type { Clock, Instant } from '../../base/clock.ts';
import { toInstant } from '../../base/clock.ts';
import type { TaskId } from '../../swarm/object.ts';
import { isTerminal, taskStateRank } from '../../swarm/task-state.ts';
import { isDirty } from '../reconcile/task-dirty.ts';
import type { Change, ChangeOf, Commit } from '../store/commit.ts';
import type { Store } from '../store/store.ts';
import type { StoredTask } from '../store/stored-object.ts';
import { Wakeup } from '../wakeup.ts';
import { NodeSet } from './node-set.ts';
import type { PlacementRule, Refusal } from './schedule.ts';
import { confirmPreassigned, scheduleGroup } from './schedule.ts';
import type { QueuedGroup } from './task-queue.ts';
import { TaskQueue } from './task-queue.ts';
import { reservationOf } from './task-request.ts';
import { WriteBatch } from './write-batch.ts';

/** How long to wait for more changes before deciding. */
export interface Debounce {
  /** A run comes so long after the last change, ms. */
  readonly quietMs: number;
  /** It comes at the latest so long after the first change, ms. */
  readonly limitMs: number;
}

/** SwarmKit's patience, for whoever foretells a real Swarm's timing. @source spec/orchestrator.md 10.1 */
export const SWARM_DEBOUNCE: Debounce = { quietMs: 50, limitMs: 1000 };

/** A run as soon as the writer has returned: in one process there is nothing to wait for. */
const NO_DEBOUNCE: Debounce = { quietMs: 0, limitMs: 0 };

export interface SchedulerOptions {
  readonly store: Store;
  readonly clock: Clock;
  /** Default `balanced`. */
  readonly rule?: PlacementRule;
  /** Default none. */
  readonly debounce?: Debounce;
}

const PENDING = taskStateRank('pending');
const COMPLETE = taskStateRank('complete');

/**
 * Gives pending tasks their nodes: follows commits, decides when something relevant has happened,
 * and writes what it decided.
 * @source swarmkit manager/scheduler/scheduler.go; spec/orchestrator.md section 10
 */
export class Scheduler {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #rule: PlacementRule;
  readonly #debounce: Debounce;
  readonly #wakeup: Wakeup;
  readonly #nodes = new NodeSet();
  readonly #queue = new TaskQueue();
  /** Pending tasks that have been told to stop. */
  readonly #unwanted = new Set<TaskId>();
  #firstChange: Instant | undefined;
  #lastChange: Instant;

  constructor({ store, clock, rule = 'balanced', debounce = NO_DEBOUNCE }: SchedulerOptions) {
    this.#store = store;
    this.#clock = clock;
    this.#rule = rule;
    this.#debounce = debounce;
    this.#lastChange = clock.now();
    this.#wakeup = new Wakeup(clock, () => this.#wake());
  }

  /** Takes in the whole state, as after a start, and asks for a run. */
  resume(): void {
    const { view } = this.#store;
    for (const node of view.list('node')) this.#nodes.setNode(node);
    for (const task of view.list('task')) this.#seeTask(task, undefined);
    this.#request();
  }

  /** Listens to a commit; quick, writes nothing. */
  observe(commit: Commit): void {
    let isRelevant = false;
    for (const change of commit.changes) isRelevant = this.#see(change) || isRelevant;
    if (isRelevant) this.#request();
  }

  stop(): void {
    this.#wakeup.stop();
  }

  /** Takes in a change; tells whether a pending task might now be placed, or is new. */
  #see(change: Change): boolean {
    if (change.kind === 'task') return this.#seeTaskChange(change);
    if (change.kind !== 'node') return false;
    if (change.action === 'remove') {
      this.#nodes.removeNode(change.old.ID);
      return false;
    }
    this.#nodes.setNode(change.object);
    return true;
  }

  #seeTaskChange(change: ChangeOf<'task'>): boolean {
    if (change.action !== 'remove') return this.#seeTask(change.object, change.old);
    this.#forget(change.old.ID);
    return this.#nodes.release(change.old.ID);
  }

  #seeTask(task: StoredTask, old: StoredTask | undefined): boolean {
    const { State } = task.Status;
    if (isTerminal(State)) return this.#seeEnd(task, old);
    if (taskStateRank(State) < PENDING) return false;
    const isWanted = taskStateRank(task.DesiredState) <= COMPLETE;
    if (State !== 'pending') return this.#seeAssigned(task, isWanted);
    if (isWanted) return this.#queue.add(task);
    this.#forget(task.ID);
    // What is to be removed is the reaper's.
    if (task.DesiredState === 'shutdown') this.#unwanted.add(task.ID);
    return task.DesiredState === 'shutdown';
  }

  #seeAssigned(task: StoredTask, active: boolean): boolean {
    const { ID, NodeID: node, ServiceID: service, GenericResources: generic } = task;
    this.#forget(ID);
    if (node === undefined) return false;
    const { room } = this.#nodes;
    if (!this.#nodes.setActive(ID, node, active)) {
      this.#nodes.book(ID, { node, service, reservation: reservationOf(task), active, generic });
    }
    return this.#nodes.room > room;
  }

  /** Failures of tasks that were born with their node do not count: they have nowhere else to go. */
  #seeEnd(task: StoredTask, old: StoredTask | undefined): boolean {
    const { State } = task.Status;
    const node = this.#nodes.nodeOfTask(task.ID);
    const hasFailed = (State === 'failed' || State === 'rejected') && old?.Status.State !== State;
    if (hasFailed && node !== undefined && task.Slot !== undefined) {
      const kind = { service: task.ServiceID, specVersion: task.SpecVersion };
      this.#nodes.recordFailure(kind, node, this.#clock.now());
    }
    this.#forget(task.ID);
    return this.#nodes.release(task.ID);
  }

  #forget(task: TaskId): void {
    this.#queue.remove(task);
    this.#unwanted.delete(task);
  }

  #request(): void {
    this.#lastChange = this.#clock.now();
    this.#firstChange ??= this.#lastChange;
    this.#wakeup.at(this.#due(this.#firstChange));
  }

  #due(first: Instant): Instant {
    const { quietMs, limitMs } = this.#debounce;
    return toInstant(Math.min(this.#lastChange + quietMs, first + limitMs));
  }

  #wake(): void {
    if (this.#firstChange === undefined) return;
    const due = this.#due(this.#firstChange);
    if (this.#clock.now() < due) {
      this.#wakeup.at(due);
      return;
    }
    this.#firstChange = undefined;
    this.#run();
  }

  #run(): void {
    const batch = new WriteBatch(this.#store, this.#clock, this.#nodes);
    for (const task of this.#unwanted) batch.shutDown(task);
    this.#unwanted.clear();
    for (const preassigned of this.#queue.preassigned()) {
      const { assignments, refusals } = confirmPreassigned(this.#nodes, preassigned);
      batch.assign(assignments, 'scheduler confirmed task can run on preassigned node');
      batch.refuse(refusals);
    }
    for (const group of this.#queue.groupsToTry(this.#nodes.room)) this.#runGroup(group, batch);
    batch.flush();
  }

  #runGroup(group: QueuedGroup, batch: WriteBatch): void {
    const { request } = group;
    const options = { now: this.#clock.now(), rule: this.#rule };
    const tasks = [...group.tasks];
    const { assignments, refusals } = scheduleGroup(this.#nodes, { request, tasks }, options);
    batch.assign(assignments, 'scheduler assigned task to node');
    if (refusals.length === 0) return;
    group.refusedIn = this.#nodes.room;
    batch.refuse(refusals);
    this.#forgetSuperseded(group, refusals);
  }

  /**
   * Forgets tasks whose service is gone or that an update is going to replace.
   *
   * Deviates: SwarmKit forgets every task of an older spec without a word, also one that the newer spec
   * leaves as it is (a scale, the same file again) and that nobody would ever place. See D-0340.
   * @source spec/orchestrator.md 10.7
   */
  #forgetSuperseded({ request }: QueuedGroup, refusals: readonly Refusal[]): void {
    const { view } = this.#store;
    const service = view.get('service', request.service);
    const { specVersion } = request;
    if (specVersion === undefined || service?.SpecVersion === specVersion) return;
    for (const id of refusals.flatMap(({ tasks }) => tasks)) {
      const task = view.get('task', id);
      if (!service || !task || isDirty(service, task, view)) this.#queue.remove(id);
    }
  }
}
