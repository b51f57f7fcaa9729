import { EXIT_CODE, type ExitCode } from '../base/errors.ts';
import type { HistorySetting } from '../release/open-store.ts';
import type { Context } from './context.ts';
import { openRelease } from './release.ts';
import { parseRevision } from './revision-number.ts';

interface HistoryFlags {
  readonly stack: string;
  readonly revision: string | undefined;
  readonly history: HistorySetting | undefined;
  readonly format: string | undefined;
  readonly quiet: boolean;
}

/**
 * Prints the revisions of a stack, or all that one of them holds.
 * @throws UserError when there is no such revision, EngineError
 */
export async function showHistory(context: Context, flags: HistoryFlags): Promise<ExitCode> {
  const { stack, history, format, quiet } = flags;
  const number = parseRevision(flags.revision);
  const opened = await openRelease(context, stack, history);
  const content = opened?.content ?? { records: new Map<string, string>(), lock: undefined };
  if (number !== undefined) {
    const { findRevision } = await import('../release/rollback.ts');
    const revision = findRevision(stack, content, number);
    context.stdout.write(`${JSON.stringify(revision, undefined, 2)}\n`);
    return EXIT_CODE.ok;
  }
  const [{ listRevisions }, { renderListing }, { openJournal, revisionsOf }] = await Promise.all([
    import('./listings/revision-listing.ts'),
    import('./render/render-listing.ts'),
    import('../release/revision.ts'),
  ]);
  const journal = openJournal(content);
  const listing = listRevisions(revisionsOf(content), journal, context.clock.now());
  context.stdout.write(renderListing(listing, { format, quiet }));
  if (journal) {
    context.stderr.write(
      `Deploy ${journal.revision.number} was interrupted: tstack resume ${stack}, or tstack rollback ${stack}\n`,
    );
  }
  return EXIT_CODE.ok;
}
