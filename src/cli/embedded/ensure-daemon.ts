import { EXIT_CODE, UserError } from '../../base/errors.ts';
import type { Environment } from '../context.ts';
import { findCluster, trustedSocket } from './find-daemon.ts';

export interface EnsureRequest {
  readonly name: string;
  readonly env: Environment;
  readonly signal: AbortSignal;
  /** Whether to start it when it does not run. */
  readonly mayStart: boolean;
  /** Takes one line for stderr. */
  readonly tell: (text: string) => void;
}

/**
 * The socket of an embedded cluster; starts it when it does not run, and says so.
 * @throws UserError exit 9
 */
export async function ensureDaemon(request: EnsureRequest): Promise<string> {
  const { name, env, signal, mayStart, tell } = request;
  const { paths, holder } = findCluster(name, env);
  if (holder) return trustedSocket(holder);
  if (!mayStart) throw notRunning(name);
  const { startDaemonProcess } = await import('./start-daemon-process.ts');
  await startDaemonProcess({ paths, flags: [], env, signal });
  const started = findCluster(name, env).holder;
  if (!started) throw notRunning(name);
  const stop = name === 'default' ? 'tstack cluster stop' : `tstack cluster stop ${name}`;
  tell(`Started the embedded cluster '${name}' (pid ${started.pid}); '${stop}' ends it.`);
  return trustedSocket(started);
}

/** Nobody answers for that cluster. */
export function notRunning(name: string): UserError {
  return new UserError(`the embedded cluster ${name} does not run`, {
    code: 'cluster-not-running',
    exitCode: EXIT_CODE.unreachable,
    hint: `'tstack cluster start ${name}' starts it; 'tstack cluster status' lists the clusters of this user.`,
  });
}
