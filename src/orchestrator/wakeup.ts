import type { Clock, Instant } from '../base/clock.ts';

/**
 * Runs a loop when something asks for it: any number of requests become one run, at the earliest
 * instant asked for.
 *
 * The run happens from the clock, never inside the request, so a store's watcher may request it.
 */
export class Wakeup {
  readonly #clock: Clock;
  readonly #run: () => void;
  #due: Instant | undefined;
  #cancel: (() => void) | undefined;

  constructor(clock: Clock, run: () => void) {
    this.#clock = clock;
    this.#run = run;
  }

  /** Asks for a run as soon as the caller has returned. */
  now(): void {
    this.at(this.#clock.now());
  }

  /** Asks for a run at `instant`; one already due earlier stands. */
  at(instant: Instant): void {
    if (this.#due !== undefined && this.#due <= instant) return;
    this.#cancel?.();
    this.#due = instant;
    this.#cancel = this.#clock.at(instant, () => {
      this.stop();
      this.#run();
    });
  }

  /** Forgets what was asked for. */
  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    this.#due = undefined;
  }
}
