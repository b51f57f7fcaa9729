import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { invariant } from '../../base/invariant.ts';
import type { TaskId } from '../../swarm/object.ts';
import { parseExitCode, parseIdentity, SHIM_FILES, type TaskIdentity } from './shim.ts';
import type { TaskRecord } from './task-record.ts';

const RECORD = 'task.json';

/**
 * What is kept of one task on disk: the record of how it was prepared, what its shim wrote down, and
 * its log. The directory is the task's existence: it is made whole or not at all, and removed last.
 */
export class TaskDirectory {
  readonly id: TaskId;
  readonly path: string;
  readonly logs: string;
  /** Where the task starts when its service names no directory. */
  readonly work: string;
  /** Volumes without a name. */
  readonly volumes: string;

  /** @param tasks - the directory of all tasks, absolute */
  constructor(tasks: string, id: TaskId) {
    invariant(/^[\w-]{1,64}$/.test(id), `task id ${id} is no file name`);
    this.id = id;
    this.path = join(tasks, id);
    this.logs = join(this.path, 'logs');
    this.work = join(this.path, 'work');
    this.volumes = join(this.path, 'volumes');
  }

  file(name: string): string {
    return join(this.path, name);
  }

  readRecord(): TaskRecord | undefined {
    const text = readIfThere(this.file(RECORD));
    return text === undefined ? undefined : (JSON.parse(text) as TaskRecord);
  }

  /** Makes the directory; the record comes last, in one step. */
  create(record: TaskRecord): void {
    mkdirSync(this.path, { recursive: true, mode: 0o700 });
    mkdirSync(this.work, { recursive: true, mode: 0o700 });
    const temporary = this.file(`${RECORD}.new`);
    writeFileSync(temporary, JSON.stringify(record), { mode: 0o600 });
    renameSync(temporary, this.file(RECORD));
  }

  /** Whether a shim has begun its work, whatever came of it. */
  get isStarted(): boolean {
    return existsSync(this.file(SHIM_FILES.started));
  }

  /**
   * Takes the place of a shim, which then never begins; what never ran has ended well.
   * @returns false when a shim was first
   */
  preventStart(): boolean {
    try {
      writeFileSync(this.file(SHIM_FILES.started), '', { flag: 'wx', mode: 0o600 });
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
      throw error;
    }
    this.writeExitCode(0);
    return true;
  }

  readIdentity(): TaskIdentity | undefined {
    const text = readIfThere(this.file(SHIM_FILES.identity));
    return text === undefined ? undefined : parseIdentity(text);
  }

  readExitCode(): number | undefined {
    const text = readIfThere(this.file(SHIM_FILES.exit));
    return text === undefined ? undefined : parseExitCode(text);
  }

  /** Writes down an exit that no shim lived to see. */
  writeExitCode(code: number): void {
    writeFileSync(this.file(SHIM_FILES.exit), `${code}\n`, { mode: 0o600 });
  }

  remove(): void {
    // The record goes first: half a directory is none.
    rmSync(this.file(RECORD), { force: true });
    rmSync(this.path, { recursive: true, force: true });
  }
}

/** The ids of the tasks that have a directory, sorted. */
export function listTasks(tasks: string): readonly TaskId[] {
  return existsSync(tasks) ? (readdirSync(tasks).sort() as TaskId[]) : [];
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}
