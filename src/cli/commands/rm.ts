import { defineCommand } from '../define-command.ts';
import { HISTORY_OPTION } from '../release.ts';
import { ROLLOUT_OPTIONS, runRollout, waitingOf } from '../run-rollout.ts';
import { checkStackName } from '../stack-name.ts';

export const rm = defineCommand({
  name: 'rm',
  aliases: ['remove', 'down'],
  summary: 'Remove stacks, and wait until their tasks are gone',
  description:
    'Removes services, then secrets, configs and networks, and the revisions that were kept. Volumes ' +
    'stay. A stack that does not exist is no error.',
  arguments: { stacks: { placeholder: 'STACK', count: 'some', complete: 'stack' } },
  options: { ...ROLLOUT_OPTIONS, history: HISTORY_OPTION },
  examples: [
    { command: 'tstack rm web', text: 'Remove one stack' },
    { command: 'tstack rm -d web worker', text: 'Remove two, without waiting' },
  ],
  async run(flags, context) {
    for (const stack of flags.stacks) checkStackName(stack);
    const { removeWithHistory } = await import('../remove-release.ts');
    const waiting = waitingOf(flags, context);
    return runRollout(context, flags, (ports) =>
      removeWithHistory(context, flags, { waiting, ports }),
    );
  },
});
