import { isEmpty, textMap, type TextMap } from '../collections.ts';
import { defineKey, type KeySpec } from '../key-spec.ts';

/** Kernel parameters of the container; not checked by the client. @source spec/stack-file.md 8.4 */
export const sysctls: KeySpec<TextMap> = defineKey({
  codec: textMap,
  support: 'supported',
  convert: (value, { draft }) => {
    if (!isEmpty(value)) draft.container.Sysctls = { ...value };
  },
});
