import { UsageError, type ExitCode } from '../base/errors.ts';
import type { HistorySetting } from '../release/open-store.ts';
import { describeActor } from './actor.ts';
import type { Context } from './context.ts';
import { checkAtomic } from './deploy-release.ts';
import { openRelease, releasePorts } from './release.ts';
import { runRollout, waitingOf } from './run-rollout.ts';
import { VERSION } from './version.ts';

interface RevisionFlags {
  readonly stack: string;
  readonly revision: number;
  readonly composeFile: readonly string[];
  readonly history: HistorySetting | undefined;
  readonly keep: number;
  readonly atomic: boolean;
  readonly prune: boolean;
  readonly dryRun: boolean;
  readonly detach: boolean | undefined;
  readonly quiet: boolean;
  readonly progress: 'auto' | 'tty' | 'plain' | 'json';
  readonly timeout: number;
}

/**
 * Deploys what a revision was, as if its files were deployed with its images.
 * @throws UsageError with files besides, UserError when it is not kept, and as releaseStack
 */
export async function deployRevision(context: Context, flags: RevisionFlags): Promise<ExitCode> {
  if (flags.composeFile.length > 0 || flags.dryRun) {
    throw new UsageError(
      `--revision takes the place of files and is not planned (${flags.dryRun ? '--dry-run' : '-c'})`,
      `tstack diff ${flags.stack} ${flags.revision} shows what it would change.`,
    );
  }
  const [{ findRevision }, { prepareStored }, { releaseStack }] = await Promise.all([
    import('../release/rollback.ts'),
    import('../release/prepare-stored.ts'),
    import('../release/release-stack.ts'),
  ]);
  const opened = await openRelease(context, flags.stack, flags.history);
  const content = opened?.content ?? { records: new Map<string, string>(), lock: undefined };
  const { model } = findRevision(flags.stack, content, flags.revision);
  const waiting = waitingOf(flags, context);
  const options = {
    prune: flags.prune,
    resolveImage: 'never',
    compatDocker: false,
    ...waiting,
  } as const;
  checkAtomic(flags, options);
  return runRollout(context, flags, async (ports) => {
    const all = await releasePorts(context, ports);
    const origin = {
      kind: 'deploy',
      restores: flags.revision,
      actor: await describeActor(context),
      tool: VERSION,
      sources: [],
      variables: [],
    } as const;
    const rules = { removable: flags.prune ? 'all' : new Set<string>(), runsJobs: 'all' } as const;
    const again = () => prepareStored(model, rules, ports);
    const request = { origin, options, keep: flags.keep, atomic: flags.atomic };
    return releaseStack({ prepared: await again(), again }, request, { opened, ports: all });
  });
}
