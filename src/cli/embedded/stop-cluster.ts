import { toInstant, sleepUntil } from '../../base/clock.ts';
import { EXIT_CODE, UserError } from '../../base/errors.ts';
import type { Context } from '../context.ts';
import { embeddedGlobals, openDaemonApi } from './daemon-api.ts';
import { notRunning } from './ensure-daemon.ts';
import { findCluster } from './find-daemon.ts';

/** How often to look whether the process has ended, ms. */
const LOOK_MS = 50;

/**
 * Stops the daemon of a cluster and waits until it is gone.
 * @throws UserError it does not run (exit 9), or does not end in time (exit 7)
 */
export async function stopCluster(
  name: string,
  wanted: { readonly keepTasks: boolean; readonly timeoutMs: number },
  context: Context,
): Promise<void> {
  const { globals, env, signal, clock } = context;
  const { holder } = findCluster(name, env);
  if (!holder) throw notRunning(name);
  const chosen = { globals: embeddedGlobals(globals, name), env, signal };
  const api = await openDaemonApi(chosen, { mayStart: false });
  try {
    await api.send('POST', '/cluster/stop', { Tasks: wanted.keepTasks ? 'keep' : 'stop' });
  } finally {
    api.close();
  }
  const deadline = clock.now() + wanted.timeoutMs;
  while (findCluster(name, env).holder?.pid === holder.pid) {
    if (clock.now() > deadline) throw tooSlow(name, holder.pid);
    await sleepUntil(clock, toInstant(clock.now() + LOOK_MS), signal);
  }
}

function tooSlow(name: string, pid: number): UserError {
  return new UserError(`the embedded cluster ${name} (pid ${pid}) has not ended yet`, {
    code: 'cluster-stop-timeout',
    exitCode: EXIT_CODE.timeout,
    hint: 'It waits for tasks within their stop_grace_period; --timeout waits longer, --keep-tasks leaves them running.',
  });
}
