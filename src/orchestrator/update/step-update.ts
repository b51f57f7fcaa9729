import { toInstant, type Instant } from '../../base/clock.ts';
import { formatTimestamp } from '../../base/timestamp.ts';
import type { ServiceId, TaskId } from '../../swarm/object.ts';
import type { UpdateState as StatusWord } from '../../swarm/service.ts';
import { taskStateRank } from '../../swarm/task-state.ts';
import type { Action, Decision } from '../action.ts';
import { newTask } from '../new-task.ts';
import { hasEnded, isWanted, type Slot, updatableTasks } from '../reconcile/slots.ts';
import { isDirty } from '../reconcile/task-dirty.ts';
import type { SlotKey } from '../store/store-view.ts';
import type { StoredService, StoredTask } from '../store/stored-object.ts';
import { resolveUpdateConfig, type ResolvedUpdateConfig } from './update-config.ts';
import type { UpdateFacts, UpdateState, Work } from './update-state.ts';

type UpdateDecision = Decision<UpdateState>;

const RUNNING = taskStateRank('running');
const NOTHING: UpdateDecision = { state: undefined, actions: [] };

/**
 * Chooses what one service's update begins with.
 *
 * Pure. No state comes back when there is nothing to do: the update is paused, or no slot is dirty
 * (which completes an update that was under way).
 * @param slots - every slot with tasks to be brought to the current spec, ascending
 * @source swarmkit manager/orchestrator/update/updater.go (Run); spec/orchestrator.md 13.1, 13.2
 */
export function beginUpdate(
  service: StoredService,
  slots: readonly Slot[],
  facts: UpdateFacts,
): UpdateDecision {
  const status = service.UpdateStatus?.State;
  if (status === 'paused' || status === 'rollback_paused') return NOTHING;
  const dirty = slots.filter((slot) => isSlotDirty(slot.tasks, service, facts));
  if (dirty.length === 0) {
    if (status !== 'updating' && status !== 'rollback_started') return NOTHING;
    return { state: undefined, actions: completion(service.ID, facts) };
  }
  const actions: Action[] = [];
  if (status === undefined) {
    const StartedAt = formatTimestamp(facts.now);
    actions.push({
      kind: 'set-update-status',
      service: service.ID,
      status: { State: 'updating', StartedAt, Message: 'update in progress' },
    });
  }
  const state: UpdateState = {
    service,
    config: resolveUpdateConfig(service.Spec, status === 'rollback_started'),
    dirty: dirty.map((slot) => slot.key),
    next: 0,
    working: new Map(),
    resting: [],
    created: new Map(),
    failures: 0,
    phase: 'rolling',
    monitorUntil: undefined,
  };
  handOut(state, facts, actions);
  return decision(state, actions, facts);
}

/**
 * Chooses the actions due now for one service update.
 *
 * Pure, but for using up `state`. Hands out slots in ascending order and never works on more than
 * `Parallelism` at once. Costs as much as there are touched tasks and free workers, not as there
 * are slots.
 * @param touched - tasks of the service that changed since the last step
 * @returns actions for one transaction; no state once the update is over; `wakeAt` when the passing
 *   of time alone can change the answer
 * @source swarmkit manager/orchestrator/update/updater.go (Run, worker, updateTask);
 *   spec/orchestrator.md 13.2 to 13.5
 */
export function stepUpdate(
  state: UpdateState,
  touched: Iterable<TaskId>,
  facts: UpdateFacts,
): UpdateDecision {
  const actions: Action[] = [];
  for (const id of touched) {
    const task = facts.view.get('task', id);
    if (task) judgeFailure(state, task, facts, actions);
    const work = state.working.get(id);
    if (work) advanceWork(state, work, { task, facts, actions });
  }
  while ((state.resting[0] ?? Infinity) <= facts.now) state.resting.shift();
  handOut(state, facts, actions);
  return decision(state, actions, facts);
}

/** Ends or goes on: enters and leaves the final monitoring, and says when to look again. */
function decision(state: UpdateState, actions: Action[], facts: UpdateFacts): UpdateDecision {
  const { now } = facts;
  const busy = state.working.size > 0 || state.resting.length > 0;
  if (state.phase === 'stopped' && state.working.size === 0) return { state: undefined, actions };
  if (state.phase === 'rolling' && state.next === state.dirty.length && !busy) {
    const { delayMs, monitorMs } = state.config;
    // Parity: a delay as long as the monitor time makes the final watch delay + 1 s.
    const watchMs = delayMs >= monitorMs ? delayMs + 1000 : monitorMs;
    state.phase = 'monitoring';
    state.monitorUntil = toInstant(now + watchMs);
  }
  if (state.phase === 'monitoring' && now >= (state.monitorUntil ?? 0)) {
    actions.push(...completion(state.service.ID, facts));
    return { state: undefined, actions };
  }
  const wakeAt = state.monitorUntil ?? state.resting[0];
  return { state, actions, wakeAt };
}

function handOut(state: UpdateState, facts: UpdateFacts, actions: Action[]): void {
  if (state.phase !== 'rolling') return;
  const workers = state.config.parallelism || state.dirty.length;
  while (state.next < state.dirty.length && state.working.size + state.resting.length < workers) {
    const slot = state.dirty[state.next] as SlotKey;
    state.next += 1;
    startSlot(state, slot, facts, actions);
  }
}

/** Looks at a slot afresh: it may have been brought to the new spec, or emptied, meanwhile. */
function startSlot(state: UpdateState, slot: SlotKey, facts: UpdateFacts, actions: Action[]): void {
  const { service } = state;
  const all = facts.view.tasksBySlot(service.ID, slot);
  const tasks = updatableTasks(all, service, facts.shouldRestart);
  if (tasks.length === 0) return;
  const clean = tasks.filter((task) => !isDirty(service, task, facts.view));
  const keep = clean.find((task) => task.DesiredState === 'running') ?? clean.find(isWanted);
  const work = keep
    ? reuse(keep, tasks, facts, actions)
    : replace(state, { key: slot, tasks }, facts, actions);
  if (work) state.working.set(work.task, { ...work, slot });
  else rest(state, facts.now);
}

type SlotWork = Omit<Work, 'slot'>;

/** Keeps a clean task, the others go; undefined when there is nothing to wait for. */
function reuse(
  keep: StoredTask,
  tasks: readonly StoredTask[],
  facts: UpdateFacts,
  actions: Action[],
): SlotWork | undefined {
  const gone = shutDown(tasks.filter((task) => task !== keep).filter(isWanted), actions);
  if (keep.DesiredState === 'running') return undefined;
  const start = { task: keep.ID, notBefore: facts.now, waitFor: gone };
  actions.push({ kind: 'delay-start', start });
  return { task: keep.ID, replaces: [], until: 'start' };
}

function replace(state: UpdateState, slot: Slot, facts: UpdateFacts, actions: Action[]): SlotWork {
  const id = facts.newTaskId();
  const task = newTask({
    id,
    service: state.service,
    cluster: facts.view.list('cluster')[0],
    slot: slot.key,
    desired: 'ready',
    now: facts.now,
  });
  state.created.set(id, undefined);
  actions.push({ kind: 'create-task', task });
  const wanted = slot.tasks.filter(isWanted);
  const startFirst = state.config.order === 'start-first';
  const waitFor = startFirst ? undefined : shutDown(wanted, actions);
  actions.push({ kind: 'delay-start', start: { task: id, notBefore: facts.now, waitFor } });
  return { task: id, replaces: startFirst ? wanted.map((old) => old.ID) : [], until: 'run' };
}

/** Desired SHUTDOWN for each; gives the last one that still has to stop, to wait for. */
function shutDown(tasks: readonly StoredTask[], actions: Action[]): TaskId | undefined {
  for (const task of tasks) {
    actions.push({ kind: 'set-desired', task: task.ID, desired: 'shutdown' });
  }
  return tasks.at(-1)?.ID;
}

interface WorkFacts {
  readonly task: StoredTask | undefined;
  readonly facts: UpdateFacts;
  readonly actions: Action[];
}

function advanceWork(state: UpdateState, work: Work, { task, facts, actions }: WorkFacts): void {
  if (task && !isWorkDone(work, task)) return;
  state.working.delete(work.task);
  if (task && work.until === 'run') {
    if (state.created.has(task.ID)) state.created.set(task.ID, facts.now);
    // start-first: a new task that ended instead leaves the old ones alone.
    if (task.Status.State === 'running') shutDown(stillWanted(work, facts), actions);
  }
  rest(state, facts.now);
}

function isWorkDone(work: Work, task: StoredTask): boolean {
  if (taskStateRank(task.DesiredState) < RUNNING) return false;
  return work.until === 'start' || taskStateRank(task.Status.State) >= RUNNING;
}

function stillWanted(work: Work, facts: UpdateFacts): readonly StoredTask[] {
  return work.replaces
    .map((id) => facts.view.get('task', id))
    .filter((task): task is StoredTask => task !== undefined && isWanted(task));
}

/** The delay follows every slot, the last one too. */
function rest(state: UpdateState, now: Instant): void {
  if (state.config.delayMs > 0) state.resting.push(toInstant(now + state.config.delayMs));
}

/**
 * Counts a task of this update that ended before, or within `Monitor` after, it ran, and follows
 * the failure action once the share of failed slots is exceeded.
 */
function judgeFailure(
  state: UpdateState,
  task: StoredTask,
  facts: UpdateFacts,
  actions: Action[],
): void {
  const { config, created } = state;
  if (config.failureAction === 'continue' || state.phase === 'stopped') return;
  if (!created.has(task.ID) || !hasEnded(task)) return;
  const startedAt = created.get(task.ID);
  created.delete(task.ID);
  if (startedAt !== undefined && facts.now - startedAt > config.monitorMs) return;
  state.failures += 1;
  if (Math.fround(state.failures / state.dirty.length) <= config.maxFailureRatio) return;
  state.phase = 'stopped';
  state.monitorUntil = undefined;
  actions.push(...failureAction(config, task, facts));
}

/** Nothing is written when a newer API update has cleared the status meanwhile. */
function failureAction(
  config: ResolvedUpdateConfig,
  task: StoredTask,
  facts: UpdateFacts,
): Action[] {
  const service = facts.view.get('service', task.ServiceID);
  const status = service?.UpdateStatus;
  if (!service || status?.State === undefined) return [];
  const because = `due to failure or early termination of task ${task.ID}`;
  const rollingBack = status.State === 'rollback_started';
  const pause = (what: string): Action[] => {
    const State: StatusWord = rollingBack ? 'rollback_paused' : 'paused';
    const Message = `${what} paused ${because}`;
    return [
      { kind: 'set-update-status', service: service.ID, status: { ...status, State, Message } },
    ];
  };
  if (config.failureAction !== 'rollback') return pause('update');
  // Deviates: a failed rollback stays paused; upstream later overwrites it with "completed" (Q13).
  if (rollingBack) return pause('rollback');
  if (!service.PreviousSpec) return pause('update');
  const Message = `update rolled back ${because}`;
  return [
    {
      kind: 'roll-back',
      service: service.ID,
      status: { ...status, State: 'rollback_started', Message },
    },
  ];
}

/** Marks the update complete, unless a newer API update has cleared the status. */
function completion(id: ServiceId, facts: UpdateFacts): Action[] {
  const status = facts.view.get('service', id)?.UpdateStatus;
  if (status?.State === undefined) return [];
  const rollingBack = status.State === 'rollback_started';
  return [
    {
      kind: 'set-update-status',
      service: id,
      status: {
        ...status,
        State: rollingBack ? 'rollback_completed' : 'completed',
        Message: rollingBack ? 'rollback completed' : 'update completed',
        CompletedAt: formatTimestamp(facts.now),
      },
    },
  ];
}

function isSlotDirty(
  tasks: readonly StoredTask[],
  service: StoredService,
  facts: UpdateFacts,
): boolean {
  return tasks.length > 1 || tasks.some((task) => isDirty(service, task, facts.view));
}
