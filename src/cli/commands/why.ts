import { EXIT_CODE, UsageError, UserError } from '../../base/errors.ts';
import { defineCommand } from '../define-command.ts';

export const why = defineCommand({
  name: 'why',
  summary: 'Explain why a task is pending, failed, or runs where it does; writes nothing',
  description:
    'For a pending task: what each node lacks, and what would help. For one that ended: its last ' +
    'error and what its restart policy does next. For a running one: which nodes suited, and why ' +
    'this one. Asks for nodes, tasks and services once.',
  arguments: { task: { placeholder: 'TASK|SERVICE|SERVICE.SLOT', count: 'one', complete: 'none' } },
  options: {
    format: { kind: 'choice', choices: ['text', 'json'], default: 'text', help: 'How to print it' },
  },
  examples: [
    { command: 'tstack why shop_web', text: 'All tasks of a service that are not as wanted' },
    { command: 'tstack why web.3', text: 'One slot; the name of the stack may be left out' },
    { command: 'tstack why --format json 7w3kq1x', text: 'A task by the beginning of its id' },
  ],
  async run({ task: word, format }, context) {
    const [{ selectTasks }, { whyDocument }] = await Promise.all([
      import('../../orchestrator/why/select-tasks.ts'),
      import('../why-document.ts'),
    ]);
    const client = await context.engine();
    const { signal, clock, stdout } = context;
    const [nodes, tasks, services] = await Promise.all([
      client.nodes.list({}, { signal }),
      client.tasks.list({}, { signal }),
      client.services.list({}, { signal }),
    ]);
    const cluster = { nodes, tasks, services };
    const selection = selectTasks(word, cluster);
    if (selection.kind === 'none') {
      throw new UserError(`no such task or service: ${word}`, {
        code: 'nothing-found',
        exitCode: EXIT_CODE.failed,
        hint: "Run 'tstack ps STACK' for the tasks of a stack.",
      });
    }
    if (selection.kind === 'ambiguous') {
      const { candidates } = selection;
      const message = `${word} may be any of ${candidates.length}: ${candidates.slice(0, 5).join(', ')}`;
      throw new UsageError(message, 'Write more of the name or id.');
    }
    const document = whyDocument(selection, cluster, clock.now());
    if (format === 'json') stdout.write(`${JSON.stringify(document, undefined, 2)}\n`);
    else {
      const { whyText } = await import('../why-text.ts');
      stdout.write(whyText(document, clock.now(), stdout.color));
    }
    return EXIT_CODE.ok;
  },
});
