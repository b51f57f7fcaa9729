import { EXIT_CODE } from '../../base/errors.ts';
import { defineCommand } from '../define-command.ts';
import { CLUSTER_ARGUMENT, DAEMON_OPTIONS } from '../embedded/cluster-options.ts';

export const clusterSystemd = defineCommand({
  name: 'systemd',
  summary: 'Print a systemd unit that keeps an embedded cluster running',
  description:
    "For a user's own manager; as root, for the system's. A restart of the unit leaves tasks running.",
  arguments: { name: CLUSTER_ARGUMENT },
  options: { nodes: DAEMON_OPTIONS.nodes, runtime: DAEMON_OPTIONS.runtime },
  examples: [
    {
      command: 'tstack cluster systemd > ~/.config/systemd/user/tstack.service',
      text: 'Then: systemctl --user enable --now tstack',
    },
  ],
  async run({ name = 'default', nodes, runtime }, { stdout }) {
    const { systemdUnit } = await import('../embedded/systemd-unit.ts');
    const flags = [`--nodes=${nodes}`, ...(runtime === undefined ? [] : [`--runtime=${runtime}`])];
    const program = process.argv[1] ?? '';
    const isSystem = process.getuid?.() === 0;
    stdout.write(systemdUnit({ name, node: process.execPath, program, flags, isSystem }));
    return EXIT_CODE.ok;
  },
});
