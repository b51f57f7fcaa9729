import { EXIT_CODE } from '../../base/errors.ts';
import { defineCommand } from '../define-command.ts';
import { CLUSTER_ARGUMENT, DAEMON_OPTIONS } from '../embedded/cluster-options.ts';

export const clusterStart = defineCommand({
  name: 'start',
  summary: 'Start an embedded cluster in the background, and wait until it answers',
  description:
    'The first start makes the cluster: --nodes says which logical nodes it gets. --runtime and --listen ' +
    'are kept for later starts. Its state is under XDG_STATE_HOME, its socket under XDG_RUNTIME_DIR, the ' +
    'key of its state under XDG_CONFIG_HOME. The process runtime runs commands of the stack file on this ' +
    'machine as you: it is not a sandbox.',
  arguments: { name: CLUSTER_ARGUMENT },
  options: DAEMON_OPTIONS,
  examples: [
    { command: 'tstack cluster start', text: 'One node; deploy to it with --embedded' },
    { command: 'tstack cluster start lab --nodes 1m+3w', text: 'Four logical nodes' },
    {
      command: 'export DOCKER_HOST=unix://$XDG_RUNTIME_DIR/tstack/default.sock',
      text: 'Then the docker command talks to it (tstack cluster status shows the socket)',
    },
  ],
  async run({ name = 'default', ...flags }, context) {
    const { startCluster } = await import('../embedded/start-cluster.ts');
    const { kind, status } = await startCluster(name, flags, context);
    const verb = kind === 'started' ? 'Started' : 'Runs already:';
    context.stdout.write(
      `${verb} the embedded cluster '${name}' (pid ${status.Pid}, ${status.Runtime} runtime, ` +
        `${status.Nodes.Total} node${status.Nodes.Total === 1 ? '' : 's'}) at unix://${status.Socket}\n`,
    );
    return EXIT_CODE.ok;
  },
});
