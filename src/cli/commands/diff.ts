import { UsageError } from '../../base/errors.ts';
import { defineCommand } from '../define-command.ts';
import { HISTORY_OPTION } from '../release.ts';
import { checkStackName } from '../stack-name.ts';
import { plan } from './plan.ts';

export const diff = defineCommand({
  name: 'diff',
  summary: 'Compare two revisions of a stack, or files with the cluster (as plan)',
  description:
    'With two revisions: what leads from the first to the second, field by field; with one: from it to ' +
    'the newest. With -c FILE it is `tstack plan`. Exit 2 on differences with --detailed-exitcode.',
  arguments: {
    stack: { placeholder: 'STACK', count: 'one', complete: 'stack' },
    revisions: { placeholder: 'REVISION', count: 'any' },
  },
  options: { ...plan.options, history: HISTORY_OPTION },
  examples: [
    { command: 'tstack diff web 11 12', text: 'What revision 12 changed' },
    { command: 'tstack diff -c compose.yml web', text: 'What a deploy would change' },
  ],
  async run(flags, context) {
    const stack = flags.stack;
    checkStackName(stack);
    const { composeFile } = flags as { readonly composeFile?: readonly string[] };
    const hasFiles = (composeFile ?? []).length > 0;
    if (hasFiles && flags.revisions.length > 0) {
      throw new UsageError('-c compares files with the cluster, revisions with each other');
    }
    if (hasFiles || flags.revisions.length === 0) return plan.run(flags, context);
    const { showRevisionDiff } = await import('../show-revision-diff.ts');
    return showRevisionDiff(context, flags as Parameters<typeof showRevisionDiff>[1]);
  },
});
