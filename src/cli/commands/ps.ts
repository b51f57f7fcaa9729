import { EXIT_CODE, UserError } from '../../base/errors.ts';
import { defineCommand } from '../define-command.ts';
import { FILTER_OPTION, stackFilters } from '../filters.ts';
import { FORMAT_OPTION } from '../render/format-option.ts';
import { checkStackName } from '../stack-name.ts';

export const ps = defineCommand({
  name: 'ps',
  summary: 'List the tasks of a stack',
  arguments: { stack: { placeholder: 'STACK', count: 'one', complete: 'stack' } },
  options: {
    filter: FILTER_OPTION,
    format: FORMAT_OPTION,
    noResolve: { kind: 'boolean', default: false, help: 'Print ids in place of names' },
    noTrunc: { kind: 'boolean', default: false, help: 'Print full ids, images and errors' },
    quiet: { kind: 'boolean', short: 'q', default: false, help: 'Print ids only' },
  },
  examples: [
    { command: 'tstack ps web', text: 'Where tasks run, and what became of earlier ones' },
    {
      command: 'tstack ps -f desired-state=running web',
      text: 'Filters: id, name, node, service, desired-state, label',
    },
    {
      command: 'tstack ps --no-trunc --format json web',
      text: 'Full errors, one JSON object a line',
    },
  ],
  async run({ stack, filter, format, noResolve, noTrunc, quiet }, context) {
    checkStackName(stack);
    const [{ listTasks }, { renderListing }, { defaultFormat }, names] = await Promise.all([
      import('../listings/task-listing.ts'),
      import('../render/render-listing.ts'),
      import('../default-format.ts'),
      import('../listings/resolve-names.ts'),
    ]);
    const client = await context.engine();
    const { signal, clock, stdout } = context;
    const tasks = await client.tasks.list({ filters: stackFilters(stack, filter) }, { signal });
    if (tasks.length === 0) {
      throw new UserError(`nothing found in stack: ${stack}`, {
        code: 'nothing-found',
        exitCode: EXIT_CODE.failed,
        hint: "Run 'tstack ls' for the stacks of this cluster.",
      });
    }
    const resolved = noResolve ? names.NO_NAMES : await names.resolveNames(client, tasks, signal);
    const listing = listTasks(tasks, { now: clock.now(), noTrunc, ...resolved });
    // Parity: an empty format is none.
    const chosen = format || (quiet ? undefined : defaultFormat(context, 'tasksFormat'));
    stdout.write(renderListing(listing, { format: chosen, quiet }));
    return EXIT_CODE.ok;
  },
});
