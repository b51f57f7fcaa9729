import { defineCommand } from '../define-command.ts';
import { checkStackName } from '../stack-name.ts';

export const adopt = defineCommand({
  name: 'adopt',
  summary: 'Write a stack file for a stack that runs, however it was deployed',
  description:
    'The plan of the file is empty, but for jobs, which every deploy runs again. Contents of secrets cannot be read, so ' +
    'they stay in the cluster (external), and so do configs without --configs. What no key says stands ' +
    'under x-tstack.spec. Writes nothing to the cluster. Exit 10: not everything could be said.',
  arguments: { stack: { placeholder: 'STACK', count: 'one', complete: 'stack' } },
  options: {
    out: {
      kind: 'string',
      short: 'o',
      placeholder: 'FILE',
      help: 'Where to write it (default standard output)',
      complete: 'file',
    },
    configs: {
      kind: 'string',
      placeholder: 'DIR',
      help: 'Also write the contents of configs to files in DIR, relative to the stack file',
      complete: 'file',
    },
  },
  examples: [
    { command: 'tstack adopt shop > compose.yml', text: 'What runs, as a file' },
    { command: 'tstack adopt -o compose.yml --configs configs shop', text: 'With its configs' },
    { command: 'tstack plan -c compose.yml shop', text: 'To see that nothing changes' },
  ],
  async run(flags, context) {
    checkStackName(flags.stack);
    const { adoptRunning } = await import('../adopt-running.ts');
    return adoptRunning(context, flags);
  },
});
