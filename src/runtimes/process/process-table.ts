import { readdirSync, readFileSync } from 'node:fs';
import { kill } from 'node:process';
import { parseStat, type ProcessIdentity, type ProcessStat } from './shim.ts';

/** A process that carries the mark of a task in its environment. */
export interface MarkedProcess {
  readonly pid: number;
  /** The mark's value. */
  readonly mark: string;
}

/** The machine's processes, as far as this user may look at them. */
export interface ProcessTable {
  readonly bootId: string;
  stat(pid: number): ProcessStat | undefined;
  /** Whether exactly this process is there and has not ended. */
  isAlive(identity: ProcessIdentity): boolean;
  /** Every process with the variable in the environment it was started with. */
  withMark(variable: string): readonly MarkedProcess[];
  /** Sends a signal; false when there is no such process any more. */
  signal(pid: number, signal: NodeJS.Signals | number): boolean;
}

/** The processes of /proc. @throws Error where there is no /proc (the process runtime needs Linux) */
export function createProcessTable(): ProcessTable {
  const stat = (pid: number): ProcessStat | undefined => {
    const text = readIfThere(`/proc/${pid}/stat`);
    return text === undefined ? undefined : parseStat(text.toString('utf8'));
  };
  return {
    bootId: readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim(),
    stat,
    isAlive: ({ pid, startTicks }) => {
      const found = stat(pid);
      return found !== undefined && found.startTicks === startTicks && found.state !== 'Z';
    },
    withMark: (variable) => readdirSync('/proc').flatMap((name) => markOf(name, variable)),
    signal: (pid, signal) => {
      try {
        kill(pid, signal);
        return true;
      } catch (error) {
        if (codeOf(error) === 'ESRCH') return false;
        throw error;
      }
    },
  };
}

function markOf(name: string, variable: string): MarkedProcess[] {
  if (!/^\d+$/.test(name)) return [];
  const environment = readIfThere(`/proc/${name}/environ`);
  const needle = `${variable}=`;
  const at = environment?.indexOf(needle) ?? -1;
  if (!environment || at < 0 || (at > 0 && environment[at - 1] !== 0)) return [];
  const end = environment.indexOf(0, at);
  const mark = environment.toString('utf8', at + needle.length, end < 0 ? undefined : end);
  return [{ pid: Number(name), mark }];
}

/** Processes end while one looks at them, and others' may not be looked at. */
function readIfThere(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch (error) {
    if (['ENOENT', 'ESRCH', 'EACCES', 'EPERM'].includes(codeOf(error) ?? '')) return undefined;
    throw error;
  }
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined;
}
