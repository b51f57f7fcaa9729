import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runTstack, type Ended } from './run-tstack.ts';

/** An embedded cluster of the built program, with directories of its own. */
export interface EmbeddedCluster {
  readonly socket: string;
  readonly env: Readonly<Record<string, string>>;
  readonly tstack: (...args: readonly string[]) => Promise<Ended>;
  /** Starts the daemon; gives its process id. */
  readonly start: (...flags: readonly string[]) => Promise<number>;
  /** Stops the daemon and its tasks, and removes everything. */
  readonly destroy: () => Promise<void>;
}

/** Makes directories for a cluster; nothing runs yet. */
export function createEmbeddedCluster(): EmbeddedCluster {
  const root = mkdtempSync(join(tmpdir(), 'tstackd-'));
  const env = {
    HOME: root,
    XDG_STATE_HOME: join(root, 's'),
    XDG_CONFIG_HOME: join(root, 'c'),
    XDG_RUNTIME_DIR: join(root, 'r'),
  };
  const tstack = (...args: readonly string[]): Promise<Ended> => runTstack(args, { env });
  return {
    socket: join(root, 'r/tstack/default.sock'),
    env,
    tstack,
    async start(...flags) {
      const { code, stdout, stderr } = await tstack('cluster', 'start', ...flags);
      const pid = Number(/pid (\d+)/.exec(stdout)?.[1]);
      if (code !== 0 || !(pid > 1)) throw new Error(`cluster start: ${code}\n${stdout}\n${stderr}`);
      return pid;
    },
    async destroy() {
      await tstack('cluster', 'stop');
      rmSync(root, { recursive: true, force: true });
    },
  };
}

/** Values of an environment variable in the processes of this machine that have it, one a process. */
export function valuesOfProcesses(variable: string): readonly string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      const entries = readOrNothing(`/proc/${pid}/environ`).split('\0');
      const value = entries.find((one) => one.startsWith(`${variable}=`));
      const command = readOrNothing(`/proc/${pid}/cmdline`).split('\0')[0] ?? '';
      return value !== undefined && command === 'sleep' ? [value.slice(variable.length + 1)] : [];
    });
}

/** A process may end while it is looked at. */
function readOrNothing(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
