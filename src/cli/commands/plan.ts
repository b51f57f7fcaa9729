import { EXIT_CODE } from '../../base/errors.ts';
import { defineCommand } from '../define-command.ts';
import { PLAN_OPTIONS } from '../plan-options.ts';
import { showLint } from '../show-lint.ts';
import { loadStackFiles, toStackSpec } from '../stack-files.ts';
import { checkStackName } from '../stack-name.ts';

export const plan = defineCommand({
  name: 'plan',
  aliases: ['diff'],
  summary: 'Show what a deploy would change, field by field; writes nothing',
  description:
    'Exit 0: the plan can be carried out. 2: it has changes (with --detailed-exitcode). ' +
    '3: files invalid. 4: a deploy would be refused. 9: cluster unreachable.',
  arguments: { stack: { placeholder: 'STACK', count: 'one', complete: 'stack' } },
  options: {
    ...PLAN_OPTIONS,
    detailedExitcode: {
      kind: 'boolean',
      default: false,
      help: 'Exit 2 when there is something to create, update or remove',
    },
    format: {
      kind: 'choice',
      choices: ['text', 'json', 'markdown'],
      default: 'text',
      help: 'How to print it; markdown is for comments on changes',
    },
  },
  examples: [
    {
      command: 'tstack plan -c compose.yml web',
      text: 'What will change, and where it is written',
    },
    {
      command: 'tstack plan -c compose.yml --detailed-exitcode web',
      text: 'Has the cluster drifted from the files? Exit 2 if so',
    },
    { command: 'tstack plan -c compose.yml --format json web', text: 'For a program' },
  ],
  async run(flags, context) {
    checkStackName(flags.stack);
    const loaded = await loadStackFiles(context, { ...flags, projectName: flags.stack });
    const spec = await toStackSpec(context, loaded, flags.stack);
    await showLint(context, loaded);
    const [{ showPlan }, { hasChanges }] = await Promise.all([
      import('../show-plan.ts'),
      import('../../plan/plan-summary.ts'),
    ]);
    const shown = await showPlan(context, spec, flags);
    return flags.detailedExitcode && hasChanges(shown) ? EXIT_CODE.changes : EXIT_CODE.ok;
  },
});
