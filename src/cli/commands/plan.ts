import { EXIT_CODE } from '../../base/errors.ts';
import { defineCommand } from '../define-command.ts';
import { PLAN_OPTIONS, planOptionsOf } from '../plan-options.ts';
import { showLint } from '../show-lint.ts';
import { loadStackFiles, toStackSpec } from '../stack-files.ts';
import { checkStackName } from '../stack-name.ts';

export const plan = defineCommand({
  name: 'plan',
  summary: 'Show what a deploy would change, field by field; writes nothing',
  description:
    'Exit 0: the plan can be carried out. 2: it has changes (with --detailed-exitcode). ' +
    '3: files invalid. 4: a deploy would be refused. 9: cluster unreachable.',
  arguments: { stack: { placeholder: 'STACK', count: 'one', complete: 'stack' } },
  options: {
    ...PLAN_OPTIONS,
    out: {
      kind: 'string',
      placeholder: 'FILE',
      help: 'Also write the plan to a file, for `tstack deploy --plan FILE`; no secret is in it',
      complete: 'file',
    },
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
    { command: 'tstack plan -c compose.yml web', text: 'What will change, and where it says so' },
    { command: 'tstack plan -c compose.yml --detailed-exitcode web', text: 'Drifted? Then exit 2' },
    { command: 'tstack plan -c compose.yml --out web.plan web', text: 'For deploy --plan' },
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
    const options = planOptionsOf(flags, context, loaded);
    const prepared = await showPlan(context, { spec, options }, flags);
    if (flags.out !== undefined) {
      const { writePlanFile } = await import('../plan-file.ts');
      await writePlanFile(context, flags.out, { loaded, spec, prepared, options });
    }
    const isChanged = flags.detailedExitcode && hasChanges(prepared.plan);
    return isChanged ? EXIT_CODE.changes : EXIT_CODE.ok;
  },
});
