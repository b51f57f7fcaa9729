import { EXIT_CODE } from '../../base/errors.ts';
import { defineCommand } from '../define-command.ts';

export const nodeRm = defineCommand({
  name: 'rm',
  aliases: ['remove'],
  summary: 'Remove nodes from the cluster',
  description: 'A manager is demoted first; a node that is not down needs --force.',
  arguments: { nodes: { placeholder: 'NODE', count: 'some', complete: 'none' } },
  options: {
    force: { kind: 'boolean', default: false, help: 'Remove nodes that are not down, too' },
  },
  examples: [
    { command: 'tstack node rm worker-2', text: 'A node that is down' },
    { command: 'tstack node rm --force worker-2', text: 'Its tasks run elsewhere from then on' },
  ],
  async run({ nodes, force }, { engine, stdout, signal }) {
    const client = await engine();
    for (const name of nodes) {
      const { ID } = await client.nodes.inspect(name, { signal });
      await client.nodes.remove(ID, { force, signal });
      stdout.write(`${name}\n`);
    }
    return EXIT_CODE.ok;
  },
});
