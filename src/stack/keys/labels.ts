import { textMap, type TextMap } from '../collections.ts';
import { defineKey, type KeySpec } from '../key-spec.ts';

/** Labels of the containers. @source spec/stack-file.md 8.4 */
export const labels: KeySpec<TextMap> = defineKey({
  codec: textMap,
  support: 'supported',
  convert: (value, { draft }) => {
    draft.containerLabels = value;
  },
});
