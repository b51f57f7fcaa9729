import { randomBytes } from 'node:crypto';
import { linkSync, readdirSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Who holds a lock, and where it can be reached. */
export interface LockHolder {
  readonly pid: number;
  /** Boot and start time of the process: a later process of the same pid is another one. */
  readonly start: string;
  /** Path of its socket. */
  readonly socket: string;
}

export type LockAttempt =
  | { readonly kind: 'acquired' }
  | { readonly kind: 'held'; readonly holder: LockHolder };

/**
 * Makes this process the only holder of a directory, until it ends.
 *
 * The holder is the highest `lock.<n>`, as long as its process lives. Whoever finds it dead makes the
 * next number, which one of many can; a number that was overtaken meanwhile is void. The highest file
 * is never deleted, so no number is given twice.
 */
export function acquireLock(directory: string, socket: string): LockAttempt {
  const holder: LockHolder = { pid: process.pid, start: processStart(process.pid), socket };
  for (;;) {
    const numbers = lockNumbers(directory);
    const highest = numbers.at(-1) ?? 0;
    const current = readHolder(directory, highest);
    if (current && isAlive(current)) return { kind: 'held', holder: current };
    if (!createLock(directory, highest + 1, holder)) continue;
    const after = lockNumbers(directory);
    if (after.at(-1) !== highest + 1) {
      removeLock(directory, highest + 1);
      continue;
    }
    for (const number of after.slice(0, -1)) removeLock(directory, number);
    return { kind: 'acquired' };
  }
}

/** Who holds the directory now; undefined when nobody does. */
export function findHolder(directory: string): LockHolder | undefined {
  const holder = readHolder(directory, lockNumbers(directory).at(-1) ?? 0);
  return holder && isAlive(holder) ? holder : undefined;
}

function lockNumbers(directory: string): readonly number[] {
  let names: readonly string[];
  try {
    names = readdirSync(directory);
  } catch {
    return [];
  }
  return names
    .map((name) => Number(/^lock\.(\d+)$/.exec(name)?.[1]))
    .filter((number) => number > 0)
    .sort((a, b) => a - b);
}

function lockFile(directory: string, number: number): string {
  return join(directory, `lock.${number}`);
}

/** Makes the file with its content in one step; false when somebody else was first. */
function createLock(directory: string, number: number, holder: LockHolder): boolean {
  const temporary = join(directory, `new-lock.${randomBytes(6).toString('hex')}`);
  writeFileSync(temporary, JSON.stringify(holder), { mode: 0o600, flag: 'wx' });
  try {
    linkSync(temporary, lockFile(directory, number));
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    unlinkSync(temporary);
  }
}

function removeLock(directory: string, number: number): void {
  try {
    unlinkSync(lockFile(directory, number));
  } catch (error) {
    // Another process that cleans up after the same dead ones was first.
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}

function readHolder(directory: string, number: number): LockHolder | undefined {
  try {
    const holder = JSON.parse(
      readFileSync(lockFile(directory, number), 'utf8'),
    ) as Partial<LockHolder> | null;
    const { pid, start, socket } = holder ?? {};
    if (!Number.isInteger(pid) || typeof start !== 'string' || typeof socket !== 'string') {
      return undefined;
    }
    return { pid: Number(pid), start, socket };
  } catch {
    return undefined;
  }
}

function isAlive({ pid, start }: LockHolder): boolean {
  const now = processStart(pid);
  if (now !== '' || start !== '') return now === start;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Identity of a living process on Linux; empty when it is gone, a zombie, or there is no /proc. */
export function processStart(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The second field is the program's name in parentheses and may hold anything.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const [state] = fields;
    if (state === 'Z' || state === 'X') return '';
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    return `${boot}/${fields[19] ?? ''}`;
  } catch {
    return '';
  }
}
