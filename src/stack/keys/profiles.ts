import type { Codec } from '../codec.ts';
import { textList } from '../collections.ts';
import { defineKey, type KeySpec } from '../key-spec.ts';

/** A selection was made when `config` prints: what is left takes part always. */
const neverPrinted: Codec<readonly string[]> = { ...textList, print: () => undefined };

/** Which profiles a service takes part in; always when it names none. @source compose-spec 15-profiles.md */
export const profiles: KeySpec<readonly string[]> = defineKey({
  codec: neverPrinted,
  support: 'supported',
});
