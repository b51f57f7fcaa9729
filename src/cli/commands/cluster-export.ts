import { EXIT_CODE } from '../../base/errors.ts';
import { defineCommand } from '../define-command.ts';

export const clusterExport = defineCommand({
  name: 'export',
  summary: 'Write the whole state of an embedded cluster into a file',
  description:
    'Services, tasks, nodes, networks, configs, secrets and keys, in clear; the file is yours alone ' +
    '(0600). The cluster may be running.',
  arguments: {
    name: { placeholder: 'NAME', count: 'one', complete: 'none' },
    file: { placeholder: 'FILE', count: 'one', complete: 'file' },
  },
  options: {},
  examples: [{ command: 'tstack cluster export default backup.json', text: 'A backup' }],
  async run({ name, file }, { env, stdout, workingDirectory }) {
    const { exportCluster } = await import('../embedded/transfer-cluster.ts');
    const objects = await exportCluster(name, { file, workingDirectory, env });
    stdout.write(
      `Wrote ${objects} objects to ${file}. It holds secrets in clear: keep it as you keep them.\n`,
    );
    return EXIT_CODE.ok;
  },
});
