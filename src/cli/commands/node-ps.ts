import { EXIT_CODE } from '../../base/errors.ts';
import { defineCommand } from '../define-command.ts';
import { FILTER_OPTION, parseFilters } from '../filters.ts';
import { FORMAT_OPTION } from '../render/format-option.ts';

export const nodePs = defineCommand({
  name: 'ps',
  summary: 'List the tasks on nodes, by default on the one that answers',
  arguments: { nodes: { placeholder: 'NODE', count: 'any', complete: 'none' } },
  options: {
    filter: FILTER_OPTION,
    format: FORMAT_OPTION,
    noResolve: { kind: 'boolean', default: false, help: 'Print ids in place of names' },
    noTrunc: { kind: 'boolean', default: false, help: 'Print full ids, images and errors' },
    quiet: { kind: 'boolean', short: 'q', default: false, help: 'Print ids only' },
  },
  examples: [
    { command: 'tstack node ps -f desired-state=running worker-1', text: 'What runs there' },
  ],
  async run({ nodes, filter, format, noResolve, noTrunc, quiet }, context) {
    const [{ listTasks }, { renderListing }, { defaultFormat }, names, { resolveNode }] =
      await Promise.all([
        import('../listings/task-listing.ts'),
        import('../render/render-listing.ts'),
        import('../default-format.ts'),
        import('../listings/resolve-names.ts'),
        import('../node-changes.ts'),
      ]);
    const client = await context.engine();
    const { signal, clock, stdout } = context;
    const ids: string[] = [];
    for (const name of nodes.length === 0 ? ['self'] : nodes) {
      ids.push(
        (await client.nodes.inspect(await resolveNode(client, name, signal), { signal })).ID,
      );
    }
    const filters = { ...parseFilters(filter), node: ids };
    const tasks = await client.tasks.list({ filters }, { signal });
    const resolved = noResolve ? names.NO_NAMES : await names.resolveNames(client, tasks, signal);
    const listing = listTasks(tasks, { now: clock.now(), noTrunc, ...resolved });
    // Parity: an empty format is none.
    const chosen = format || (quiet ? undefined : defaultFormat(context, 'tasksFormat'));
    stdout.write(renderListing(listing, { format: chosen, quiet }));
    return EXIT_CODE.ok;
  },
});
