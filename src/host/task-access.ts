import { spawn } from 'node:child_process';
import { readFileSync, readlinkSync } from 'node:fs';
import type { StoreView } from '../orchestrator/store/store-view.ts';
import type { TaskId } from '../swarm/object.ts';

/** A command beside a task: what a client asked for. */
export interface BesideRequest {
  readonly command: readonly string[];
  /** `KEY=value`, over the task's own. */
  readonly env: readonly string[];
  readonly dir?: string | undefined;
  /** Names are not looked up: only numbers, `uid` or `uid:gid`. */
  readonly user?: string | undefined;
}

/** A command that runs beside a task. */
export interface BesideProcess {
  readonly pid: number;
  readonly stdin: NodeJS.WritableStream;
  readonly stdout: NodeJS.ReadableStream;
  readonly stderr: NodeJS.ReadableStream;
  readonly exited: Promise<number>;
  kill(): void;
}

/** What clients may do with tasks that are processes of this machine. */
export interface ProcessAccess {
  signal(task: TaskId, signal: string): Promise<void>;
  discard(task: TaskId): Promise<void>;
  exec(task: TaskId, request: BesideRequest): Promise<BesideProcess>;
}

/**
 * Access to tasks by the process ids in their statuses.
 *
 * A signal goes to the task's own process, as to a container's first one; SIGKILL to its whole group.
 * A command beside a task has its environment, folder and user, not its mounts.
 * @param view - the cluster's state; undefined while there is none
 */
export function createProcessAccess(view: () => StoreView | undefined): ProcessAccess {
  const pidOf = (task: TaskId): number => {
    const status = view()?.get('task', task)?.Status;
    const pid = status?.ContainerStatus?.PID ?? 0;
    if (pid > 1) return pid;
    throw new Error('nothing runs for this task');
  };
  return {
    signal: async (task, signal) => send(pidOf(task), signal),
    discard: async (task) => {
      const status = view()?.get('task', task)?.Status;
      if ((status?.ContainerStatus?.PID ?? 0) > 1) send(pidOf(task), 'SIGKILL');
    },
    exec: (task, request) => startBeside(pidOf(task), request),
  };
}

function send(pid: number, signal: string): void {
  try {
    process.kill(signal === 'SIGKILL' && isGroupLeader(pid) ? -pid : pid, signal);
  } catch (error) {
    // What has just ended needs no signal.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** Whether the process leads a group: the fifth field of its `stat`. */
function isGroupLeader(pid: number): boolean {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return Number(fields[2]) === pid;
}

function startBeside(pid: number, request: BesideRequest): Promise<BesideProcess> {
  const [program = '', ...args] = request.command;
  const child = spawn(program, args, {
    cwd: request.dir ?? readlinkSync(`/proc/${pid}/cwd`),
    env: { ...environmentOf(pid), ...pairs(request.env) },
    stdio: 'pipe',
    ...accountOf(pid, request.user),
  });
  const exited = new Promise<number>((resolve) => {
    child.on('close', (code) => resolve(code ?? 137));
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('spawn', () =>
      resolve({
        pid: child.pid ?? 0,
        stdin: child.stdin,
        stdout: child.stdout,
        stderr: child.stderr,
        exited,
        kill: () => child.kill('SIGKILL'),
      }),
    );
  });
}

function environmentOf(pid: number): Record<string, string> {
  return pairs(readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0'));
}

function pairs(list: readonly string[]): Record<string, string> {
  const known = list.filter((one) => one.includes('='));
  return Object.fromEntries(
    known.map((one) => [one.slice(0, one.indexOf('=')), one.slice(one.indexOf('=') + 1)]),
  );
}

/** The task's own user and group, unless others are asked for; only root may choose. */
function accountOf(pid: number, asked: string | undefined): { uid?: number; gid?: number } {
  if (process.getuid?.() !== 0) return {};
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const id = (name: string): number =>
    Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1]);
  const match = /^(\d+)(?::(\d+))?$/.exec(asked ?? '');
  if (asked && !match) throw new Error(`unable to find user ${asked}: use a number`);
  return { uid: Number(match?.[1] ?? id('Uid')), gid: Number(match?.[2] ?? id('Gid')) };
}
