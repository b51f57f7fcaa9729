import { EXIT_CODE } from '../../base/errors.ts';
import { defineCommand } from '../define-command.ts';
import { CONFIRM_OPTIONS } from '../confirm-plan.ts';
import { PLAN_FILE_OPTION, readDeploySource } from '../deploy-source.ts';
import { PLAN_OPTIONS } from '../plan-options.ts';
import { noteDetached, ROLLOUT_OPTIONS, runRollout, waitingOf } from '../run-rollout.ts';
import { UNDO_OPTIONS } from '../release.ts';
import { checkStackName } from '../stack-name.ts';

export const deploy = defineCommand({
  name: 'deploy',
  aliases: ['up'],
  summary: 'Create or update a stack, and wait until it runs as declared',
  description:
    'Everything is checked before the first write; services that are as declared get no request. ' +
    'Exit 0: all tasks run what the files declare and stayed so. 3: files invalid. 4: refused before ' +
    'any write. 5: rollout failed, paused. 6: rolled back. 7: timed out. 8: the plan does not hold ' +
    'any more, or another deploy runs. 9: cluster unreachable.',
  arguments: { stack: { placeholder: 'STACK', count: 'one', complete: 'stack' } },
  options: {
    ...PLAN_OPTIONS,
    plan: PLAN_FILE_OPTION,
    ...CONFIRM_OPTIONS,
    dryRun: { kind: 'boolean', default: false, help: 'Print the plan, and write nothing' },
    ...ROLLOUT_OPTIONS,
    ...UNDO_OPTIONS,
  },
  examples: [
    { command: 'tstack deploy -c compose.yml web', text: 'Deploy and wait; the exit code tells' },
    {
      command: 'tstack deploy -c base.yml,prod.yml --prune web',
      text: 'Merge two files, remove what they dropped',
    },
    { command: 'tstack deploy -c - web < compose.yml', text: 'From standard input' },
    { command: 'tstack deploy -c compose.yml --progress json web', text: 'Events for a program' },
  ],
  async run(flags, context) {
    checkStackName(flags.stack);
    if (flags.revision !== undefined) {
      const { deployRevision } = await import('../deploy-revision.ts');
      return deployRevision(context, { ...flags, revision: flags.revision });
    }
    const source = await readDeploySource(context, flags);
    if (flags.dryRun) {
      const { showPlan } = await import('../show-plan.ts');
      const format = flags.progress === 'json' ? 'json' : 'text';
      await showPlan(context, source, { ...flags, format });
      return EXIT_CODE.ok;
    }
    noteDetached(flags, context);
    const { deployRelease } = await import('../deploy-release.ts');
    const options = { ...source.options, ...waitingOf(flags, context) };
    const { placeOfField } = await import('../../plan/field-place.ts');
    const placeOf = (service: string) => placeOfField(source.spec, service);
    return runRollout(context, { ...flags, placeOf }, (ports) =>
      deployRelease(context, source, { flags, options, ports }),
    );
  },
});
