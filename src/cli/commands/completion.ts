import { EXIT_CODE, UsageError } from '../../base/errors.ts';
import { defineCommand } from '../define-command.ts';

export const completion = defineCommand({
  name: 'completion',
  summary: 'Print the completion script of a shell',
  description: 'Completes commands, flags, words of flags, and the stacks of the cluster.',
  arguments: { shell: { placeholder: 'bash|zsh|fish', count: 'one' } },
  options: {},
  examples: [
    { command: 'source <(tstack completion bash)', text: 'bash, in ~/.bashrc' },
    { command: 'source <(tstack completion zsh)', text: 'zsh, in ~/.zshrc' },
    { command: 'tstack completion fish | source', text: 'fish, in ~/.config/fish/config.fish' },
  ],
  async run({ shell }, { stdout }) {
    const { COMPLETION_SCRIPTS, SHELLS } = await import('../complete/scripts.ts');
    const known = SHELLS.find((one) => one === shell);
    if (!known) {
      throw new UsageError(`unknown shell: ${shell}`, `Known shells: ${SHELLS.join(', ')}.`);
    }
    stdout.write(COMPLETION_SCRIPTS[known]);
    return EXIT_CODE.ok;
  },
});
