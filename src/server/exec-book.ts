import type { ExecProcess, ExecRequest } from './backend.ts';
import { httpError } from './http-errors.ts';
import type { TaskContainer } from './task-containers.ts';

/** A command that was asked for beside a task, and what became of it. */
export interface ExecEntry {
  readonly id: string;
  readonly container: TaskContainer;
  readonly request: ExecRequest;
  readonly attachStdin: boolean;
  running?: ExecProcess;
  exitCode?: number;
}

/** Finished commands that are still remembered for clients who ask how they ended. */
const KEPT = 256;

/** The commands of this daemon, by id. */
export class ExecBook {
  readonly #entries = new Map<string, ExecEntry>();

  add(entry: ExecEntry): void {
    this.#entries.set(entry.id, entry);
    for (const [id, one] of this.#entries) {
      if (this.#entries.size <= KEPT) return;
      if (one.exitCode !== undefined) this.#entries.delete(id);
    }
  }

  /** @throws HttpError 404 */
  get(id: string): ExecEntry {
    const entry = this.#entries.get(id);
    if (entry) return entry;
    throw httpError('not-found', `No such exec instance: ${id}`);
  }

  /** Ends what still runs. */
  close(): void {
    for (const { running, exitCode } of this.#entries.values()) {
      if (exitCode === undefined) running?.kill();
    }
  }
}

/** @source spec/engine-api.md section 12 */
export function showExec({ id, container, request, running, exitCode, attachStdin }: ExecEntry) {
  const [entrypoint = '', ...args] = request.command;
  return {
    ID: id,
    Running: running !== undefined && exitCode === undefined,
    ExitCode: exitCode ?? null,
    ProcessConfig: {
      tty: request.hasTty,
      entrypoint,
      arguments: args,
      privileged: false,
      ...(request.user !== undefined && { user: request.user }),
    },
    OpenStdin: attachStdin,
    OpenStderr: true,
    OpenStdout: true,
    CanRemove: false,
    ContainerID: container.id,
    DetachKeys: '',
    Pid: running?.pid ?? 0,
  };
}
