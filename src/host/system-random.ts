import type { Random } from '../base/random.ts';

/** The platform's generator; not for secrets. */
export const systemRandom: Random = { next: () => Math.random() };
