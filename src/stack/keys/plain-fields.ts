import { defineKey, type KeySpec } from '../key-spec.ts';
import { flag, optionalFlag, text, wholeNumber } from '../scalars.ts';

/** Names the container's host; Go templates are the engine's to expand. @source spec 8.1 */
export const hostname: KeySpec<string> = defineKey({
  codec: text,
  support: 'supported',
  convert: (value, { draft }) => {
    if (value !== '') draft.container.Hostname = value;
  },
});

/** Runs tini as process 1. @source spec/stack-file.md 8.1 */
export const init: KeySpec<boolean> = defineKey({
  codec: optionalFlag,
  support: 'supported',
  convert: (value, { draft }) => {
    draft.container.Init = value;
  },
});

/** Isolation technology on Windows. @source spec/stack-file.md 8.1 */
export const isolation: KeySpec<string> = defineKey({
  codec: text,
  support: 'supported',
  convert: (value, { draft }) => {
    if (value !== '') draft.container.Isolation = value;
  },
});

const score = wholeNumber({ as: 'int64', zero: 'absent' });

/** Score for the kernel's out-of-memory killer. @source compose-spec; research/demand.md 5.3 */
export const oomScoreAdj: KeySpec<number> = defineKey({
  codec: {
    ...score,
    // Deviates: docker's decoder loses the key; D-0060.
    decode: (value, at) => (at.context.compat === 'docker' ? undefined : score.decode(value, at)),
  },
  support: 'supported',
  convert: (value, { draft }) => {
    if (value !== 0) draft.container.OomScoreAdj = value;
  },
});

/** Read-only root file system. @source spec/stack-file.md 8.1 */
export const readOnly: KeySpec<boolean> = defineKey({
  codec: flag,
  support: 'supported',
  convert: (value, { draft }) => {
    if (value) draft.container.ReadOnly = true;
  },
});

/** Keeps standard input open. @source spec/stack-file.md 8.1 */
export const stdinOpen: KeySpec<boolean> = defineKey({
  codec: flag,
  support: 'supported',
  convert: (value, { draft }) => {
    if (value) draft.container.OpenStdin = true;
  },
});

/** Signal that asks the container to stop. @source spec/stack-file.md 8.1 */
export const stopSignal: KeySpec<string> = defineKey({
  codec: text,
  support: 'supported',
  convert: (value, { draft }) => {
    if (value !== '') draft.container.StopSignal = value;
  },
});

/** Gives the container a terminal. @source spec/stack-file.md 8.1 */
export const tty: KeySpec<boolean> = defineKey({
  codec: flag,
  support: 'supported',
  convert: (value, { draft }) => {
    if (value) draft.container.TTY = true;
  },
});

/** User (and group) of the process. @source spec/stack-file.md 8.1 */
export const user: KeySpec<string> = defineKey({
  codec: text,
  support: 'supported',
  convert: (value, { draft }) => {
    if (value !== '') draft.container.User = value;
  },
});

/** Working directory of the process. @source spec/stack-file.md 8.1 */
export const workingDir: KeySpec<string> = defineKey({
  codec: text,
  support: 'supported',
  convert: (value, { draft }) => {
    if (value !== '') draft.container.Dir = value;
  },
});
