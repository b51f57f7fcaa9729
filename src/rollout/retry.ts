import { toInstant, sleepUntil, type Clock } from '../base/clock.ts';

/** When and how often to try again. */
export interface RetryPolicy {
  readonly clock: Clock;
  readonly signal?: AbortSignal | undefined;
  /** Pauses between tries; as many retries as there are pauses. */
  readonly delaysMs: readonly number[];
  /** Whether this failure can go away by itself. */
  readonly isTransient: (error: unknown) => boolean;
  /** Called before each pause. */
  readonly onRetry?: (error: unknown) => void;
}

/** Races inside a cluster are over within seconds; 12 tries in about 25 s. */
export const RACE_DELAYS_MS: readonly number[] = [
  100, 200, 400, 800, 1600, 2000, 3000, 3000, 4000, 5000, 5000,
];

/**
 * Runs `attempt` until it succeeds, its failure is not transient, or the tries are used up.
 * @throws what the last attempt threw
 */
export async function retry<T>(
  policy: RetryPolicy,
  attempt: (lastError: unknown) => Promise<T>,
): Promise<T> {
  let lastError: unknown;
  for (const delayMs of policy.delaysMs) {
    try {
      return await attempt(lastError);
    } catch (error) {
      if (!policy.isTransient(error)) throw error;
      lastError = error;
    }
    policy.onRetry?.(lastError);
    await sleepUntil(policy.clock, toInstant(policy.clock.now() + delayMs), policy.signal);
  }
  return attempt(lastError);
}
