import type { Random } from '../base/random.ts';

/** 64 hexadecimal digits, as an engine's container ids have. */
export function randomContainerId(random: Random): string {
  let id = '';
  while (id.length < 64)
    id += Math.floor(random.next() * 2 ** 32)
      .toString(16)
      .padStart(8, '0');
  return id;
}
