import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSeededRandom } from '../../src/base/random.ts';
import { systemClock } from '../../src/host/system-clock.ts';
import {
  createProcessRuntime,
  type ProcessRuntime,
  type ProcessRuntimeOptions,
} from '../../src/runtimes/process/process-runtime.ts';

/** A process runtime on a directory of its own, with lives that follow each other. */
export interface TestProcessRuntime {
  readonly current: () => ProcessRuntime;
  readonly nextLife: () => void;
  readonly directory: string;
  readonly troubles: readonly unknown[];
  readonly dispose: () => void;
}

/** Processes of this machine whose environment names the task, as `process <pid>`; sorted. */
export function processesOf(task: string): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const isOurs = readFileSync(`/proc/${pid}/environ`, 'utf8').includes(`/${task}\0`);
        const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');

        return isOurs && !/\) Z /.test(stat) ? [`process ${pid}`] : [];
      } catch {
        return [];
      }
    })
    .sort();
}

/** Whether this machine can run the process runtime. */
export const hasProc = process.platform === 'linux';

export function aProcessRuntime(options: Partial<ProcessRuntimeOptions> = {}): TestProcessRuntime {
  const directory = mkdtempSync(join(tmpdir(), 'tstack-runtime-'));
  const troubles: unknown[] = [];
  let seed = 0;
  const create = (): ProcessRuntime => {
    seed += 1;
    return createProcessRuntime({
      clock: systemClock,
      random: createSeededRandom(seed),
      stateDirectory: directory,
      user: { uid: process.getuid?.() ?? 0, home: homedir() },
      path: process.env['PATH'] ?? '',
      onTrouble: (error) => troubles.push(error),
      ...options,
    });
  };
  let current = create();
  return {
    current: () => current,
    nextLife: () => {
      current.close();
      current = create();
    },
    directory,
    troubles,
    dispose: () => {
      // Whatever a failed test left running goes.
      current.sweep(new Set());
      current.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
