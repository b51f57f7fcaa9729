import { toInstant, type Clock } from '../base/clock.ts';
import type { ServiceId, TaskId } from '../swarm/object.ts';
import { taskStateRank } from '../swarm/task-state.ts';
import { isJob } from './restart/decide-restart.ts';
import { byStatusInstant, hasEnded, isWanted } from './reconcile/slots.ts';
import type { Commit } from './store/commit.ts';
import type { Store } from './store/store.ts';
import { slotKeyOf, type SlotKey, type StoreView } from './store/store-view.ts';
import type { StoredService, StoredTask } from './store/stored-object.ts';
import { Wakeup } from './wakeup.ts';

const ASSIGNED = taskStateRank('assigned');
const COMPLETE = taskStateRank('complete');
const DEFAULT_LIMIT = 5;

/** More marks than this are worked off at once. @source spec/orchestrator.md section 17 */
const MAX_MARKS = 1000;

/** What is over in one slot's history. */
export interface Reaping {
  readonly remove: readonly TaskId[];
  /** More than the limit is left: some cannot be removed yet. */
  readonly isOver: boolean;
}

/**
 * The tasks of a slot that its history has no room for, oldest first. Pure.
 *
 * The limit counts every task of the slot, the running one too; only tasks that have ended, or never
 * got a node and are not wanted, can go.
 * @param limit - negative keeps everything
 * @source swarmkit manager/orchestrator/taskreaper; spec/orchestrator.md section 17
 */
export function overLimit(tasks: readonly StoredTask[], limit: number): Reaping {
  const excess = tasks.length - limit;
  // A lone task stays, even with limit 0: it holds the slot.
  if (limit < 0 || excess <= 0 || tasks.length === 1) return { remove: [], isOver: false };
  const removable = [...tasks].sort(byStatusInstant).filter(isRemovable);
  return {
    remove: removable.slice(0, excess).map((task) => task.ID),
    isOver: removable.length < excess,
  };
}

function isRemovable(task: StoredTask): boolean {
  return hasEnded(task) || (taskStateRank(task.Status.State) < ASSIGNED && !isWanted(task));
}

/**
 * How many tasks a slot keeps; undefined for jobs, which only lose what is to be removed.
 *
 * Parity: a restart limit replaces the cluster's history limit, even where it is less (Q20).
 */
export function historyLimit(service: StoredService, view: StoreView): number | undefined {
  if (isJob(service.Spec.Mode)) return undefined;
  const attempts = service.Spec.TaskTemplate.RestartPolicy?.MaxAttempts ?? 0;
  if (attempts > 0) return attempts + 1;
  const { Orchestration } = view.list('cluster')[0]?.Spec ?? {};
  return Orchestration?.TaskHistoryRetentionLimit ?? DEFAULT_LIMIT;
}

/** Deletes tasks that nobody needs any more. */
export class Reaper {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #delayMs: number;
  readonly #wakeup: Wakeup;
  /** Slots that got a task since they were last looked at. */
  readonly #slots = new Map<ServiceId, Set<SlotKey>>();
  /** Tasks that can be deleted whatever the history. */
  readonly #done = new Set<TaskId>();
  #marks = 0;

  /** @param delayMs - how long marks gather before a run */
  constructor(store: Store, clock: Clock, delayMs: number) {
    this.#store = store;
    this.#clock = clock;
    this.#delayMs = delayMs;
    this.#wakeup = new Wakeup(clock, () => this.#run());
  }

  /** Looks at every task that is to be removed. */
  resume(): void {
    for (const task of this.#store.view.list('task')) if (isDone(task)) this.#markDone(task.ID);
  }

  /** Listens to a commit; quick, writes nothing. */
  observe(commit: Commit): void {
    for (const change of commit.changes) {
      if (change.kind !== 'task' || change.action === 'remove') continue;
      if (change.action === 'create') this.#markSlot(change.object);
      if (isDone(change.object)) this.#markDone(change.object.ID);
      else if (hasEnded(change.object) && this.#isMarked(change.object)) this.#schedule();
    }
  }

  stop(): void {
    this.#wakeup.stop();
  }

  #isMarked(task: StoredTask): boolean {
    return this.#slots.get(task.ServiceID)?.has(slotKeyOf(task)) === true;
  }

  #markSlot(task: StoredTask): void {
    const slots = this.#slots.get(task.ServiceID);
    if (slots) slots.add(slotKeyOf(task));
    else this.#slots.set(task.ServiceID, new Set([slotKeyOf(task)]));
    this.#schedule();
  }

  #markDone(task: TaskId): void {
    this.#done.add(task);
    this.#schedule();
  }

  #schedule(): void {
    this.#marks += 1;
    const now = this.#clock.now();
    this.#wakeup.at(this.#marks > MAX_MARKS ? now : toInstant(now + this.#delayMs));
  }

  #run(): void {
    this.#marks = 0;
    const remove = new Set(this.#done);
    this.#done.clear();
    for (const [service, slots] of this.#slots) this.#visit(service, slots, remove);
    if (remove.size === 0) return;
    this.#store.update('reaper', (tx) => {
      for (const id of remove) if (tx.view.get('task', id)) tx.remove('task', id);
    });
  }

  /** Slots with tasks that have yet to end stay marked until those have. */
  #visit(id: ServiceId, slots: Set<SlotKey>, remove: Set<TaskId>): void {
    const { view } = this.#store;
    const service = view.get('service', id);
    const limit = service && historyLimit(service, view);
    for (const slot of slots) {
      const over = limit === undefined ? undefined : overLimit(view.tasksBySlot(id, slot), limit);
      for (const task of over?.remove ?? []) remove.add(task);
      if (!over?.isOver) slots.delete(slot);
    }
    if (slots.size === 0) this.#slots.delete(id);
  }
}

/** Whether a task is to be removed and its node has nothing left of it, or is gone itself. */
function isDone(task: StoredTask): boolean {
  if (task.DesiredState !== 'remove') return false;
  const observed = taskStateRank(task.Status.State);
  return observed < ASSIGNED || observed >= COMPLETE;
}
