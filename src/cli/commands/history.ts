import { defineCommand } from '../define-command.ts';
import { HISTORY_OPTION } from '../release.ts';
import { FORMAT_OPTION } from '../render/format-option.ts';
import { checkStackName } from '../stack-name.ts';

export const history = defineCommand({
  name: 'history',
  summary: 'List the revisions of a stack: who deployed what, when, and how it ended',
  description:
    'With REVISION: all that is kept of it as JSON (schemas/revision.schema.json): texts of the files, ' +
    'where variables came from, the model, images with digests, the plan and its outcome. Never the ' +
    'content of secrets.',
  arguments: {
    stack: { placeholder: 'STACK', count: 'one', complete: 'stack' },
    revision: { placeholder: 'REVISION', count: 'optional' },
  },
  options: {
    format: FORMAT_OPTION,
    quiet: { kind: 'boolean', short: 'q', default: false, help: 'Only numbers of revisions' },
    history: HISTORY_OPTION,
  },
  examples: [
    { command: 'tstack history web', text: 'Newest first' },
    { command: 'tstack history web 12', text: 'Everything about one, for a program' },
    { command: 'tstack history --format json web', text: 'An object a line' },
  ],
  async run(flags, context) {
    checkStackName(flags.stack);
    const { showHistory } = await import('../show-history.ts');
    return showHistory(context, flags);
  },
});
