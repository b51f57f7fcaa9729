import { EXIT_CODE } from '../../base/errors.ts';
import { defineCommand } from '../define-command.ts';

const NAMES = { names: { placeholder: 'NODE', count: 'some', complete: 'none' } } as const;

export const nodeFail = defineCommand({
  name: 'fail',
  summary: 'Rehearse the failure of logical nodes of an embedded cluster',
  description:
    'The node falls silent, as a machine that loses its network: after 15 s it is down and its tasks are ' +
    'replaced elsewhere; what runs on it goes on until it recovers. It stays failed over restarts.',
  arguments: NAMES,
  options: {},
  examples: [{ command: 'tstack node fail --embedded worker-2', text: 'Watch with tstack ps' }],
  async run({ names }, context) {
    const { actOnNodes } = await import('../embedded/add-nodes.ts');
    await actOnNodes(names, 'fail', context);
    return EXIT_CODE.ok;
  },
});

export const nodeRecover = defineCommand({
  name: 'recover',
  summary: 'Bring failed logical nodes of an embedded cluster back',
  description:
    'As a machine that starts again after a crash: what still ran on the node is ended by force, ' +
    'and the node takes tasks again.',
  arguments: NAMES,
  options: {},
  examples: [{ command: 'tstack node recover --embedded worker-2', text: 'It takes tasks again' }],
  async run({ names }, context) {
    const { actOnNodes } = await import('../embedded/add-nodes.ts');
    await actOnNodes(names, 'recover', context);
    return EXIT_CODE.ok;
  },
});
