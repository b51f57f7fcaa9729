import { EXIT_CODE } from '../../base/errors.ts';
import { defineCommand } from '../define-command.ts';
import { FILTER_OPTION, parseFilters } from '../filters.ts';
import { FORMAT_OPTION } from '../render/format-option.ts';

export const nodeLs = defineCommand({
  name: 'ls',
  aliases: ['list'],
  summary: 'List the nodes of the cluster',
  arguments: {},
  options: {
    filter: FILTER_OPTION,
    format: FORMAT_OPTION,
    quiet: { kind: 'boolean', short: 'q', default: false, help: 'Print ids only' },
  },
  examples: [
    { command: 'tstack node ls', text: 'State, availability and managers' },
    {
      command: 'tstack node ls -f role=worker -f node.label=zone=b',
      text: 'Filters: id, label, membership, name, node.label, role',
    },
  ],
  async run({ filter, format, quiet }, { engine, stdout, signal }) {
    const [{ listNodes }, { renderListing }] = await Promise.all([
      import('../listings/node-listing.ts'),
      import('../render/render-listing.ts'),
    ]);
    const client = await engine();
    const [nodes, info] = await Promise.all([
      client.nodes.list({ filters: parseFilters(filter) }, { signal }),
      client.info({ signal }),
    ]);
    stdout.write(renderListing(listNodes(nodes, info.Swarm?.NodeID), { format, quiet }));
    return EXIT_CODE.ok;
  },
});
