import { toInstant, type Clock, type Instant } from '../base/clock.ts';

/** Longest delay a Node timer takes; longer waits are split. */
const LONGEST_TIMER_MS = 2_147_483_647;

/** The machine's clock. A pending deadline keeps the process alive. */
export const systemClock: Clock = {
  now: () => toInstant(Date.now()),
  at(instant, wake) {
    let timer: NodeJS.Timeout;
    const arm = (): void => {
      const delay = instant - Date.now();
      timer =
        delay > LONGEST_TIMER_MS
          ? setTimeout(arm, LONGEST_TIMER_MS)
          : setTimeout(() => fire(instant, wake), Math.max(0, delay));
    };
    arm();
    return () => clearTimeout(timer);
  },
};

/** Invariant: `now() >= instant` when `wake` runs; Node's timers may fire a millisecond early. */
function fire(instant: Instant, wake: () => void): void {
  if (Date.now() >= instant) wake();
  else setTimeout(() => fire(instant, wake), 1);
}
