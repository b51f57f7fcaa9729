import { expect, test } from 'vitest';
import { sleepUntil, toInstant, VirtualClock } from '../../../src/base/clock.ts';

test('fires deadlines in order, ties in insertion order, with now equal to the deadline', () => {
  const clock = new VirtualClock();
  const seen: string[] = [];
  const note = (name: string) => () => void seen.push(`${name}@${clock.now()}`);
  clock.at(toInstant(30), note('c'));
  clock.at(toInstant(10), note('a'));
  clock.at(toInstant(10), note('b'));
  const cancel = clock.at(toInstant(20), note('cancelled'));
  cancel();
  clock.advanceTo(toInstant(25));
  expect(seen).toEqual(['a@10', 'b@10']);
  expect(clock.now()).toBe(25);
  expect(clock.step()).toBe(true);
  expect(seen.at(-1)).toBe('c@30');
  expect(clock.step()).toBe(false);
});

test('a deadline in the past fires at now', () => {
  const clock = new VirtualClock(toInstant(100));
  let at = -1;
  clock.at(toInstant(5), () => {
    at = clock.now();
  });
  clock.step();
  expect(at).toBe(100);
});

test('sleepUntil rejects with the reason of the signal', async () => {
  const clock = new VirtualClock();
  const controller = new AbortController();
  const sleeping = sleepUntil(clock, toInstant(10), controller.signal);
  controller.abort(new Error('stop'));
  await expect(sleeping).rejects.toThrow('stop');
});
