import { readdirSync, readFileSync } from 'node:fs';
import { kill } from 'node:process';
import { parseStat, type ProcessIdentity, type ProcessStat } from './shim.ts';

/** A process that carries the mark of a task in its environment, or may do so in a moment. */
export interface MarkedProcess {
  readonly pid: number;
  /** The mark's value; empty for a process that is about to become another program. */
  readonly mark: string;
  /** Only with an empty mark: the session it belongs to. */
  readonly session?: number | undefined;
}

/** The machine's processes, as far as this user may look at them. */
export interface ProcessTable {
  readonly bootId: string;
  stat(pid: number): ProcessStat | undefined;
  /** Whether exactly this process is there and has not ended. */
  isAlive(identity: ProcessIdentity): boolean;
  /**
   * Every process with the variable in the environment it was started with, and those that show no
   * environment, as a process does for an instant while it executes another program.
   */
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
    withMark: (variable) =>
      readdirSync('/proc').flatMap((name) => {
        if (!/^\d+$/.test(name)) return [];
        const mark = markOf(name, variable);
        if (mark === undefined) return [];
        const pid = Number(name);
        return mark === '' ? [{ pid, mark, session: stat(pid)?.session }] : [{ pid, mark }];
      }),
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

/** The mark of a process: empty when it shows no environment, undefined when it is not marked. */
function markOf(pid: string, variable: string): string | undefined {
  const environment = readIfThere(`/proc/${pid}/environ`);
  if (environment?.length === 0) return '';
  const needle = `${variable}=`;
  const at = environment?.indexOf(needle) ?? -1;
  if (!environment || at < 0 || (at > 0 && environment[at - 1] !== 0)) return undefined;
  const end = environment.indexOf(0, at);
  return environment.toString('utf8', at + needle.length, end < 0 ? undefined : end);
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
