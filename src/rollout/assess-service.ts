import { compareStrings } from '../base/compare.ts';
import { toInstant, type Instant } from '../base/clock.ts';
import { isJob } from '../plan/service-operations.ts';
import type { Node } from '../swarm/node.ts';
import type { Service, UpdateState } from '../swarm/service.ts';
import { classifyFailure } from '../swarm/task-failure.ts';
import { isTerminal } from '../swarm/task-state.ts';
import type { Task } from '../swarm/task.ts';
import type { ServicePhase } from './events.ts';
import type { ServiceWatch } from './service-watch.ts';
import { isWanted, runningTask, type Slot } from './task-slots.ts';

/** Where a service stands, and why. */
export interface Assessment {
  readonly phase: ServicePhase;
  readonly done: number;
  readonly wanted: number;
  readonly reason?: string | undefined;
  /** When the monitor window will have passed, if nothing happens until then. */
  readonly readyAt?: Instant | undefined;
  readonly abandonedSince?: Instant | undefined;
}

interface Look {
  readonly watch: ServiceWatch;
  readonly service: Service;
  readonly slots: readonly Slot[];
  readonly nodes: ReadonlyMap<string, Node>;
  readonly now: Instant;
}

/** The engine's default, `UpdateConfig.Monitor` absent. */
const DEFAULT_MONITOR_MS = 5000;

/**
 * The longest watch of our own. While it updates, the engine watches for all of Monitor itself (the
 * update stays `updating`); a first deploy it does not watch at all.
 */
const LONGEST_WATCH_MS = 30_000;

/** Clocks of nodes differ a little; a timestamp proves a window only with this much to spare. */
const CLOCK_MARGIN_MS = 2000;

/**
 * Tasks that could not even be started (image, mount, command) in one slot before a service is
 * given up: trying again rarely helps.
 */
export const MAX_REJECTIONS = 3;

/** Tasks that ended with an error in one slot: enough for a start that waits for a database. */
export const MAX_FAILURES = 10;

/** A slot without any wanted task for this long has been given up by the orchestrator. */
const ABANDONED_MS = 5000;

/** The engine's default, `RestartPolicy.Delay` absent. */
const DEFAULT_RESTART_DELAY_MS = 5000;

const NS_PER_MS = 1e6;

/** Judges one service at one instant. Pure. */
export function assessService(look: Look): Assessment {
  const progress = countDone(look);
  const ended = endedUpdate(look, progress);
  if (ended) return { ...progress, ...ended };
  const hopeless = persistentFailure(look);
  if (hopeless !== undefined) return { ...progress, phase: 'failed', reason: hopeless };
  const abandonedSince = abandonment(look, progress);
  if (abandonedSince !== undefined && look.now - abandonedSince >= abandonedMs(look.service)) {
    return { ...progress, phase: 'failed', reason: abandonmentReason(look) };
  }
  if (progress.done !== progress.wanted || isUpdating(look.service)) {
    return { ...progress, phase: 'waiting', reason: waitingReason(look, progress), abandonedSince };
  }
  if (isJob(look.service.Spec.Mode)) return { ...progress, phase: 'converged' };
  const readyAt = stableAt(look);
  if (readyAt <= look.now) return { ...progress, phase: 'converged' };
  return { ...progress, phase: 'monitoring', reason: 'monitoring', readyAt };
}

interface Progress {
  readonly done: number;
  readonly wanted: number;
}

/** Tasks that are as declared, and how many should be. */
function countDone(look: Look): Progress {
  const { service, slots } = look;
  const mode = service.Spec.Mode;
  const isDone = (slot: Slot): boolean =>
    isJob(mode) ? slot.current.some(isComplete) : isSlotDone(look, slot);
  const done = slots.filter(isDone).length;
  if (mode?.ReplicatedJob) {
    const total = mode.ReplicatedJob.TotalCompletions ?? mode.ReplicatedJob.MaxConcurrent ?? 1;
    return { done, wanted: total };
  }
  if (mode?.GlobalJob) {
    const current = slots.filter((slot) => slot.current.length > 0);
    return { done, wanted: Math.max(1, current.length) };
  }
  if (mode?.Global) {
    return { done, wanted: slots.filter((slot) => isGlobalSlotWanted(look, slot)).length };
  }
  return { done, wanted: mode?.Replicated?.Replicas ?? 1 };
}

/** Between a failure and the restart no task of a node is wanted; the service still is. */
function isGlobalSlotWanted({ watch, nodes }: Look, slot: Slot): boolean {
  if (slot.all.some((task) => isWanted(task, nodes))) return true;
  const [newest] = slot.all;
  // Of what failed before, nobody can say whether the node still suits.
  if (!newest || watch.endedBefore.has(newest.ID)) return false;
  if (classifyFailure(newest.Status).class === 'scheduling') return false;
  const state = newest.Status.State;
  const node = nodes.get(slot.key);
  const isUp = node?.Status.State === 'ready' && node.Spec.Availability === 'active';
  return isUp && (state === 'failed' || state === 'rejected');
}

function isComplete(task: Task): boolean {
  return task.Status.State === 'complete';
}

/** A slot is done when its task runs, or has ended well and is not meant to be restarted. */
function isSlotDone({ service, nodes }: Look, slot: Slot): boolean {
  if (runningTask(slot, nodes)) return true;
  const [newest] = slot.current;
  return restartCondition(service) !== 'any' && newest !== undefined && isComplete(newest);
}

function isUpdating(service: Service): boolean {
  const state = service.UpdateStatus?.State;
  return state === 'updating' || state === 'rollback_started';
}

/** What an update status that is over means; a kept service's belongs to an earlier deploy. */
function endedUpdate(
  look: Look,
  progress: Progress,
): Pick<Assessment, 'phase' | 'reason'> | undefined {
  const { service, watch } = look;
  const status = service.UpdateStatus;
  const isHistory =
    watch.target.change === 'kept' &&
    (progress.done >= progress.wanted || status?.State === 'rollback_completed');
  const ended = status?.State && ENDED_UPDATES[status.State];
  if (isHistory || !ended || isWish(look)) return undefined;
  const error = newestError(look, status.State !== 'rollback_completed');
  const because = error === undefined ? '' : ` (${error})`;
  return { phase: ended.phase, reason: `${ended.words}: ${status.Message ?? ''}${because}` };
}

/** The end of a rollback that was asked for. */
function isWish({ service, watch }: Look): boolean {
  const isAsked = watch.target.change === 'rolled-back';
  return isAsked && service.UpdateStatus?.State === 'rollback_completed';
}

/** The newest error of the spec that failed: the current one, or after a rollback the one before. */
function newestError(look: Look, ofCurrent: boolean): string | undefined {
  const [newest] = look.slots
    .flatMap((slot) => slot.all.map((task) => ({ slot, task })))
    .filter(({ slot, task }) => slot.current.includes(task) === ofCurrent && task.Status.Err)
    .sort((a, b) => compareStrings(b.task.CreatedAt, a.task.CreatedAt));
  if (!newest) return undefined;
  const { slot, task } = newest;
  return `${slotName(look.service, { slot, nodes: look.nodes })}: ${task.Status.Err ?? ''}`;
}

const ENDED_UPDATES: Partial<
  Record<UpdateState, { readonly phase: ServicePhase; readonly words: string }>
> = {
  paused: { phase: 'paused', words: 'service update paused' },
  // Neither the new spec nor the old one runs: a person has to look.
  rollback_paused: { phase: 'paused', words: 'service rollback paused' },
  rollback_completed: { phase: 'rolled-back', words: 'service update rolled back' },
};

/** Why the service will not come up by itself; undefined while it may. */
function persistentFailure(look: Look): string | undefined {
  const { service, slots } = look;
  // The engine judges an update by its own rules, and ends it.
  if (isUpdating(service) && service.Spec.UpdateConfig?.FailureAction !== 'continue') {
    return undefined;
  }
  for (const slot of slots) {
    const problem = slotFailure(look, slot);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function slotFailure(look: Look, slot: Slot): string | undefined {
  if (isSlotSteady(look, slot) || slot.current.some(isComplete)) return undefined;
  const count = look.watch.failures.get(slot.key)?.size ?? 0;
  const failed = slot.current.find((task) => task.Status.Err);
  if (count < (hasRun(failed) ? MAX_FAILURES : MAX_REJECTIONS)) return undefined;
  const name = slotName(look.service, { slot, nodes: look.nodes });
  return `${name} failed ${count} times: ${failed?.Status.Err ?? 'no error given'}`;
}

/** Whether the slot's task has been running for longer than a crash loop's does. */
function isSlotSteady({ watch, service, nodes, now }: Look, slot: Slot): boolean {
  const task = runningTask(slot, nodes);
  const since = watch.runningSince.get(task?.ID ?? '');
  return since !== undefined && now - since >= monitorMs(service);
}

/** Whether a failed task's process got to run: then it has an exit code or a health verdict. */
function hasRun(task: Task | undefined): boolean {
  return /non-zero exit|unhealthy/i.test(task?.Status.Err ?? '');
}

function slotName(
  service: Service,
  { slot, nodes }: { readonly slot: Slot; readonly nodes: ReadonlyMap<string, Node> },
): string {
  const node = nodes.get(slot.key)?.Description.Hostname;
  return `task ${service.Spec.Name}.${node ?? slot.key}`;
}

/** Since when a slot that is not done has had no task that anybody wants to run. */
function abandonment(look: Look, progress: Progress): Instant | undefined {
  const { slots, nodes, now, watch, service } = look;
  if (progress.done >= progress.wanted || slots.length === 0) return undefined;
  const isEndless = !maxAttempts(service) && restartCondition(service) === 'any';
  if (isEndless || isUpdating(service)) return undefined;
  const hasHope = (slot: Slot): boolean =>
    slot.all.some((task) => isWanted(task, nodes) && !isTerminal(task.Status.State));
  const isLost = (slot: Slot): boolean =>
    !hasHope(slot) && !isSlotDone(look, slot) && !slot.current.some(isComplete);
  if (!slots.some((slot) => isLost(slot) && slot.current.length > 0)) return undefined;
  return watch.abandonedSince ?? now;
}

function restartCondition(service: Service): string {
  return service.Spec.TaskTemplate.RestartPolicy?.Condition ?? 'any';
}

function maxAttempts(service: Service): number {
  return service.Spec.TaskTemplate.RestartPolicy?.MaxAttempts ?? 0;
}

/** Restarts that are still due come after the policy's delay. */
function abandonedMs(service: Service): number {
  if (maxAttempts(service) === 0) return ABANDONED_MS;
  const delay = service.Spec.TaskTemplate.RestartPolicy?.Delay;
  return ABANDONED_MS + (delay === undefined ? DEFAULT_RESTART_DELAY_MS : delay / NS_PER_MS);
}

function abandonmentReason({ slots, service, nodes }: Look): string {
  const lost = slots.find((slot) => !runningTask(slot, nodes) && slot.current.length > 0);
  const task = lost?.current[0];
  const condition = restartCondition(service);
  const error = task?.Status.Err ?? task?.Status.State ?? 'ended';
  const where = lost ? slotName(service, { slot: lost, nodes }) : 'a task';
  return `${where} is not restarted (restart condition ${condition}): ${error}`;
}

/** The most telling thing about what is missing. */
function waitingReason({ service, slots, nodes }: Look, progress: Progress): string {
  const wanted = slots.flatMap((slot) => slot.current.filter((task) => isWanted(task, nodes)));
  const pending = wanted.filter((one) => one.Status.State === 'pending' && one.Status.Err);
  if (pending.length > 0) {
    const text = [...new Set(pending.map((one) => one.Status.Err))].join('; ');
    return `${pending.length} ${pending.length === 1 ? 'task' : 'tasks'} pending: ${text}`;
  }
  const failed = slots
    .filter((slot) => !runningTask(slot, nodes))
    .flatMap((slot) => slot.current.filter((one) => one.Status.Err).slice(0, 1));
  if (failed[0]) return `${failed[0].Status.State}: ${failed[0].Status.Err}`;
  if (isUpdating(service)) return service.UpdateStatus?.Message ?? 'update in progress';
  const verb = isJob(service.Spec.Mode) ? 'complete' : 'running';
  return `${progress.done} of ${progress.wanted} ${verb}`;
}

function monitorMs(service: Service): number {
  const monitor = service.Spec.UpdateConfig?.Monitor;
  return monitor ? Math.min(monitor / NS_PER_MS, LONGEST_WATCH_MS) : DEFAULT_MONITOR_MS;
}

/**
 * When every running task will have run for the monitor window.
 *
 * For a service that was not touched a task's own timestamp counts as well, with a margin for clocks
 * that differ: what has been running for long needs no watching. A global service without tasks is
 * given the window too, since its tasks may not have been created yet.
 */
function stableAt({ watch, service, slots, nodes, now }: Look): Instant {
  const window = monitorMs(service);
  const instants = slots.flatMap((slot) => {
    const task = runningTask(slot, nodes);
    if (!task) return [];
    const seen = (watch.runningSince.get(task.ID) ?? now) + window;
    const told = Date.parse(task.Status.Timestamp ?? '') + window + CLOCK_MARGIN_MS;
    const isTold = watch.target.change === 'kept' && !Number.isNaN(told);
    return [isTold ? Math.min(seen, told) : seen];
  });
  const hasNone = service.Spec.Mode?.Global !== undefined && instants.length === 0;
  return toInstant(hasNone ? (watch.since ?? now) + window : Math.max(0, ...instants));
}
