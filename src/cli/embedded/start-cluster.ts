import { parseNodeCount } from '../../daemon/node-count.ts';
import type { Context } from '../context.ts';
import type { ClusterStatus } from '../../daemon/cluster-status.ts';
import { openDaemonApi, embeddedGlobals } from './daemon-api.ts';
import { findCluster } from './find-daemon.ts';
import { settingsOf, type DaemonFlags } from './run-cluster.ts';
import { startDaemonProcess } from './start-daemon-process.ts';

/** How a start went. */
export interface Started {
  readonly kind: 'started' | 'running';
  readonly status: ClusterStatus;
}

/** Starts a cluster in the background, unless it runs. @throws UsageError, UserError exit 9 */
export async function startCluster(
  name: string,
  flags: DaemonFlags,
  context: Context,
): Promise<Started> {
  parseNodeCount(flags.nodes);
  settingsOf(flags);
  const { env, signal } = context;
  const { paths, holder } = findCluster(name, env);
  if (!holder) await startDaemonProcess({ paths, flags: daemonFlags(flags), env, signal });
  return { kind: holder ? 'running' : 'started', status: await readStatus(name, context) };
}

/** How a running cluster is. @throws UserError exit 9 */
export async function readStatus(
  name: string,
  { globals, env, signal }: Pick<Context, 'globals' | 'env' | 'signal'>,
): Promise<ClusterStatus> {
  const chosen = { globals: embeddedGlobals(globals, name), env, signal };
  const api = await openDaemonApi(chosen, { mayStart: false });
  try {
    return (await api.send('GET', '/cluster')) as ClusterStatus;
  } finally {
    api.close();
  }
}

const KEPT_FLAGS = ['runtime', 'images', 'engine', 'listen'] as const;

function daemonFlags(flags: DaemonFlags): readonly string[] {
  const kept = KEPT_FLAGS.flatMap((name) =>
    flags[name] === undefined ? [] : `--${name}=${flags[name]}`,
  );
  return [`--nodes=${flags.nodes}`, `--verbosity=${flags.verbosity}`, ...kept];
}
