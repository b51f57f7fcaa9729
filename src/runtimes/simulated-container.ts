import { toInstant, type Clock } from '../base/clock.ts';

/** What ended a simulated container. */
export interface SimulatedExit {
  readonly exitCode: number;
  readonly isUnhealthy: boolean;
}

/** How one simulated container behaves; every member is optional, durations in ms. */
export interface SimulatedBehaviour {
  /** From the assignment to a container that can be started. */
  readonly prepareMs?: number;
  /** Preparing fails with this error, and the task is rejected. */
  readonly rejectedWith?: string;
  /** From the start request until the process runs. */
  readonly startMs?: number;
  /** Starting fails with this error. */
  readonly failsToStartWith?: string;
  /** From running until it ends by itself; absent: it runs until stopped. */
  readonly exitsAfterMs?: number;
  readonly exitCode?: number;
  /** From running until its health check first passes; absent: no check, or see the next. */
  readonly healthyAfterMs?: number;
  /** From running until its health check has failed for good. */
  readonly unhealthyAfterMs?: number;
  /** From the stop request until it has stopped. */
  readonly stopMs?: number;
  /** Exit code when stopped. */
  readonly stopExitCode?: number;
}

const KILLED = 137;

/**
 * A container that runs nothing. It lives on its own, whoever watches it: agents come and go.
 */
export class SimulatedContainer {
  readonly id: string;
  readonly behaviour: SimulatedBehaviour;
  readonly #clock: Clock;
  readonly #onExit = new Set<(exit: SimulatedExit) => void>();
  #timers: (() => void)[] = [];
  #isRunning = false;
  #isHealthy = false;
  #exit: SimulatedExit | undefined;
  readonly #onHealthy = new Set<() => void>();

  constructor(id: string, behaviour: SimulatedBehaviour, clock: Clock) {
    this.id = id;
    this.behaviour = behaviour;
    this.#clock = clock;
  }

  get isRunning(): boolean {
    return this.#isRunning;
  }

  get exit(): SimulatedExit | undefined {
    return this.#exit;
  }

  /** Healthy, or without a health check. */
  get isHealthy(): boolean {
    return this.#isHealthy;
  }

  /** Begins to run as it behaves; once only. */
  run(): void {
    if (this.#isRunning || this.#exit) return;
    this.#isRunning = true;
    const { exitsAfterMs, exitCode = 0, healthyAfterMs, unhealthyAfterMs } = this.behaviour;
    const hasCheck = healthyAfterMs !== undefined || unhealthyAfterMs !== undefined;
    if (!hasCheck) this.#isHealthy = true;
    this.#after(exitsAfterMs, () => this.end({ exitCode, isUnhealthy: false }));
    this.#after(unhealthyAfterMs, () => this.end({ exitCode: KILLED, isUnhealthy: true }));
    this.#after(healthyAfterMs, () => {
      this.#isHealthy = true;
      for (const tell of this.#onHealthy) tell();
    });
  }

  /** Ends now, for whatever reason; later endings change nothing. */
  end(exit: SimulatedExit): void {
    if (this.#exit) return;
    this.#exit = exit;
    this.#isRunning = false;
    for (const cancel of this.#timers) cancel();
    this.#timers = [];
    for (const tell of this.#onExit) tell(exit);
  }

  /** Ends as if it had been killed. */
  kill(): void {
    this.end({ exitCode: KILLED, isUnhealthy: false });
  }

  /** Calls back at the end, or at once when it is over; the returned function ends that. */
  onExit(tell: (exit: SimulatedExit) => void): () => void {
    if (this.#exit) {
      tell(this.#exit);
      return () => undefined;
    }
    this.#onExit.add(tell);
    return () => this.#onExit.delete(tell);
  }

  /** Calls back when first healthy; the returned function ends that. */
  onHealthy(tell: () => void): () => void {
    this.#onHealthy.add(tell);
    return () => this.#onHealthy.delete(tell);
  }

  #after(ms: number | undefined, run: () => void): void {
    if (ms === undefined) return;
    this.#timers.push(this.#clock.at(toInstant(this.#clock.now() + ms), run));
  }
}
