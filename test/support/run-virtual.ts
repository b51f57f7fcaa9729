import type { VirtualClock } from '../../src/base/clock.ts';

/**
 * Awaits `work` while moving virtual time on whenever nothing else can happen.
 *
 * Fails when nothing waits and the work is not done: a hang would be a hang.
 */
export async function runVirtual<T>(clock: VirtualClock, work: Promise<T>): Promise<T> {
  const state = { isDone: false };
  const mark = (): void => {
    state.isDone = true;
  };
  work.then(mark, mark);
  for (let idle = 0; !state.isDone && idle < 50;) {
    await new Promise((resolve) => setImmediate(resolve));
    if (!state.isDone) idle = clock.step() ? 0 : idle + 1;
  }
  if (!state.isDone) throw new Error('nothing more will happen, and the work is not done');
  return work;
}
