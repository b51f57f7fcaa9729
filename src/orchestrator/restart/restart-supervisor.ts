import { toInstant, type Clock, type Instant } from '../../base/clock.ts';
import { parseTimestamp } from '../../base/timestamp.ts';
import type { ServiceId, TaskId } from '../../swarm/object.ts';
import { taskStateRank } from '../../swarm/task-state.ts';
import type { Action, DelayedStart } from '../action.ts';
import { applyActions } from '../apply-actions.ts';
import { newTask } from '../new-task.ts';
import { hasEnded, isWanted, slotsOf, statusInstant } from '../reconcile/slots.ts';
import { Heap } from '../scheduler/heap.ts';
import type { Commit } from '../store/commit.ts';
import type { Store } from '../store/store.ts';
import { slotKeyOf, type SlotKey } from '../store/store-view.ts';
import type { StoredService, StoredTask } from '../store/stored-object.ts';
import { Wakeup } from '../wakeup.ts';
import { decideRestart, delayOf, shouldRestart } from './decide-restart.ts';
import { DelayedStarts } from './delayed-starts.ts';
import { recordRestart, type RestartHistory } from './restart-history.ts';

export interface RestartSupervisorOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly newTaskId: () => TaskId;
}

const COMPLETE = taskStateRank('complete');

interface Deadline {
  readonly at: Instant;
  readonly order: number;
  readonly task: TaskId;
}

/**
 * Replaces tasks that ended and starts replacements when their time has come.
 * @source swarmkit manager/orchestrator/restart/restart.go; spec/orchestrator.md section 14
 */
export class RestartSupervisor {
  readonly #options: RestartSupervisorOptions;
  readonly #history = new Map<ServiceId, Map<SlotKey, RestartHistory>>();
  readonly #starts = new DelayedStarts();
  readonly #deadlines = new Heap<Deadline>(
    (a, b) => a.at < b.at || (a.at === b.at && a.order < b.order),
  );
  readonly #wakeup: Wakeup;
  #order = 0;

  constructor(options: RestartSupervisorOptions) {
    this.#options = options;
    this.#wakeup = new Wakeup(options.clock, () => this.#startDue());
  }

  /**
   * Takes up what an earlier life left: restart counts and waiting replacements.
   *
   * Deviates: also waits again for predecessors that have yet to stop (upstream forgets them, Q17).
   * @source spec/orchestrator.md section 26
   */
  resume(): void {
    const { view } = this.#options.store;
    for (const service of view.list('service')) {
      for (const slot of slotsOf(view, service.ID)) {
        this.#resumeHistory(service.ID, slot.key, slot.tasks);
        for (const task of slot.tasks) this.#resumeStart(task, slot.tasks);
      }
    }
  }

  /** Listens to a commit; quick, writes nothing. */
  observe(commit: Commit): void {
    for (const change of commit.changes) {
      if (change.kind === 'task') this.#observeTask(change.object, change.old);
      else if (change.kind === 'node' && change.object?.Status.State !== 'ready') {
        for (const id of this.#starts.predecessors()) this.#wake(id);
      } else if (change.kind === 'service' && change.action === 'remove') {
        this.#history.delete(change.old.ID);
      }
    }
  }

  stop(): void {
    this.#wakeup.stop();
  }

  /** Whether the restart policy, with what the slot has used up of it, brings a task back. */
  shouldRestart(task: StoredTask, service: StoredService): boolean {
    return shouldRestart(task, service, this.#historyOf(task));
  }

  /**
   * Shuts tasks down and replaces those that their policy brings back, in one transaction.
   *
   * A task that still waits for its own delayed start is left until that is over: this throttles
   * tasks that end before they were released.
   */
  restart(tasks: readonly TaskId[]): void {
    const actions: Action[] = [];
    for (const id of tasks) if (!this.#starts.has(id)) actions.push(...this.#decide(id));
    if (actions.length === 0) return;
    const starts = this.#options.store.update('restart-supervisor', (tx) =>
      applyActions(tx, actions),
    );
    for (const start of starts) this.delayStart(start);
  }

  /** Releases a task (desired READY) at its time; replaces an earlier request for it. */
  delayStart(start: DelayedStart): void {
    const { clock } = this.#options;
    this.#starts.add(start, clock.now());
    this.#schedule(start.task);
  }

  #decide(id: TaskId): readonly Action[] {
    const { store, clock, newTaskId } = this.#options;
    const task = store.view.get('task', id);
    const service = task && store.view.get('service', task.ServiceID);
    if (!task || !service || taskStateRank(task.DesiredState) > COMPLETE) return [];
    const node = task.NodeID && store.view.get('node', task.NodeID);
    const history = this.#historyOf(task);
    const now = clock.now();
    const stop: Action = { kind: 'set-desired', task: id, desired: 'shutdown' };
    const question = { task, service, node: node || undefined, history, now };
    const decided = decideRestart(question);
    if (decided.kind === 'leave') return [stop];
    const slot = slotKeyOf(task);
    const fresh = newTask({
      id: newTaskId(),
      service,
      cluster: store.view.list('cluster')[0],
      slot,
      desired: 'ready',
      now,
    });
    this.#record(fresh.ServiceID, slot, service, now);
    const waitFor = decided.waitsForStop ? id : undefined;
    const start = { task: fresh.ID, notBefore: decided.notBefore, waitFor };
    return [{ kind: 'create-task', task: fresh }, stop, { kind: 'delay-start', start }];
  }

  #historyOf(task: StoredTask): RestartHistory | undefined {
    return this.#history.get(task.ServiceID)?.get(slotKeyOf(task));
  }

  #record(id: ServiceId, slot: SlotKey, service: StoredService, at: Instant): void {
    const policy = service.Spec.TaskTemplate.RestartPolicy;
    if (!policy?.MaxAttempts) return;
    const slots = this.#history.get(id) ?? new Map<SlotKey, RestartHistory>();
    this.#history.set(id, slots);
    const restart = { specVersion: service.SpecVersion, at, keepsTimes: Boolean(policy.Window) };
    slots.set(slot, recordRestart(slots.get(slot), restart));
  }

  #observeTask(task: StoredTask | undefined, old: StoredTask | undefined): void {
    const id = (task ?? old)?.ID;
    if (id === undefined) return;
    if (!task) this.#starts.cancel(id);
    if (!task || hasEnded(task)) this.#wake(id);
  }

  /** Something about a predecessor changed: those that wait for it may be due now. */
  #wake(predecessor: TaskId): void {
    for (const task of this.#starts.waitingFor(predecessor)) this.#schedule(task);
  }

  #schedule(task: TaskId): void {
    const at = this.#starts.dueAt(task, this.#options.store.view);
    if (at === undefined) return;
    this.#deadlines.push({ at, order: this.#order++, task });
    this.#wakeup.at(toInstant(Math.max(at, this.#options.clock.now())));
  }

  #startDue(): void {
    const { store, clock } = this.#options;
    const now = clock.now();
    const due: TaskId[] = [];
    for (let top = this.#deadlines.top(); top && top.at <= now; top = this.#deadlines.top()) {
      this.#deadlines.pop();
      const at = this.#starts.dueAt(top.task, store.view);
      if (at === undefined) continue;
      if (at > now) this.#schedule(top.task);
      else {
        this.#starts.cancel(top.task);
        due.push(top.task);
      }
    }
    if (due.length > 0) this.#release(due);
    const next = this.#deadlines.top();
    if (next) this.#wakeup.at(next.at);
  }

  #release(tasks: readonly TaskId[]): void {
    this.#options.store.update('restart-supervisor', (tx) => {
      for (const id of tasks) {
        const task = tx.view.get('task', id);
        if (task?.DesiredState !== 'ready') continue;
        // Only tasks of jobs have an iteration.
        tx.update('task', { ...task, DesiredState: task.JobIteration ? 'complete' : 'running' });
      }
    });
  }

  /** All tasks of a slot's newest spec version but the first were restarts. */
  #resumeHistory(id: ServiceId, slot: SlotKey, tasks: readonly StoredTask[]): void {
    const specVersion = Math.max(...tasks.map((task) => task.SpecVersion ?? 0));
    const restarts = tasks.filter((task) => (task.SpecVersion ?? 0) === specVersion).slice(1);
    if (restarts.length === 0) return;
    const at = restarts.map((task) => parseTimestamp(task.CreatedAt) ?? toInstant(0));
    const slots = this.#history.get(id) ?? new Map<SlotKey, RestartHistory>();
    this.#history.set(id, slots);
    slots.set(slot, { specVersion, total: restarts.length, at });
  }

  #resumeStart(task: StoredTask, slot: readonly StoredTask[]): void {
    if (task.DesiredState !== 'ready') return;
    const since = statusInstant(
      slot.filter((one) => one !== task && !isWanted(one)).at(-1) ?? task,
    );
    const waitFor = slot.findLast((one) => !isWanted(one) && !hasEnded(one))?.ID;
    const notBefore = toInstant(since + delayOf(task.Spec.RestartPolicy));
    this.delayStart({ task: task.ID, notBefore, waitFor });
  }
}
