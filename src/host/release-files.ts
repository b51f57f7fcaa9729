import { randomBytes } from 'node:crypto';
import { linkSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { EXIT_CODE, UserError } from '../base/errors.ts';
import { sha256Hex } from '../base/hash.ts';
import type { ReleaseStore, StoredLock } from '../release/release-store.ts';
import { makePrivateDirectory } from './private-directory.ts';

const RECORD = /^([A-Za-z0-9][A-Za-z0-9.-]*)\.json$/;
const LOCK = /^lock\.(\d+)$/;

/**
 * Keeps records as files for this user alone (0600 in a directory of 0700), each written in one step.
 *
 * The lock is the highest `lock.<n>`. Whoever takes one over makes the next number, which one of many
 * can; a number that was overtaken meanwhile is void.
 * @param parent - absolute; directories are made on the first write
 * @param cluster - tells clusters apart
 * @throws UserError where the state directory cannot be used
 */
export function openReleaseFiles(
  parent: string,
  { cluster, stack }: { readonly cluster: string; readonly stack: string },
): ReleaseStore {
  const directory = join(parent, folderName(cluster), folderName(stack));
  const path = (name: string): string => join(directory, name);
  const prepare = (): void => {
    for (const one of [parent, join(parent, folderName(cluster)), directory]) {
      makePrivateDirectory(one);
    }
  };
  return {
    kind: 'local',
    read: () =>
      attempt(() => {
        const records = new Map<string, string>();
        for (const file of filesOf(directory)) {
          const name = RECORD.exec(file)?.[1];
          const text = name === undefined ? undefined : readText(path(file));
          if (name !== undefined && text !== undefined) records.set(name, text);
        }
        return { records, lock: highestLock(directory) };
      }),
    write: ({ name, text }) =>
      attempt(() => {
        prepare();
        putFile(path(`${name}.json`), text, renameSync);
      }),
    remove: (name) => attempt(() => rmSync(path(`${name}.json`), { force: true })),
    createLock: (text, over) =>
      attempt(() => {
        prepare();
        const number = Number(over?.handle ?? 0) + 1;
        const standing = highestLock(directory);
        if (standing?.handle !== over?.handle) return undefined;
        if (!putLock(path(`lock.${number}`), text)) return undefined;
        const numbers = lockNumbers(directory);
        if (numbers.at(-1) !== number) {
          rmSync(path(`lock.${number}`), { force: true });
          return undefined;
        }
        for (const one of numbers.slice(0, -1)) rmSync(path(`lock.${one}`), { force: true });
        return { text, handle: String(number) };
      }),
    renewLock: (lock, text) =>
      attempt(() => {
        if (highestLock(directory)?.handle !== lock.handle) return undefined;
        putFile(path(`lock.${lock.handle}`), text, renameSync);
        return { ...lock, text };
      }),
    removeLock: (lock) => attempt(() => rmSync(path(`lock.${lock.handle}`), { force: true })),
  };
}

/** Runs synchronous file work as what the port promises, with an error that helps. */
function attempt<T>(work: () => T): Promise<T> {
  return new Promise((resolve, reject) => {
    try {
      resolve(work());
    } catch (cause) {
      reject(cause instanceof UserError ? cause : unusable(cause));
    }
  });
}

function unusable(cause: unknown): UserError {
  return new UserError(
    `the history of this machine cannot be used: ${cause instanceof Error ? cause.message : String(cause)}`,
    {
      code: 'history-unusable',
      exitCode: EXIT_CODE.failed,
      hint: 'Set XDG_STATE_HOME to a directory of yours, or keep history in the cluster (--history cluster) or not at all (--history off).',
      cause,
    },
  );
}

/** Readable where it can be, unique always, and never a path. */
function folderName(name: string): string {
  const readable = name.replaceAll(/[^A-Za-z0-9]/g, '-').slice(0, 40);
  return `${readable}-${sha256Hex(name).slice(0, 16)}`;
}

function filesOf(directory: string): readonly string[] {
  try {
    return readdirSync(directory);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

/** Undefined when it has been removed meanwhile. */
function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function lockNumbers(directory: string): readonly number[] {
  return filesOf(directory)
    .flatMap((file) => LOCK.exec(file)?.[1] ?? [])
    .map(Number)
    .sort((a, b) => a - b);
}

function highestLock(directory: string): StoredLock | undefined {
  const number = lockNumbers(directory).at(-1);
  const text = number === undefined ? undefined : readText(join(directory, `lock.${number}`));
  return text === undefined ? undefined : { text, handle: String(number) };
}

/** False when somebody else was first. */
function putLock(path: string, text: string): boolean {
  try {
    putFile(path, text, linkSync);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function putFile(path: string, text: string, place: (from: string, to: string) => void): void {
  const temporary = `${path}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    writeFileSync(temporary, text, { mode: 0o600, flag: 'wx' });
    place(temporary, path);
  } finally {
    rmSync(temporary, { force: true });
  }
}
