import { EXIT_CODE } from '../../base/errors.ts';
import { defineCommand } from '../define-command.ts';

export const nodeAdd = defineCommand({
  name: 'add',
  summary: 'Add logical nodes to an embedded cluster',
  description:
    'All logical nodes are this machine. Their CPUs and memory are what the scheduler may promise to ' +
    'tasks, by default all of the machine for each node.',
  arguments: { names: { placeholder: 'NAME', count: 'any', complete: 'none' } },
  options: {
    role: { kind: 'choice', choices: ['worker', 'manager'], default: 'worker', help: 'Its role' },
    availability: {
      kind: 'choice',
      choices: ['active', 'pause', 'drain'],
      default: 'active',
      help: 'Whether it takes tasks',
    },
    label: { kind: 'list', placeholder: 'KEY=VALUE', help: 'Label of the node', complete: 'none' },
    cpus: { kind: 'string', placeholder: 'N', help: 'CPUs it has, e.g. 2 or 0.5' },
    memory: { kind: 'string', placeholder: 'SIZE', help: 'Memory it has, e.g. 4G' },
  },
  examples: [
    {
      command: 'tstack node add --embedded worker-2 --label zone=b --cpus 2 --memory 4G',
      text: 'A small node in another zone',
    },
  ],
  async run({ names, ...flags }, context) {
    const { addNodes } = await import('../embedded/add-nodes.ts');
    const ids = await addNodes(names, flags, context);
    context.stdout.write(ids.map((id) => `${id}\n`).join(''));
    return EXIT_CODE.ok;
  },
});
