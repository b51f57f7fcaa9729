import type { Codec } from '../codec.ts';
import { textList } from '../collections.ts';
import { defineKey, type KeySpec } from '../key-spec.ts';
import { splitWords } from '../split-words.ts';

/** A command line: a list literally, a string split like a shell does. Empty means not set. */
const commandLine: Codec<readonly string[]> = {
  decode: (value, at) => {
    if (typeof value !== 'string') return textList.decode(value, at);
    const split = splitWords(value);
    if (split.kind === 'ok') return split.words;
    const hint = 'close the quote, or write the command as a list';
    at.error({ code: 'invalid-command', reason: split.reason, hint });
    return undefined;
  },
  merge: (base, over) => (over.length === 0 ? base : over),
  print: (value) => (value.length === 0 ? undefined : value),
};

/** Arguments of the image's entrypoint. @source spec/stack-file.md 8.2 */
export const command: KeySpec<readonly string[]> = defineKey({
  codec: commandLine,
  support: 'supported',
  convert: (words, { draft }) => {
    if (words.length > 0) draft.container.Args = words;
  },
});

/** Replaces the image's entrypoint. @source spec/stack-file.md 8.2 */
export const entrypoint: KeySpec<readonly string[]> = defineKey({
  codec: commandLine,
  support: 'supported',
  convert: (words, { draft }) => {
    if (words.length > 0) draft.container.Command = words;
  },
});
