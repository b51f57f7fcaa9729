import { describe, expect, inject, test } from 'vitest';
import { walkThrough } from '../e2e/docker-walk.ts';

const offer = inject('swarmLab');

/** The control: the same walk, on the engine of the lab that is in no Swarm. */
describe.skipIf(offer.kind === 'none')('a real engine', () => {
  if (offer.kind === 'none') return;
  const { outside, image } = offer.lab;
  test('the docker command walks through it alike', { timeout: 900_000 }, async () => {
    const target = { kind: 'swarm' as const, socket: outside.socket, host: outside.name, image };
    const results = await walkThrough(target);
    const failed = results.filter((one) => one.problems.length > 0);
    expect(failed.map(({ command, problems: why }) => ({ command, why }))).toEqual([]);
  });
});
