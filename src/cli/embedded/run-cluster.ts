import { UsageError, type ExitCode } from '../../base/errors.ts';
import type { DaemonSettings } from '../../daemon/daemon.ts';
import { parseListenAddress } from '../../daemon/listen-address.ts';
import { parseNodeCount } from '../../daemon/node-count.ts';
import { clusterPaths } from '../../daemon/paths.ts';
import type { Context } from '../context.ts';
import type { OptionValues } from '../option.ts';
import { VERSION } from '../version.ts';
import type { DAEMON_OPTIONS } from './cluster-options.ts';
import { pathSource } from './find-daemon.ts';
import { reportReadiness } from './readiness.ts';

export type DaemonFlags = OptionValues<typeof DAEMON_OPTIONS>;

/**
 * Runs the daemon in this process until it is stopped.
 * @param readyDescriptor - where the command that started it listens; then nothing is printed
 */
export async function runCluster(
  name: string,
  flags: DaemonFlags & { readonly readyDescriptor: number | undefined },
  { env, signal, stderr }: Context,
): Promise<ExitCode> {
  const { readyDescriptor } = flags;
  let isTold = false;
  const tell = (failure?: unknown): void => {
    if (readyDescriptor === undefined || isTold) return;
    isTold = true;
    reportReadiness(readyDescriptor, failure);
  };
  try {
    const nodes = parseNodeCount(flags.nodes);
    const settings = settingsOf(flags);
    const paths = clusterPaths(name, pathSource(env));
    const { runDaemon } = await import('../../daemon/tstackd.ts');
    return await runDaemon({
      paths,
      nodes,
      settings,
      version: VERSION,
      logLevel: flags.verbosity,
      echo: readyDescriptor === undefined ? (line) => stderr.write(line) : undefined,
      onReady: () => tell(),
      signal,
    });
  } catch (error) {
    tell(error);
    throw error;
  }
}

/** What was said about runtime, images, engine and address. @throws UsageError */
export function settingsOf(flags: DaemonFlags): Partial<DaemonSettings> {
  const { runtime, images, engine, listen } = flags;
  return {
    ...(runtime !== undefined && { runtime }),
    ...(images !== undefined && { images: images === 'any' ? undefined : splitList(images) }),
    ...(engine !== undefined && { engine: engine === 'auto' ? undefined : parseSocket(engine) }),
    ...(listen !== undefined && {
      listen: listen === 'none' ? undefined : parseListenAddress(listen),
    }),
  };
}

/** Tasks' files, ports and the engine are one machine's, so nothing but a unix socket will do. */
function parseSocket(text: string): string {
  if (/^unix:\/\/\/./.test(text)) return text;
  throw new UsageError(
    `invalid container engine ${JSON.stringify(text)}`,
    'Name a socket of this machine: unix:///var/run/docker.sock',
  );
}

function splitList(text: string): readonly string[] {
  return text.split(',').flatMap((one) => one.trim() || []);
}
