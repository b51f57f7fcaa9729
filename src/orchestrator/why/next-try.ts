import type { Instant } from '../../base/clock.ts';
import { toInstant } from '../../base/clock.ts';
import { parseTimestamp } from '../../base/timestamp.ts';
import type { TaskId } from '../../swarm/object.ts';
import { isSameMessage } from '../../swarm/same-message.ts';
import type { RestartPolicy, Service } from '../../swarm/service.ts';
import { isTerminal, taskStateRank, type TaskState } from '../../swarm/task-state.ts';
import { delayOf, isJob } from '../restart/decide-restart.ts';
import type { ObservedTask } from '../scheduler/observed-cluster.ts';

/** What comes after a task that ended. */
export type NextTry =
  /** Another task holds the slot. */
  | { readonly kind: 'replaced'; readonly by: TaskId; readonly state: TaskState }
  /** A task waits for the restart delay, or for its predecessor to stop. */
  | { readonly kind: 'waiting'; readonly by: TaskId; readonly notBefore: Instant }
  /** The orchestrator has yet to replace it. */
  | { readonly kind: 'expected'; readonly notBefore: Instant }
  | { readonly kind: 'none'; readonly why: string };

/** The restart policy as it applies to one slot. */
export interface RestartState {
  readonly condition: 'none' | 'on-failure' | 'any';
  readonly delayMs: number;
  /** 0 = unlimited. */
  readonly maxAttempts: number;
  /** 0 = for ever. */
  readonly windowMs: number;
  /** Restarts of this spec that the cluster still remembers; there may have been more. */
  readonly restarts: number;
  readonly next: NextTry;
}

const NS_PER_MS = 1e6;
const COMPLETE = taskStateRank('complete');

/**
 * Where the restarts of a task's slot stand, as far as the task history tells.
 * @param slot - all known tasks of the slot, oldest first, the task among them
 * @source spec/orchestrator.md section 14
 */
export function explainRestart(
  task: ObservedTask,
  slot: readonly ObservedTask[],
  service: Service | undefined,
): RestartState {
  const policy = task.Spec.RestartPolicy;
  const alike = slot.filter((one) => isSameMessage(one.Spec, task.Spec));
  return {
    condition: policy?.Condition ?? 'any',
    delayMs: delayOf(policy),
    maxAttempts: policy?.MaxAttempts ?? 0,
    windowMs: (policy?.Window ?? 0) / NS_PER_MS,
    restarts: Math.max(0, alike.length - 1),
    next: nextTry(task, slot, { policy, service, restarts: alike.length - 1 }),
  };
}

interface Circumstances {
  readonly policy: RestartPolicy | undefined;
  readonly service: Service | undefined;
  readonly restarts: number;
}

function nextTry(
  task: ObservedTask,
  slot: readonly ObservedTask[],
  { policy, service, restarts }: Circumstances,
): NextTry {
  const successor = slot.findLast(
    (one) =>
      one.ID !== task.ID &&
      taskStateRank(one.DesiredState) <= COMPLETE &&
      !isTerminal(one.Status.State),
  );
  if (successor) {
    const { ID: by, DesiredState, Status } = successor;
    if (DesiredState !== 'ready') return { kind: 'replaced', by, state: Status.State };
    const ended = parseTimestamp(task.Status.Timestamp ?? '') ?? toInstant(0);
    return { kind: 'waiting', by, notBefore: toInstant(ended + delayOf(policy)) };
  }
  const why = whyNone(task, { policy, service, restarts });
  if (why !== undefined) return { kind: 'none', why };
  return { kind: 'expected', notBefore: replacementDue(task, slot, policy) };
}

/** A task that ended while it waited for its own delay is replaced when that is over. */
function replacementDue(
  task: ObservedTask,
  slot: readonly ObservedTask[],
  policy: RestartPolicy | undefined,
): Instant {
  const ended = parseTimestamp(task.Status.Timestamp ?? '') ?? toInstant(0);
  if (task.DesiredState !== 'ready') return ended;
  const before = slot.findLast((one) => one.ID !== task.ID && isTerminal(one.Status.State));
  const began = parseTimestamp(before?.Status.Timestamp ?? '') ?? ended;
  return toInstant(began + delayOf(policy));
}

function whyNone(
  task: ObservedTask,
  { policy, service, restarts }: Circumstances,
): string | undefined {
  const limit = policy?.MaxAttempts ?? 0;
  if (!service) return 'its service has been removed';
  const refusal = refusedByCondition(task, policy, service);
  if (refusal !== undefined) return refusal;
  if (limit > 0 && restarts >= limit) return `its ${limit} restarts are used up`;
  if (service.UpdateStatus?.State === 'paused') return 'the update of its service is paused';
  if (task.DesiredState === 'remove') return 'its slot was scaled away';
  const isWanted = taskStateRank(task.DesiredState) <= COMPLETE;
  return isWanted ? undefined : 'nothing is to run in its place';
}

function refusedByCondition(
  task: ObservedTask,
  policy: RestartPolicy | undefined,
  service: Service,
): string | undefined {
  const condition = policy?.Condition ?? 'any';
  if (condition === 'none') return 'the restart policy has the condition none';
  if (task.Status.State !== 'complete') return undefined;
  if (isJob(service.Spec.Mode)) return 'it did its work';
  return condition === 'on-failure'
    ? 'it ended without an error, and the restart policy has the condition on-failure'
    : undefined;
}
