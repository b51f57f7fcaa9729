import { EXIT_CODE } from '../../base/errors.ts';
import { defineCommand } from '../define-command.ts';
import { VERSION } from '../version.ts';

export const version = defineCommand({
  name: 'version',
  summary: 'Print the version of tstack and of what it runs on',
  arguments: {},
  options: {
    format: {
      kind: 'choice',
      choices: ['text', 'json'],
      default: 'text',
      help: 'How to print it',
    },
  },
  examples: [{ command: 'tstack version --format json', text: 'For a bug report or a script' }],
  run({ format }, context) {
    const facts = {
      tstack: VERSION,
      node: process.versions.node,
      platform: `${process.platform}/${process.arch}`,
    };
    context.stdout.write(
      format === 'json'
        ? `${JSON.stringify(facts)}\n`
        : `tstack ${facts.tstack}\nnode   ${facts.node} (${facts.platform})\n`,
    );
    return EXIT_CODE.ok;
  },
});
