import type { Nanoseconds } from '../../swarm/object.ts';
import { defineKey, type KeySpec } from '../key-spec.ts';
import { duration } from '../scalars.ts';

/** How long a container may take to stop before it is killed; 0 is sent. @source spec 8.1 */
export const stopGracePeriod: KeySpec<Nanoseconds> = defineKey({
  codec: duration({ zero: 'kept' }),
  support: 'supported',
  convert: (value, { draft }) => {
    draft.container.StopGracePeriod = value;
  },
});
