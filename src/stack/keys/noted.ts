import { mergeRaw, type Codec } from '../codec.ts';
import { textList } from '../collections.ts';
import { defineKey, type KeySpec } from '../key-spec.ts';
import { asWritten } from '../scalars.ts';
import { isYamlMap, type YamlValue } from '../yaml-values.ts';

/** Kept as written and shown; mappings of several files are united. */
const shown: Codec<NonNullable<YamlValue>> = {
  ...asWritten,
  merge: (base, over) => (isYamlMap(base) && isYamlMap(over) ? mergeRaw(base, over) : over),
};

const notedKey = (): KeySpec<NonNullable<YamlValue>> =>
  defineKey({ codec: shown, support: 'ignored' });

/** Log following of docker compose; mentioned in a note. @source keys/table/container.ts */
export const attach: KeySpec<NonNullable<YamlValue>> = notedKey();
/** For development; mentioned in a note. @source keys/table/container.ts */
export const develop: KeySpec<NonNullable<YamlValue>> = notedKey();
/** Mentioned in a note. @source keys/table/container.ts */
export const pullPolicy: KeySpec<NonNullable<YamlValue>> = notedKey();
/** Mentioned in a note. @source keys/table/container.ts */
export const pullRefreshAfter: KeySpec<NonNullable<YamlValue>> = notedKey();

/** More groups of the process. @source research/demand.md 5.3 */
export const groupAdd: KeySpec<readonly string[]> = defineKey({
  codec: textList,
  support: 'supported',
  convert: (value, { draft }) => {
    if (value.length > 0) draft.container.Groups = value;
  },
});
