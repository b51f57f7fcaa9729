import { EXIT_CODE } from '../../base/errors.ts';
import { defineCommand } from '../define-command.ts';
import { HISTORY_OPTION, openRelease } from '../release.ts';
import { checkStackName } from '../stack-name.ts';

export const unlock = defineCommand({
  name: 'unlock',
  summary: 'Remove the lock that a deploy left behind',
  description:
    'A lock ends by itself two minutes after its holder was last heard of. Only remove one whose ' +
    'holder is known to be gone: a deploy that loses its lock stops with exit 8.',
  arguments: { stack: { placeholder: 'STACK', count: 'one', complete: 'stack' } },
  options: { history: HISTORY_OPTION },
  examples: [{ command: 'tstack unlock web', text: 'The machine that deployed is gone' }],
  async run({ stack, history }, context) {
    checkStackName(stack);
    const opened = await openRelease(context, stack, history);
    const lock = opened?.content.lock;
    if (!opened || !lock) {
      context.stdout.write(`Stack ${stack} is not locked.\n`);
      return EXIT_CODE.ok;
    }
    await opened.store.removeLock(lock);
    const { describeHolder, parseLock } = await import('../../release/lock.ts');
    const facts = parseLock(lock);
    const holder = facts ? `; it was held by ${describeHolder(facts)}` : '';
    context.stdout.write(`Stack ${stack} is unlocked${holder}.\n`);
    return EXIT_CODE.ok;
  },
});
