import { EXIT_CODE, UserError } from '../base/errors.ts';

/** What can be wrong with the state of an embedded cluster. */
export type StateTrouble =
  | 'damaged'
  | 'foreign'
  | 'newer'
  | 'key-missing'
  | 'key-wrong'
  | 'key-open';

const HINTS: Readonly<Record<StateTrouble, (cluster: string) => string>> = {
  damaged: (name) =>
    `nothing was changed. 'tstack cluster repair ${name}' keeps what can be read and sets the rest aside; ` +
    `'tstack cluster import ${name} FILE' puts an earlier 'tstack cluster export' back`,
  foreign: (name) =>
    `nothing was changed. Move the file away, then start again or use 'tstack cluster import ${name} FILE'; ` +
    `'tstack cluster repair' and 'export' read only what tstack wrote`,
  newer: (name) =>
    `use that tstack; its 'tstack cluster export ${name} FILE' is what 'import' and 'repair' of another can start from`,
  'key-missing': (name) =>
    `put the key file back. Without it neither 'tstack cluster repair' nor 'export' can read the state; ` +
    `'tstack cluster import ${name} FILE' starts over from an export`,
  'key-wrong': (name) =>
    `put the key file of this cluster back. 'tstack cluster repair' and 'export' need it too; ` +
    `'tstack cluster import ${name} FILE' starts over from an export`,
  'key-open': () =>
    'chmod 600 the file; if others may have read it, replace the secrets of the cluster',
};

/** The state of an embedded cluster cannot be used as it lies on disk. Exit 9. */
export class StateError extends UserError {
  override readonly name = 'StateError';
  readonly trouble: StateTrouble;
  constructor(
    message: string,
    facts: { readonly trouble: StateTrouble; readonly cluster: string; readonly cause?: unknown },
  ) {
    super(message, {
      code: `cluster-state-${facts.trouble}`,
      exitCode: EXIT_CODE.unreachable,
      hint: HINTS[facts.trouble](facts.cluster),
      cause: facts.cause,
    });
    this.trouble = facts.trouble;
  }
}
