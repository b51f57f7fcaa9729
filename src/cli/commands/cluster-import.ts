import { EXIT_CODE } from '../../base/errors.ts';
import { defineCommand } from '../define-command.ts';

export const clusterImport = defineCommand({
  name: 'import',
  summary: 'Put an exported state in the place of an embedded cluster',
  description:
    'The cluster must be stopped, or not exist yet. What was there is kept beside it. Tasks of the export ' +
    'run again at the next start.',
  arguments: {
    name: { placeholder: 'NAME', count: 'one', complete: 'none' },
    file: { placeholder: 'FILE', count: 'one', complete: 'file' },
  },
  options: {},
  examples: [{ command: 'tstack cluster import copy backup.json', text: 'A second cluster' }],
  async run({ name, file }, { env, stdout, clock, workingDirectory }) {
    const { importCluster } = await import('../embedded/transfer-cluster.ts');
    const { objects, kept } = await importCluster(name, { file, workingDirectory, env, clock });
    const former = kept === undefined ? '' : ` The former state is in ${kept}.`;
    stdout.write(`Read ${objects} objects into the embedded cluster '${name}'.${former}\n`);
    return EXIT_CODE.ok;
  },
});
