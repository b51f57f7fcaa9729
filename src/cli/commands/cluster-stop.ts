import { EXIT_CODE } from '../../base/errors.ts';
import { defineCommand } from '../define-command.ts';
import { CLUSTER_ARGUMENT } from '../embedded/cluster-options.ts';

export const clusterStop = defineCommand({
  name: 'stop',
  summary: 'Stop an embedded cluster and its tasks',
  description:
    'Stacks stay declared: the next start runs their tasks again, as after a reboot. With --keep-tasks ' +
    'the tasks go on without the daemon, and the next start takes them up.',
  arguments: { name: CLUSTER_ARGUMENT },
  options: {
    keepTasks: { kind: 'boolean', default: false, help: 'Leave what runs running' },
    timeout: { kind: 'duration', default: '60s', help: 'Give up waiting after this time, exit 7' },
  },
  examples: [
    { command: 'tstack cluster stop', text: 'Stop everything' },
    { command: 'tstack cluster stop --keep-tasks', text: 'Before an update of tstack' },
  ],
  async run({ name = 'default', keepTasks, timeout }, context) {
    const { stopCluster } = await import('../embedded/stop-cluster.ts');
    await stopCluster(name, { keepTasks, timeoutMs: timeout }, context);
    context.stdout.write(`Stopped the embedded cluster '${name}'.\n`);
    return EXIT_CODE.ok;
  },
});
