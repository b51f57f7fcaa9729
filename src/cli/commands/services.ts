import { EXIT_CODE } from '../../base/errors.ts';
import { defineCommand } from '../define-command.ts';
import { FILTER_OPTION, stackFilters } from '../filters.ts';
import { FORMAT_OPTION } from '../render/format-option.ts';
import { checkStackName } from '../stack-name.ts';

export const services = defineCommand({
  name: 'services',
  summary: 'List the services of a stack',
  arguments: { stack: { placeholder: 'STACK', count: 'one', complete: 'stack' } },
  options: {
    filter: FILTER_OPTION,
    format: FORMAT_OPTION,
    quiet: { kind: 'boolean', short: 'q', default: false, help: 'Print ids only' },
  },
  examples: [
    { command: 'tstack services web', text: 'Mode, replicas, image and ports of each service' },
    { command: 'tstack services -f mode=global web', text: 'Filters: id, label, mode, name' },
  ],
  async run({ stack, filter, format, quiet }, context) {
    checkStackName(stack);
    const [{ listServices }, { renderListing }, { defaultFormat }] = await Promise.all([
      import('../listings/service-listing.ts'),
      import('../render/render-listing.ts'),
      import('../default-format.ts'),
    ]);
    const client = await context.engine();
    const found = await client.services.list(
      { filters: stackFilters(stack, filter), ...(quiet ? {} : { status: true }) },
      { signal: context.signal },
    );
    if (found.length === 0) {
      context.stderr.write(`Nothing found in stack: ${stack}\n`);
      return EXIT_CODE.ok;
    }
    // Parity: an empty format is none.
    const chosen = format || (quiet ? undefined : defaultFormat(context, 'servicesFormat'));
    context.stdout.write(renderListing(listServices(found), { format: chosen, quiet }));
    return EXIT_CODE.ok;
  },
});
