import { defineCommand } from '../define-command.ts';
import { RELEASE_OPTIONS } from '../release.ts';
import { ROLLOUT_OPTIONS } from '../run-rollout.ts';
import { checkStackName } from '../stack-name.ts';

export const rollback = defineCommand({
  name: 'rollback',
  summary: 'Bring a whole stack back to an earlier revision, and wait until it runs',
  description:
    'Services with their images and numbers of tasks, secrets, configs and networks become what they ' +
    'were; jobs are not run again, volumes stay. Without REVISION: from a failed deploy to the newest ' +
    'good revision, from a good one to the good one before it. Exit codes as for deploy; 1: nothing to ' +
    'go back to; 4: the content of a secret is gone.',
  arguments: {
    stack: { placeholder: 'STACK', count: 'one', complete: 'stack' },
    revision: { placeholder: 'REVISION', count: 'optional' },
  },
  options: {
    previous: {
      kind: 'boolean',
      default: false,
      help: 'Go back to what the cluster itself remembers of each service; needs no revisions',
    },
    ...ROLLOUT_OPTIONS,
    ...RELEASE_OPTIONS,
  },
  examples: [
    { command: 'tstack rollback web', text: 'Undo the last deploy' },
    { command: 'tstack rollback web 12', text: 'Back to revision 12 (tstack history web)' },
    { command: 'tstack rollback --previous web', text: 'Where no revisions were kept' },
  ],
  async run(flags, context) {
    checkStackName(flags.stack);
    const { rollBack } = await import('../roll-back.ts');
    return rollBack(context, flags);
  },
});
