import { UserError } from '../base/errors.ts';
import type { HeldLock } from '../release/lock.ts';
import type { HistorySetting, OpenedStore } from '../release/open-store.ts';
import type { ReleasePorts } from '../release/release-stack.ts';
import type { LockStack } from '../rollout/change-services.ts';
import type { RolloutPorts } from '../rollout/ports.ts';
import { describeActor } from './actor.ts';
import type { Context } from './context.ts';

/** The flag that says where history is kept. */
export const HISTORY_OPTION = {
  kind: 'choice',
  choices: ['local', 'cluster', 'off'],
  help: 'Where revisions and locks are kept (default: where the stack has them, else local)',
} as const;

/** The flags of commands that make revisions. */
export const RELEASE_OPTIONS = {
  history: HISTORY_OPTION,
  keep: { kind: 'count', placeholder: 'N', default: 10, help: 'How many revisions to keep' },
} as const;

/** The flags of `deploy` that decide how it can be undone. */
export const UNDO_OPTIONS = {
  ...RELEASE_OPTIONS,
  atomic: {
    kind: 'boolean',
    default: false,
    help: 'Put everything back when it fails, and check that too; exit 6 then',
  },
  revision: {
    kind: 'count',
    placeholder: 'N',
    help: 'Deploy what revision N was, in place of files (tstack history lists them)',
  },
} as const;

/**
 * Opens what is kept of a stack; undefined when nothing is to be kept.
 * @param setting - of the flag, else of the file
 * @throws EngineError; a machine that cannot keep anything is a warning
 */
export async function openRelease(
  context: Context,
  stack: string,
  setting: HistorySetting | undefined,
): Promise<OpenedStore | undefined> {
  if (context.globals.compat === 'docker') return undefined;
  const { openReleaseStore } = await import('../release/open-store.ts');
  const engine = await context.engine();
  const { signal, openReleaseFiles: openFiles } = context;
  try {
    return await openReleaseStore(stack, setting ?? 'local', { engine, signal, openFiles });
  } catch (error) {
    if (!(error instanceof UserError) || error.code !== 'history-unusable') throw error;
    context.stderr.write(`WARNING: ${error.message}; nothing is kept of this command\n`);
    return undefined;
  }
}

/** The ports of a rollout, and those of the lock. */
export async function releasePorts(context: Context, ports: RolloutPorts): Promise<ReleasePorts> {
  const [{ process, isGone }, actor] = await Promise.all([
    context.describeSelf(),
    describeActor(context),
  ]);
  return { ...ports, lock: { clock: context.clock, process, isGone, actor } };
}

/** Locks stacks for a command, where history is kept. */
export function lockFor(
  context: Context,
  command: string,
  setting: HistorySetting | undefined,
): LockStack {
  return async (stack, ports, work) => {
    const opened = await openRelease(context, stack, setting);
    if (!opened) return work(ports);
    const [{ takeLock }, { guarded }] = await Promise.all([
      import('../release/lock.ts'),
      import('../release/release-stack.ts'),
    ]);
    const all = await releasePorts(context, ports);
    const lock: HeldLock = await takeLock(opened.store, { stack, command }, all.lock);
    try {
      return await work(guarded(all, lock));
    } finally {
      await lock.release();
    }
  };
}
