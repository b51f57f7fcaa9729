import { EXIT_CODE } from '../../base/errors.ts';
import { defineCommand } from '../define-command.ts';
import { CLUSTER_ARGUMENT } from '../embedded/cluster-options.ts';

export const clusterRepair = defineCommand({
  name: 'repair',
  summary: 'Keep what can be read of a damaged embedded cluster',
  description:
    'The cluster must be stopped. What is lost is named, the damaged files are kept. Exit 10: something ' +
    'was lost.',
  arguments: { name: CLUSTER_ARGUMENT },
  options: {},
  examples: [{ command: 'tstack cluster repair', text: 'After "the state is damaged"' }],
  async run({ name = 'default' }, { env, stdout, stderr, clock }) {
    const { repairCluster } = await import('../embedded/transfer-cluster.ts');
    const { objects, lost, missing, kept } = await repairCluster(name, { env, clock });
    if (kept === undefined) {
      stdout.write(`The state of '${name}' is whole: ${objects} objects.\n`);
      return EXIT_CODE.ok;
    }
    for (const place of lost) stderr.write(`lost: ${place}\n`);
    if (missing > 0) stderr.write(`lost: ${missing} more, of which nothing is left\n`);
    stdout.write(`Kept ${objects} objects of '${name}'. The damaged state is in ${kept}.\n`);
    return lost.length + missing === 0 ? EXIT_CODE.ok : EXIT_CODE.partial;
  },
});
