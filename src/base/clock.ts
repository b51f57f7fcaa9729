import type { Brand } from './brand.ts';

/** Milliseconds since the Unix epoch. */
export type Instant = Brand<number, 'ms since epoch'>;

/** Makes an Instant from milliseconds since the epoch. */
export function toInstant(ms: number): Instant {
  return ms as Instant;
}

/**
 * The only source of time: it tells the time and it waits.
 *
 * Implementations: `host/system-clock.ts` (real), `VirtualClock` (tests, simulation).
 */
export interface Clock {
  now(): Instant;
  /** Calls `wake` once when `now() >= instant`; the returned function cancels it. */
  at(instant: Instant, wake: () => void): () => void;
}

/** Resolves at `instant`; rejects with the signal's reason when aborted first. */
export function sleepUntil(clock: Clock, instant: Instant, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted === true) {
      reject(abortReason(signal));
      return;
    }
    const onAbort = (): void => {
      cancel();
      if (signal) reject(abortReason(signal));
    };
    const cancel = clock.at(instant, () => {
      signal?.removeEventListener('abort', onAbort);
      resolve();
    });
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}

function abortReason(signal: AbortSignal): Error {
  return signal.reason instanceof Error ? signal.reason : new Error('aborted');
}

interface Deadline {
  readonly instant: Instant;
  readonly order: number;
  readonly wake: () => void;
}

/**
 * A clock that moves only when told to.
 *
 * Fires one deadline at a time with `now()` equal to it; ties fire in insertion order.
 */
export class VirtualClock implements Clock {
  #now: Instant;
  #order = 0;
  readonly #heap: Deadline[] = [];
  readonly #cancelled = new Set<Deadline>();

  constructor(start: Instant = toInstant(0)) {
    this.#now = start;
  }

  now(): Instant {
    return this.#now;
  }

  at(instant: Instant, wake: () => void): () => void {
    const deadline: Deadline = {
      instant: toInstant(Math.max(instant, this.#now)),
      order: this.#order++,
      wake,
    };
    this.#push(deadline);
    return () => {
      this.#cancelled.add(deadline);
    };
  }

  /** The instant of the next live deadline, undefined when nothing waits. */
  nextDeadline(): Instant | undefined {
    return this.#peek()?.instant;
  }

  /** Moves to the next deadline and fires it; false when nothing waits. */
  step(): boolean {
    const deadline = this.#peek();
    if (!deadline) return false;
    this.#pop();
    this.#now = deadline.instant;
    deadline.wake();
    return true;
  }

  /** Fires everything due up to and including `instant`, then stands at `instant`. */
  advanceTo(instant: Instant): void {
    for (let next = this.#peek(); next && next.instant <= instant; next = this.#peek()) this.step();
    this.#now = toInstant(Math.max(this.#now, instant));
  }

  #peek(): Deadline | undefined {
    for (let top = this.#heap[0]; top && this.#cancelled.has(top); top = this.#heap[0]) {
      this.#cancelled.delete(top);
      this.#pop();
    }
    return this.#heap[0];
  }

  #push(deadline: Deadline): void {
    const heap = this.#heap;
    let at = heap.push(deadline) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!isBefore(deadline, heap[parent])) break;
      heap[at] = heap[parent] as Deadline;
      at = parent;
    }
    heap[at] = deadline;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (!last || heap.length === 0) return;
    let at = 0;
    for (;;) {
      let child = at * 2 + 1;
      if (child >= heap.length) break;
      if (isBefore(heap[child + 1], heap[child])) child += 1;
      if (!isBefore(heap[child], last)) break;
      heap[at] = heap[child] as Deadline;
      at = child;
    }
    heap[at] = last;
  }
}

function isBefore(a: Deadline | undefined, b: Deadline | undefined): boolean {
  if (!a || !b) return a !== undefined;
  return a.instant === b.instant ? a.order < b.order : a.instant < b.instant;
}
