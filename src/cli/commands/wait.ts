import { defineCommand } from '../define-command.ts';
import { runRollout, waitingOf, WATCH_OPTIONS } from '../run-rollout.ts';
import { checkStackName } from '../stack-name.ts';

export const wait = defineCommand({
  name: 'wait',
  summary: 'Wait until a stack runs as declared; writes nothing',
  description:
    'For after `deploy --detach`, or a deploy by somebody else. Exit 0: all tasks run what the services ' +
    'declare and stayed so. 5: failed or paused. 6: rolled back. 7: timed out.',
  arguments: { stack: { placeholder: 'STACK', count: 'one', complete: 'stack' } },
  options: WATCH_OPTIONS,
  examples: [
    { command: 'tstack wait shop', text: 'At most ten minutes' },
    { command: 'tstack wait --timeout 1h shop', text: 'For a slow one' },
  ],
  async run(flags, context) {
    checkStackName(flags.stack);
    const { waitForStack } = await import('../../rollout/change-services.ts');
    const waiting = waitingOf({ ...flags, detach: false }, context);
    return runRollout(context, flags, (ports) => waitForStack(flags.stack, waiting, ports));
  },
});
