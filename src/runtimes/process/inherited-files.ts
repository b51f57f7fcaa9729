import { openSync, readdirSync, readFileSync } from 'node:fs';

/** Of `flags` in /proc/<pid>/fdinfo, octal. @source proc(5), open(2) */
const CLOSE_ON_EXEC = 0o2000000;

let nothing: number | undefined;

/**
 * What the files of a new process beyond its first three are to be: nothing at all.
 *
 * Node closes its own files when a program is started; a library's file (the database of the
 * cluster, whose file is opened by native code) may stay open, and would be the task's too. Such
 * files cannot be closed from here, so `/dev/null` takes their numbers.
 */
export function coveredFiles(): readonly (number | 'ignore')[] {
  const inherited = inheritedFiles();
  const last = Math.max(2, ...inherited);
  if (last === 2) return [];
  nothing ??= openSync('/dev/null', 'r+');
  const cover = nothing;
  return Array.from({ length: last - 2 }, (_, at) => (inherited.has(at + 3) ? cover : 'ignore'));
}

/** Numbers of our files, beyond the first three, that programs we start get as well. */
function inheritedFiles(): ReadonlySet<number> {
  const numbers = readdirSync('/proc/self/fd').map(Number);
  return new Set(numbers.filter((fd) => fd > 2 && isInherited(fd)));
}

function isInherited(fd: number): boolean {
  try {
    const flags = /^flags:\s*(\d+)$/m.exec(readFileSync(`/proc/self/fdinfo/${fd}`, 'utf8'))?.[1];
    return flags !== undefined && (parseInt(flags, 8) & CLOSE_ON_EXEC) === 0;
  } catch {
    // The file of the listing itself is closed by now.
    return false;
  }
}
