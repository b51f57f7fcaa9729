import { chmodSync, chownSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import type { TaskFile } from '../orchestrator/agent/executor.ts';

/** Whom files belong to. */
export interface FileOwner {
  readonly uid: number;
  readonly gid: number;
}

/** Where a task's secrets and configs are; what `TSTACK_SECRETS_DIR` and `TSTACK_CONFIGS_DIR` tell. */
export interface FilePlaces {
  readonly root: string;
  readonly secrets: string;
  readonly configs: string;
}

/** @param root - directory of one task's files, absolute */
export function filePlaces(root: string): FilePlaces {
  return { root, secrets: join(root, 'secrets'), configs: join(root, 'configs') };
}

/** Where a container would find a secret or config: relative names are below a place of their kind. */
export function targetInContainer(kind: TaskFile['kind'], name: string): string {
  return resolve(kind === 'secret' ? '/run/secrets' : '/', name);
}

/** Where a secret or config lies on the machine. @throws Error when the name leaves its directory */
export function placeOfFile(places: FilePlaces, kind: TaskFile['kind'], name: string): string {
  return inside(kind === 'secret' ? places.secrets : places.configs, name);
}

/**
 * Writes a task's secrets and configs: directories that only its user can enter, files with the
 * mode that the service asks for, none of them writable. Absolute targets keep their path below.
 * @param account - absent: the daemon's own
 * @throws Error when a target would leave the directory, or an owner is no number
 */
export function writeTaskFiles(
  places: FilePlaces,
  files: readonly TaskFile[],
  account: FileOwner | undefined,
): void {
  const own = (path: string, uid = account?.uid, gid = account?.gid): void => {
    if (account && uid !== undefined && gid !== undefined) chownSync(path, uid, gid);
  };
  for (const directory of [places.root, places.secrets, places.configs]) {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    own(directory);
  }
  for (const { kind, file, data } of files) {
    if (!file) continue;
    const root = kind === 'secret' ? places.secrets : places.configs;
    const path = placeOfFile(places, kind, file.Name);
    makeParents(root, path, own);
    // Written anew when a start is tried again.
    rmSync(path, { force: true });
    writeFileSync(path, Buffer.from(data, 'base64'), { mode: 0o400, flag: 'wx' });
    // The daemon's umask would take away what the service asks for.
    chmodSync(path, file.Mode & 0o555);
    own(path, ownerId(file.UID), ownerId(file.GID));
  }
}

/**
 * Makes the files of a task empty, for engines that look for the sources of mounts before the start.
 * @param paths - absolute, inside one task's directory
 */
export function reserveTaskFiles(paths: readonly string[]): void {
  for (const path of paths) {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    writeFileSync(path, '', { mode: 0o400, flag: 'a' });
  }
}

function makeParents(root: string, path: string, own: (path: string) => void): void {
  let directory = root;
  for (const name of relative(root, dirname(path)).split('/').filter(Boolean)) {
    directory = join(directory, name);
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    own(directory);
  }
}

/** "0", which is what is sent when nothing is said, stands for the task's own user. */
function ownerId(text: string): number | undefined {
  if (!/^\d{1,10}$/.test(text)) throw new Error(`strconv.Atoi: parsing "${text}": invalid syntax`);
  return text === '0' ? undefined : Number(text);
}

function inside(root: string, name: string): string {
  const path = resolve(root, name.replace(/^\/+/, ''));
  if (!path.startsWith(`${root}/`)) throw new Error(`file target ${name} leaves its directory`);
  return path;
}
