import { EXIT_CODE } from '../../base/errors.ts';
import { defineCommand } from '../define-command.ts';
import { FORMAT_OPTION } from '../render/format-option.ts';

export const ls = defineCommand({
  name: 'ls',
  aliases: ['list'],
  summary: 'List stacks',
  arguments: {},
  options: { format: FORMAT_OPTION },
  examples: [
    { command: 'tstack ls', text: 'All stacks and how many services each has' },
    { command: "tstack ls --format '{{.Name}}'", text: 'Just the names' },
  ],
  async run({ format }, { engine, stdout, signal }) {
    const [{ listStacks }, { renderListing }, { LABEL_NAMESPACE }] = await Promise.all([
      import('../listings/stack-listing.ts'),
      import('../render/render-listing.ts'),
      import('../../swarm/stack-labels.ts'),
    ]);
    const client = await engine();
    const filters = { label: [LABEL_NAMESPACE] };
    const services = await client.services.list({ filters }, { signal });
    stdout.write(renderListing(listStacks(services), { format }));
    return EXIT_CODE.ok;
  },
});
