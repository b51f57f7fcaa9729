import type { VirtualClock } from '../../src/base/clock.ts';

/**
 * Awaits `work` while moving virtual time on whenever nothing else can happen.
 *
 * Fails when nothing waits and the work is not done: a hang would be a hang.
 * @param patience - looks at work that nothing waits for; more where modules are loaded meanwhile
 */
export async function runVirtual<T>(
  clock: VirtualClock,
  work: Promise<T>,
  patience = 50,
): Promise<T> {
  const state = { isDone: false };
  const mark = (): void => {
    state.isDone = true;
  };
  work.then(mark, mark);
  for (let idle = 0; !state.isDone && idle < patience;) {
    await new Promise((resolve) => setImmediate(resolve));
    if (!state.isDone) idle = clock.step() ? 0 : idle + 1;
  }
  if (!state.isDone) throw new Error('nothing more will happen, and the work is not done');
  return work;
}
