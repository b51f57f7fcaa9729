import { EXIT_CODE } from '../../base/errors.ts';
import { defineCommand } from '../define-command.ts';

const NODES = { nodes: { placeholder: 'NODE', count: 'some', complete: 'none' } } as const;

export const nodePromote = defineCommand({
  name: 'promote',
  summary: 'Make nodes managers',
  arguments: NODES,
  options: {},
  examples: [{ command: 'tstack node promote worker-1 worker-2', text: 'Three managers in all' }],
  async run({ nodes }, { engine, stdout, signal }) {
    const { setRole } = await import('../set-role.ts');
    for (const node of nodes) {
      const isChanged = await setRole(await engine(), node, 'manager', signal);
      const text = isChanged ? 'promoted to a manager in the swarm' : 'is already a manager';
      stdout.write(`Node ${node} ${text}.\n`);
    }
    return EXIT_CODE.ok;
  },
});

export const nodeDemote = defineCommand({
  name: 'demote',
  summary: 'Make managers workers',
  arguments: NODES,
  options: {},
  examples: [{ command: 'tstack node demote worker-2', text: 'Refused for the last manager' }],
  async run({ nodes }, { engine, stdout, signal }) {
    const { setRole } = await import('../set-role.ts');
    for (const node of nodes) {
      const isChanged = await setRole(await engine(), node, 'worker', signal);
      stdout.write(
        isChanged
          ? `Manager ${node} demoted in the swarm.\n`
          : `Node ${node} is already a worker.\n`,
      );
    }
    return EXIT_CODE.ok;
  },
});
