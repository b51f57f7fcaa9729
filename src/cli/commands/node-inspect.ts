import { EXIT_CODE } from '../../base/errors.ts';
import { defineCommand } from '../define-command.ts';

export const nodeInspect = defineCommand({
  name: 'inspect',
  summary: 'Print everything about nodes, as JSON or by a Go template',
  arguments: { nodes: { placeholder: 'NODE', count: 'some', complete: 'none' } },
  options: {
    format: {
      kind: 'string',
      short: 'f',
      placeholder: 'TEMPLATE',
      help: 'Go template for each node, or json',
      complete: 'none',
    },
  },
  examples: [
    { command: 'tstack node inspect self', text: 'The node that answers' },
    { command: "tstack node inspect -f '{{.Spec.Labels.zone}}' worker-1", text: 'One label' },
  ],
  async run({ nodes, format = '' }, { engine, stdout, signal }) {
    const { resolveNode } = await import('../node-changes.ts');
    const client = await engine();
    const found = [];
    for (const name of nodes) {
      found.push(await client.nodes.inspect(await resolveNode(client, name, signal), { signal }));
    }
    if (format === '') stdout.write(`${JSON.stringify(found, null, 4)}\n`);
    else {
      const { renderObjects } = await import('../render/render-objects.ts');
      stdout.write(renderObjects(found, format));
    }
    return EXIT_CODE.ok;
  },
});
