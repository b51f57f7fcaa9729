import { homedir } from 'node:os';
import { EXIT_CODE, UserError, type ExitCode } from '../base/errors.ts';
import { acquireLock } from '../host/instance-lock.ts';
import { describeMachine } from '../host/machine.ts';
import { makePrivateDirectory } from '../host/private-directory.ts';
import { openRotatingFile } from '../host/rotating-file.ts';
import { systemClock } from '../host/system-clock.ts';
import { systemRandom } from '../host/system-random.ts';
import { startDaemon, type Daemon, type DaemonSettings } from './daemon.ts';
import { createLog, type Log, type LogLevel } from './log.ts';
import type { NodeCount } from './node-count.ts';
import type { ClusterPaths } from './paths.ts';
import { openRuntime, type RuntimeName } from './runtimes.ts';

/** The log file is at most twice as large. */
const LOG_BYTES = 5 * 1024 * 1024;

export interface RunDaemonOptions {
  readonly paths: ClusterPaths;
  readonly nodes: NodeCount;
  readonly settings: Partial<DaemonSettings>;
  readonly version: string;
  readonly logLevel: LogLevel;
  /** Where the log goes besides its file; absent: nowhere. */
  readonly echo?: ((line: string) => void) | undefined;
  /** Told once, when requests are answered. */
  readonly onReady: () => void;
  /** Aborted by SIGTERM and SIGINT. */
  readonly signal: AbortSignal;
}

/**
 * Runs the daemon of a cluster until it is stopped. A signal leaves the tasks running, for the next
 * start takes them up; `tstack cluster stop` stops them.
 * @throws UserError another daemon runs; the directories or the state cannot be used
 */
export async function runDaemon(options: RunDaemonOptions): Promise<ExitCode> {
  const { paths, signal } = options;
  process.umask(0o077);
  for (const directory of [paths.root, paths.runtime]) makePrivateDirectory(directory);
  lock(paths);
  const file = openRotatingFile(paths.log, LOG_BYTES);
  const write = (line: string): void => {
    file.write(line);
    options.echo?.(line);
  };
  const log = createLog({ write }, options.logLevel);
  try {
    const daemon = await start(options, log);
    log.info({ pid: process.pid, socket: paths.socket }, 'the cluster is up');
    options.onReady();
    const tasks = await Promise.race([daemon.stopRequested, aborted(signal)]);
    log.info({ tasks }, 'stopping');
    await daemon.stop(tasks);
    log.info('stopped');
    return EXIT_CODE.ok;
  } catch (error) {
    log.fatal({ error }, 'the cluster cannot run');
    throw error;
  } finally {
    file.close();
  }
}

async function start(options: RunDaemonOptions, log: Log): Promise<Daemon> {
  const { paths, nodes, settings, version } = options;
  return startDaemon({
    paths,
    nodes,
    settings,
    version,
    defaultRuntime: DEFAULT_RUNTIME,
    openRuntime: ({ runtime, images, engine }, traffic) =>
      openRuntime(runtime, {
        images,
        engine,
        version,
        clock: systemClock,
        random: systemRandom,
        paths,
        user: { uid: process.getuid?.() ?? -1, home: homedir() },
        path: process.env['PATH'] ?? '/usr/local/bin:/usr/bin:/bin',
        traffic,
        onTrouble: (error) => log.warn({ error }, 'the runtime met trouble'),
      }),
    clock: systemClock,
    random: systemRandom,
    machine: describeMachine(),
    pid: process.pid,
    log,
  });
}

const DEFAULT_RUNTIME: RuntimeName = 'process';

function lock({ name, root, socket }: ClusterPaths): void {
  const attempt = acquireLock(root, socket);
  if (attempt.kind === 'acquired') return;
  const { pid } = attempt.holder;
  throw new UserError(`the embedded cluster ${name} runs already (pid ${pid})`, {
    code: 'cluster-running',
    exitCode: EXIT_CODE.conflict,
    hint: `'tstack cluster status ${name}' shows it, 'tstack cluster stop ${name}' ends it.`,
  });
}

function aborted(signal: AbortSignal): Promise<'keep'> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve('keep');
    else signal.addEventListener('abort', () => resolve('keep'), { once: true });
  });
}
