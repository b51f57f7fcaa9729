import { spawn } from 'node:child_process';
import { kill } from 'node:process';
import { sleepUntil, toInstant, type Clock } from '../../base/clock.ts';
import { coveredFiles } from './inherited-files.ts';

/** A health check's command, ready to run. */
export interface Probe {
  readonly argv: readonly [string, ...string[]];
  readonly environment: ReadonlyMap<string, string>;
  readonly cwd: string;
  readonly timeoutMs: number;
}

/**
 * Runs a health check once, in a process group of its own.
 * @returns whether it ended with code 0 within its time; it is killed when it takes longer
 */
export async function runProbe(probe: Probe, clock: Clock, signal: AbortSignal): Promise<boolean> {
  const [program, ...args] = probe.argv;
  const child = spawn(program, args, {
    cwd: probe.cwd,
    env: Object.fromEntries(probe.environment),
    detached: true,
    stdio: ['ignore', 'ignore', 'ignore', ...coveredFiles()],
  });
  const ended = new Promise<boolean>((resolve) => {
    child.once('error', () => resolve(false));
    child.once('exit', (code) => resolve(code === 0));
  });
  const wait = new AbortController();
  const abort = (): void => wait.abort();
  signal.addEventListener('abort', abort, { once: true });
  const tooLong = sleepUntil(clock, toInstant(clock.now() + probe.timeoutMs), wait.signal).then(
    () => false,
    () => false,
  );
  try {
    return await Promise.race([ended, tooLong]);
  } finally {
    wait.abort();
    signal.removeEventListener('abort', abort);
    if (child.exitCode === null && child.pid !== undefined) killGroup(child.pid);
  }
}

function killGroup(pid: number): void {
  try {
    kill(-pid, 'SIGKILL');
  } catch {
    // It ended by itself.
  }
}
