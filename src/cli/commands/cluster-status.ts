import { EXIT_CODE } from '../../base/errors.ts';
import { defineCommand } from '../define-command.ts';
import { CLUSTER_ARGUMENT } from '../embedded/cluster-options.ts';
import { FORMAT_OPTION } from '../render/format-option.ts';

export const clusterStatus = defineCommand({
  name: 'status',
  aliases: ['ls'],
  summary: 'Show the embedded clusters of this user, or one of them',
  description: 'With a name, exit 9 means that this cluster does not run.',
  arguments: { name: CLUSTER_ARGUMENT },
  options: {
    format: FORMAT_OPTION,
    quiet: { kind: 'boolean', short: 'q', default: false, help: 'Print names only' },
  },
  examples: [
    { command: 'tstack cluster status', text: 'All clusters, running or not' },
    { command: 'tstack cluster status default', text: 'Nodes, files, certificates of one' },
    { command: 'tstack cluster status --format json default', text: 'The same for scripts' },
  ],
  async run({ name, format, quiet }, context) {
    const { listClusters, statusText } = await import('../embedded/status-text.ts');
    if (name === undefined) {
      const [{ knownClusters }, { renderListing }] = await Promise.all([
        import('../embedded/known-clusters.ts'),
        import('../render/render-listing.ts'),
      ]);
      const clusters = listClusters(await knownClusters(context));
      context.stdout.write(renderListing(clusters, { format, quiet }));
      return EXIT_CODE.ok;
    }
    const { readStatus } = await import('../embedded/start-cluster.ts');
    const status = await readStatus(name, context);
    const text = format === 'json' ? `${JSON.stringify(status, null, 2)}\n` : undefined;
    context.stdout.write(text ?? statusText(status, context.clock.now()));
    return EXIT_CODE.ok;
  },
});
