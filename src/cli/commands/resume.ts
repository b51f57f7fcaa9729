import { defineCommand } from '../define-command.ts';
import { RELEASE_OPTIONS } from '../release.ts';
import { ROLLOUT_OPTIONS } from '../run-rollout.ts';
import { checkStackName } from '../stack-name.ts';

export const resume = defineCommand({
  name: 'resume',
  summary: 'Finish a deploy that was interrupted or killed, from its journal',
  description:
    'Needs no files. Jobs that were written already are not run again. Exit 0 when nothing was ' +
    'interrupted; else the codes of deploy; 4: a secret had not been written yet, so its files are needed.',
  arguments: { stack: { placeholder: 'STACK', count: 'one', complete: 'stack' } },
  options: { ...ROLLOUT_OPTIONS, ...RELEASE_OPTIONS },
  examples: [{ command: 'tstack resume web', text: 'Do what is left of the last deploy' }],
  async run(flags, context) {
    checkStackName(flags.stack);
    const { resumeRelease } = await import('../roll-back.ts');
    return resumeRelease(context, flags);
  },
});
