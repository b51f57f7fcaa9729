import { EXIT_CODE, UsageError, UserError, type ExitCode } from '../base/errors.ts';
import type { StackChange } from '../release/compare-stacks.ts';
import type { HistorySetting } from '../release/open-store.ts';
import type { Revision } from '../release/revision.ts';
import { colors } from './colors.ts';
import type { Context } from './context.ts';
import { openRelease } from './release.ts';
import { parseRevision } from './revision-number.ts';

interface DiffFlags {
  readonly stack: string;
  readonly revisions: readonly string[];
  readonly history: HistorySetting | undefined;
  readonly detailedExitcode: boolean;
  readonly format: 'text' | 'json' | 'markdown';
}

/**
 * Prints what leads from one revision to another.
 * @throws UserError when one is not kept, UsageError
 */
export async function showRevisionDiff(context: Context, flags: DiffFlags): Promise<ExitCode> {
  const { stack, format } = flags;
  const [{ compareStacks }, { describeChange }] = await Promise.all([
    import('../release/compare-stacks.ts'),
    import('../plan/change-words.ts'),
  ]);
  const [from, to] = await readPair(context, flags);
  const changes = compareStacks(from.model, to.model);
  if (format === 'json') {
    const document = { stack, from: from.number, to: to.number, changes };
    context.stdout.write(`${JSON.stringify(document, undefined, 2)}\n`);
  } else {
    const words = (one: StackChange): readonly string[] => one.changes.map(describeChange);
    const { color } = context.stdout;
    context.stdout.write(changesText(changes, words, { color, isMarkdown: format === 'markdown' }));
  }
  return flags.detailedExitcode && changes.length > 0 ? EXIT_CODE.changes : EXIT_CODE.ok;
}

/** The two revisions; the second is the newest unless it is named. */
async function readPair(
  context: Context,
  { stack, revisions, history }: DiffFlags,
): Promise<readonly [Revision, Revision]> {
  if (revisions.length > 2) throw new UsageError('diff compares two revisions');
  const [from, to] = revisions.map((one) => parseRevision(one) ?? 0);
  const [{ findRevision }, { revisionNumbers }] = await Promise.all([
    import('../release/rollback.ts'),
    import('../release/revision.ts'),
  ]);
  const opened = await openRelease(context, stack, history);
  if (!opened) {
    throw new UserError(`no history of stack ${stack} is kept (--history off)`, {
      code: 'no-history',
      exitCode: EXIT_CODE.failed,
      hint: 'Keep it on this machine or in the cluster (--history local, --history cluster).',
    });
  }
  const newest = revisionNumbers(opened.content).at(-1) ?? 0;
  const read = (number = newest): Revision => findRevision(stack, opened.content, number);
  return [read(from), read(to)];
}

const SIGNS = { create: '+', update: '~', remove: '-' } as const;
const LOOKS = { create: colors.green, update: colors.yellow, remove: colors.red } as const;

function changesText(
  changes: readonly StackChange[],
  words: (change: StackChange) => readonly string[],
  style: { readonly color: boolean; readonly isMarkdown: boolean },
): string {
  if (changes.length === 0) return 'No differences.\n';
  const lines = changes.flatMap((one) => {
    const subject = `${SIGNS[one.action]} ${one.resource} ${one.name}`;
    const look = style.color ? LOOKS[one.action](subject) : subject;
    return [look, ...words(one).map((line) => `    ${visible(line)}`)];
  });
  const text = `${lines.join('\n')}\n`;
  return style.isMarkdown ? `\`\`\`diff\n${text.replaceAll('```', "'''")}\`\`\`\n` : text;
}

/** Control characters as escapes: a value of the cluster must not drive the terminal. */
function visible(text: string): string {
  return text.replace(/\p{Cc}/gu, (character) => JSON.stringify(character).slice(1, -1));
}
