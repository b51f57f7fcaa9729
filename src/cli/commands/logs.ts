import { defineCommand } from '../define-command.ts';
import { checkStackName } from '../stack-name.ts';

export const logs = defineCommand({
  name: 'logs',
  summary: 'Print what the tasks of a stack wrote, those that ended too',
  description:
    'Each line has its task and node in front. Without --follow lines are in order of time. Exit 1: a log ' +
    'could not be read to its end, which is said on stderr.',
  arguments: {
    stack: { placeholder: 'STACK', count: 'one', complete: 'stack' },
    services: { placeholder: 'SERVICE', count: 'any', complete: 'none' },
  },
  options: {
    follow: { kind: 'boolean', short: 'f', default: false, help: 'Go on with what is written' },
    since: {
      kind: 'string',
      placeholder: 'TIME',
      help: 'Not before: 10m (ago), 2026-11-20T10:00:00Z, or seconds since 1970',
    },
    until: { kind: 'string', placeholder: 'TIME', help: 'Not after; written as for --since' },
    tail: {
      kind: 'string',
      short: 'n',
      placeholder: 'LINES',
      default: 'all',
      help: 'Last lines of each task',
    },
    timestamps: {
      kind: 'boolean',
      short: 't',
      default: false,
      help: 'Print when each line was read',
    },
    noPrefix: { kind: 'boolean', default: false, help: 'Print no task and node in front' },
    format: {
      kind: 'choice',
      choices: ['text', 'json'],
      default: 'text',
      help: 'json prints an object a line',
    },
  },
  examples: [
    { command: 'tstack logs shop', text: 'Everything, in order of time' },
    { command: 'tstack logs -f --tail 20 shop web worker', text: 'Follow two services' },
    { command: 'tstack logs --since 10m --format json shop', text: 'For a program' },
  ],
  async run({ stack, services, ...flags }, context) {
    checkStackName(stack);
    const { showLogs } = await import('../logs/show-logs.ts');
    return showLogs(context, [stack, services], flags);
  },
});
