import { sha256Hex } from '../base/hash.ts';
import type { ServiceId } from '../swarm/object.ts';

/** 127.64.0.0/10, without the addresses that end in 0 or 255. */
const FIRST = 64;
const SIZE = 64 * 256 * 254;

/**
 * A virtual IP for each service: always the same for one id, unless an older service has it.
 * @param services - in the order of their creation
 */
export function toVirtualAddresses(services: readonly ServiceId[]): ReadonlyMap<ServiceId, string> {
  const taken = new Set<number>();
  return new Map(
    services.map((id) => {
      let at = Number.parseInt(sha256Hex(id).slice(0, 12), 16) % SIZE;
      while (taken.has(at)) at = (at + 1) % SIZE;
      taken.add(at);
      const second = FIRST + Math.floor(at / (256 * 254));
      return [id, `127.${second}.${Math.floor(at / 254) % 256}.${(at % 254) + 1}`];
    }),
  );
}
