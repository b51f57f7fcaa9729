/** What the unit needs to know. */
export interface UnitFacts {
  readonly name: string;
  /** Absolute paths of node and of this program. */
  readonly node: string;
  readonly program: string;
  /** Flags of `tstack cluster run`. */
  readonly flags: readonly string[];
  /** Of root's own manager, or of a user's. */
  readonly isSystem: boolean;
}

/**
 * A systemd unit that keeps a cluster running.
 *
 * Only the daemon is ended by systemd: tasks outlive a restart of it, and are taken up again.
 * @source systemd.service(5), systemd.kill(5)
 */
export function systemdUnit({ name, node, program, flags, isSystem }: UnitFacts): string {
  const command = [node, program, 'cluster', 'run', name, ...flags].map(quote).join(' ');
  const runtime = isSystem ? ['Environment=XDG_RUNTIME_DIR=/run', 'Environment=HOME=/root'] : [];
  return [
    '[Unit]',
    `Description=tstack embedded cluster ${name}`,
    'Wants=network-online.target',
    'After=network-online.target',
    '',
    '[Service]',
    'Type=exec',
    `ExecStart=${command}`,
    ...runtime,
    'Restart=on-failure',
    'RestartSec=1',
    'KillMode=process',
    'KillSignal=SIGTERM',
    'LimitNOFILE=65536',
    '',
    '[Install]',
    `WantedBy=${isSystem ? 'multi-user.target' : 'default.target'}`,
    '',
  ].join('\n');
}

/** @source systemd.service(5), Command lines: quotes, `%` and `$` */
function quote(word: string): string {
  const escaped = word.replaceAll('%', '%%').replaceAll('$', '$$$$');
  if (/^[\w@%+=:,./$-]+$/.test(escaped)) return escaped;
  return `"${escaped.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}
