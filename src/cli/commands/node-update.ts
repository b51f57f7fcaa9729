import { EXIT_CODE, UsageError } from '../../base/errors.ts';
import { defineCommand } from '../define-command.ts';

export const nodeUpdate = defineCommand({
  name: 'update',
  summary: 'Change availability, role and labels of a node',
  arguments: { node: { placeholder: 'NODE', count: 'one', complete: 'none' } },
  options: {
    availability: {
      kind: 'choice',
      choices: ['active', 'pause', 'drain'],
      help: 'active takes tasks, pause takes no new ones, drain moves them elsewhere',
    },
    role: { kind: 'choice', choices: ['worker', 'manager'], help: 'Its role' },
    labelAdd: {
      kind: 'list',
      placeholder: 'KEY=VALUE',
      help: 'Add or change a label',
      complete: 'none',
    },
    labelRm: { kind: 'list', placeholder: 'KEY', help: 'Remove a label', complete: 'none' },
  },
  examples: [
    { command: 'tstack node update --availability drain worker-1', text: 'Before maintenance' },
    {
      command: 'tstack node update --label-add zone=b worker-1',
      text: 'For placement constraints',
    },
  ],
  async run({ node, availability, role, labelAdd, labelRm }, { engine, stdout, signal }) {
    if (!availability && !role && labelAdd.length + labelRm.length === 0) {
      throw new UsageError('nothing to change', "'tstack node update --help' lists the flags.");
    }
    const { updateNode } = await import('../node-changes.ts');
    const change = {
      availability,
      role,
      addLabels: labelAdd,
      removeLabels: labelRm,
    };
    await updateNode(await engine(), node, change, signal);
    stdout.write(`${node}\n`);
    return EXIT_CODE.ok;
  },
});
