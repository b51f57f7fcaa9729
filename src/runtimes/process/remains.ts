import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { sleepUntil, toInstant, type Clock } from '../../base/clock.ts';
import type { TaskId } from '../../swarm/object.ts';
import type { Cgroups } from './cgroups.ts';
import type { TaskDirectory } from './task-directory.ts';
import type { TaskProcesses } from './task-processes.ts';
import { openWorkDirectory } from './work-directory.ts';

/** Pause between attempts to remove control groups, ms, and how many there are. */
const GROUP_MS = 20;
const GROUP_ATTEMPTS = 100;

/**
 * Removes what is there of a task that runs no more: files, groups, directory, in this order.
 * @throws Error when a process of it cannot be killed, or a file not be removed
 */
export async function removeRemains(
  id: TaskId,
  parts: {
    readonly directory: TaskDirectory;
    readonly processes: TaskProcesses;
    readonly surroundings: {
      readonly clock: Clock;
      readonly cgroups: Cgroups;
      readonly files: string;
    };
  },
): Promise<void> {
  const { directory, processes, surroundings } = parts;
  processes.close();
  rmSync(join(surroundings.files, id), { recursive: true, force: true });
  rmSync(openWorkDirectory(id), { recursive: true, force: true });
  await removeCgroups(id, surroundings);
  directory.remove();
}

/** The shim leaves its groups a moment after it has told of the end. */
async function removeCgroups(
  id: TaskId,
  { clock, cgroups }: { readonly clock: Clock; readonly cgroups: Cgroups },
): Promise<void> {
  for (let attempt = 0; !cgroups.remove(id); attempt += 1) {
    if (attempt === GROUP_ATTEMPTS) throw new Error('a process of the task cannot be killed');
    await sleepUntil(clock, toInstant(clock.now() + GROUP_MS));
  }
}
