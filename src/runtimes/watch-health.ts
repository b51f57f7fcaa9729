import { sleepUntil, toInstant, type Clock } from '../base/clock.ts';
import {
  afterProbe,
  probeDelayMs,
  STARTING,
  type Health,
  type HealthPlan,
} from './health-check.ts';

export interface HealthWatchOptions {
  readonly plan: HealthPlan;
  readonly clock: Clock;
  /** Runs the check once; never rejects. */
  readonly probe: (signal: AbortSignal) => Promise<boolean>;
}

/** Runs a task's health check again and again, until stopped or unhealthy. */
export class HealthWatch {
  readonly #options: HealthWatchOptions;
  readonly #stop = new AbortController();
  #health: Health = STARTING;
  readonly #waiting = new Set<() => void>();

  constructor(options: HealthWatchOptions) {
    this.#options = options;
    this.#run().catch(() => undefined);
  }

  get status(): Health['status'] {
    return this.#health.status;
  }

  /** Resolves when the status is one of these; rejects never, resolves not at all when stopped. */
  async until(statuses: readonly Health['status'][]): Promise<void> {
    while (!statuses.includes(this.#health.status)) {
      await new Promise<void>((resolve) => this.#waiting.add(resolve));
    }
  }

  stop(): void {
    this.#stop.abort();
    this.#waiting.clear();
  }

  async #run(): Promise<void> {
    const { plan, clock, probe } = this.#options;
    const { signal } = this.#stop;
    const startedAt = clock.now();
    while (this.#health.status !== 'unhealthy' && !signal.aborted) {
      const delayMs = probeDelayMs(this.#health, plan, clock.now() - startedAt);
      await sleepUntil(clock, toInstant(clock.now() + delayMs), signal);
      const sinceStartMs = clock.now() - startedAt;
      const isPassed = await probe(signal);
      if (signal.aborted) return;
      this.#health = afterProbe(this.#health, isPassed, plan, sinceStartMs);
      const waiting = [...this.#waiting];
      this.#waiting.clear();
      for (const resume of waiting) resume();
    }
  }
}
