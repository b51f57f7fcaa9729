import { EXIT_CODE } from '../../base/errors.ts';
import { defineCommand } from '../define-command.ts';
import { selectCommand } from '../select-command.ts';

export const help = defineCommand({
  name: 'help',
  summary: 'Print help for tstack or one of its commands',
  arguments: { words: { placeholder: 'COMMAND', count: 'any' } },
  options: {
    format: {
      kind: 'choice',
      choices: ['text', 'markdown'],
      default: 'text',
      help: 'markdown prints the reference of all commands',
    },
  },
  examples: [
    { command: 'tstack help deploy', text: 'The flags and examples of deploy' },
    { command: 'tstack help --format markdown > reference.md', text: 'The whole reference' },
  ],
  async run({ words, format }, { root, stdout }) {
    if (format === 'markdown') {
      const { renderReference } = await import('../help/render-reference.ts');
      stdout.write(renderReference(root));
      return EXIT_CODE.ok;
    }
    const { renderCommandHelp, renderGroupHelp } = await import('../help/render-help.ts');
    const { command, group, path } = selectCommand(words, root);
    stdout.write(
      command ? renderCommandHelp(command, path, stdout) : renderGroupHelp(group, path, stdout),
    );
    return EXIT_CODE.ok;
  },
});
