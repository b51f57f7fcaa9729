import { accessSync, constants, statSync } from 'node:fs';
import { isAbsolute, join, resolve } from 'node:path';

/** Absolute paths of the system's programs that tasks are started with. */
export interface ProgramPaths {
  readonly sh: string;
  readonly setsid: string;
  readonly mkfifo: string;
  readonly env: string;
  readonly setpriv?: string | undefined;
  readonly prlimit?: string | undefined;
  readonly choom?: string | undefined;
  readonly unshare?: string | undefined;
  readonly nsenter?: string | undefined;
  readonly mount?: string | undefined;
  readonly busybox?: string | undefined;
}

/** What looking for a program gave. */
export type FoundProgram =
  | { readonly kind: 'found'; readonly path: string }
  | { readonly kind: 'missing' }
  | { readonly kind: 'forbidden' };

/**
 * Looks for a program as execvp does: a name without slash is searched on the path.
 * @param root - directory that stands for `/`
 */
export function findProgram(name: string, path: string, cwd: string, root = ''): FoundProgram {
  const candidates = name.includes('/')
    ? [isAbsolute(name) ? name : resolve(cwd, name)]
    : path.split(':').map((directory) => join(directory === '' ? cwd : directory, name));
  let isForbidden = false;
  for (const candidate of candidates) {
    const found = look(`${root}${candidate}`);
    if (found === 'executable') return { kind: 'found', path: candidate };
    if (found === 'other') isForbidden = true;
  }
  return { kind: isForbidden ? 'forbidden' : 'missing' };
}

function look(path: string): 'executable' | 'other' | 'missing' {
  try {
    if (!statSync(path).isFile()) return 'other';
  } catch {
    return 'missing';
  }
  try {
    accessSync(path, constants.X_OK);
    return 'executable';
  } catch {
    return 'other';
  }
}

/** Where util-linux and coreutils may be beside the path. */
const SYSTEM_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/**
 * The programs of this machine.
 * @throws Error naming what is missing and cannot be done without
 */
export function findPrograms(path: string): ProgramPaths {
  const find = (name: string): string | undefined => {
    const found = findProgram(name, `${path}:${SYSTEM_PATH}`, '/');
    return found.kind === 'found' ? found.path : undefined;
  };
  const must = (name: string, from: string): string => {
    const found = find(name);
    if (found !== undefined) return found;
    throw new Error(`the process runtime needs the program ${name} (package ${from})`);
  };
  return {
    sh: must('sh', 'dash'),
    setsid: must('setsid', 'util-linux'),
    mkfifo: must('mkfifo', 'coreutils'),
    env: must('env', 'coreutils'),
    setpriv: find('setpriv'),
    prlimit: find('prlimit'),
    choom: find('choom'),
    unshare: find('unshare'),
    nsenter: find('nsenter'),
    mount: find('mount'),
    busybox: find('busybox'),
  };
}
