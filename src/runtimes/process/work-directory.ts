import { chownSync, lstatSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { TaskId } from '../../swarm/object.ts';
import type { Account } from './accounts.ts';
import type { TaskDirectory } from './task-directory.ts';

/** Where anybody may have directories. @source file-hierarchy(7) */
const OPEN_DIRECTORY = '/var/tmp';

/**
 * Where a task starts when its service names no directory.
 *
 * The state's directories let no other user in, so a task of another user has one elsewhere.
 */
export function workDirectory(directory: TaskDirectory, account: Account | undefined): string {
  return account && account.uid !== 0 ? openWorkDirectory(directory.id) : directory.work;
}

/** The directory of a task of another user. */
export function openWorkDirectory(id: TaskId): string {
  return join(OPEN_DIRECTORY, `tstack-task-${id}`);
}

/**
 * Makes a work directory and gives it to the task's user.
 * @throws Error when something else is in its place
 */
export function makeWorkDirectory(path: string, account: Account): void {
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    const isThere = error instanceof Error && 'code' in error && error.code === 'EEXIST';
    if (!isThere) throw error;
    const there = lstatSync(path);
    const isOurs = there.isDirectory() && (there.uid === account.uid || there.uid === 0);
    if (!isOurs) throw new Error(`${path} is not the task's working directory`, { cause: error });
  }
  chownSync(path, account.uid, account.gid);
}
