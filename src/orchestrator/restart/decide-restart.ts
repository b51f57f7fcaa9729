import { toInstant, type Instant } from '../../base/clock.ts';
import type { RestartPolicy, ServiceMode } from '../../swarm/service.ts';
import { hasEnded, statusInstant } from '../reconcile/slots.ts';
import type { StoredNode, StoredService, StoredTask } from '../store/stored-object.ts';
import type { RestartHistory } from './restart-history.ts';

const DEFAULT_DELAY_MS = 5000;
const NS_PER_MS = 1e6;

/** What becomes of a task that ended, or lost its node. */
export type RestartDecision =
  | { readonly kind: 'leave' }
  | {
      readonly kind: 'replace';
      /** Earliest start of the replacement. */
      readonly notBefore: Instant;
      /** Whether the replacement also waits until the old task has stopped. */
      readonly waitsForStop: boolean;
    };

export interface RestartQuestion {
  readonly task: StoredTask;
  readonly service: StoredService;
  /** The task's node; undefined when it has none, or it is gone. */
  readonly node: StoredNode | undefined;
  /** Former restarts of the slot. */
  readonly history: RestartHistory | undefined;
  readonly now: Instant;
}

/**
 * Chooses whether and when a task is replaced.
 *
 * Pure. The task itself is to be shut down in either case.
 * @source swarmkit manager/orchestrator/restart/restart.go (Restart); spec/orchestrator.md 14
 */
export function decideRestart(question: RestartQuestion): RestartDecision {
  const { task, service, node, now } = question;
  if (!shouldRestart(task, service, question.history)) return { kind: 'leave' };
  const isDrained = node?.Spec.Availability === 'drain';
  const delayMs = isDrained ? 0 : delayOf(task.Spec.RestartPolicy);
  return {
    kind: 'replace',
    notBefore: toInstant(now + delayMs),
    waitsForStop: node?.Status.State !== 'down' && !hasEnded(task),
  };
}

/** The delay before a replacement starts, ms. */
export function delayOf(policy: RestartPolicy | undefined): number {
  return policy?.Delay === undefined ? DEFAULT_DELAY_MS : policy.Delay / NS_PER_MS;
}

/**
 * Whether the restart policy brings a task back.
 *
 * Parity: condition `none` means never, also when the task's node was drained or went down (Q19).
 * @source swarmkit manager/orchestrator/restart/restart.go (shouldRestart); spec/orchestrator.md 14
 */
export function shouldRestart(
  task: StoredTask,
  service: StoredService,
  history: RestartHistory | undefined,
): boolean {
  const policy = task.Spec.RestartPolicy;
  const condition = policy?.Condition || 'any';
  if (condition === 'none') return false;
  const stopsWhenComplete = condition === 'on-failure' || isJob(service.Spec.Mode);
  if (stopsWhenComplete && task.Status.State === 'complete') return false;
  const limit = policy?.MaxAttempts ?? 0;
  if (limit === 0 || !history || history.specVersion !== task.SpecVersion) return true;
  return countedRestarts(task, policy, history) < limit;
}

/** Whether a service runs to completion instead of for ever. */
export function isJob(mode: ServiceMode | undefined): boolean {
  return mode?.ReplicatedJob !== undefined || mode?.GlobalJob !== undefined;
}

/** All restarts, or with a window those within it, counted back from the end of the task. */
function countedRestarts(
  task: StoredTask,
  policy: RestartPolicy | undefined,
  history: RestartHistory,
): number {
  if (!policy?.Window) return history.total;
  const end = statusInstant(task);
  const start = end - policy.Window / NS_PER_MS;
  return history.at.filter((at) => at > start && at < end).length;
}
