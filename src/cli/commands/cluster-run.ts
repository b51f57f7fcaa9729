import { defineCommand } from '../define-command.ts';
import { CLUSTER_ARGUMENT, DAEMON_OPTIONS } from '../embedded/cluster-options.ts';

export const clusterRun = defineCommand({
  name: 'run',
  summary: 'Run an embedded cluster in the foreground',
  description:
    'For systemd and containers; "tstack cluster start" runs it in the background. SIGTERM and SIGINT end ' +
    'the daemon and leave the tasks running: the next start takes them up again. The process runtime ' +
    'runs commands of the stack file on this machine as you: it is not a sandbox.',
  arguments: { name: CLUSTER_ARGUMENT },
  options: {
    ...DAEMON_OPTIONS,
    readyDescriptor: {
      kind: 'count',
      placeholder: 'N',
      help: 'File descriptor to report to once it is up',
      hidden: true,
    },
  },
  examples: [
    { command: 'tstack cluster run --nodes 1m+3w', text: 'One manager and three workers' },
    {
      command: 'tstack cluster run lab --listen tcp://0.0.0.0:2376',
      text: 'A cluster named lab, also for other machines, with mutual TLS',
    },
  ],
  async run({ name = 'default', ...flags }, context) {
    const { runCluster } = await import('../embedded/run-cluster.ts');
    return runCluster(name, flags, context);
  },
});
