import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { existsSync, readFileSync, readlinkSync } from 'node:fs';
import { kill } from 'node:process';
import type { StoredTask } from '../../orchestrator/store/stored-object.ts';
import type { TaskId } from '../../swarm/object.ts';
import { isBusyboxImage } from './image-list.ts';
import { coveredFiles } from './inherited-files.ts';
import type { ProgramPaths } from './programs.ts';
import { resolveCommand } from './resolve-command.ts';

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
  readonly kind: 'running';
  readonly pid: number;
  readonly stdin: NodeJS.WritableStream;
  readonly stdout: NodeJS.ReadableStream;
  readonly stderr: NodeJS.ReadableStream;
  readonly exited: Promise<number>;
  kill(): void;
}

/** Why a command cannot be executed, and the exit code it is given for that. */
export interface RefusedCommand {
  readonly kind: 'refused';
  readonly reason: string;
  readonly exitCode: number;
}

/** What clients may do with tasks that are processes of this machine. */
export interface ProcessAccess {
  signal(task: TaskId, signal: string): Promise<void>;
  discard(task: TaskId): Promise<void>;
  exec(task: TaskId, request: BesideRequest): Promise<BesideProcess | RefusedCommand>;
}

/**
 * Access to tasks by the process ids in their statuses.
 *
 * A signal goes to the task's own process, as to a container's first one; SIGKILL to its whole group.
 * A command beside a task has its environment, folder, user and mounts.
 * @param find - the task as the cluster knows it; undefined when it does not
 */
export function createProcessAccess(
  find: (task: TaskId) => StoredTask | undefined,
  { programs, uid: ownUid }: { readonly programs: ProgramPaths; readonly uid: number },
): ProcessAccess {
  const pidOf = (task: TaskId): number => {
    const pid = find(task)?.Status.ContainerStatus?.PID ?? 0;
    if (pid > 1) return pid;
    throw new Error('nothing runs for this task');
  };
  return {
    signal: async (task, signal) => send(pidOf(task), signal),
    discard: async (task) => {
      const pid = find(task)?.Status.ContainerStatus?.PID ?? 0;
      if (pid > 1) send(pid, 'SIGKILL');
    },
    exec: async (task, request) => {
      const pid = pidOf(task);
      const image = find(task)?.Spec.ContainerSpec?.Image ?? '';
      const environment = { ...environmentOf(pid), ...pairs(request.env) };
      const cwd = request.dir ?? readlinkSync(`/proc/${pid}/cwd`);
      const command = resolveCommand(request.command, {
        path: environment['PATH'] ?? '',
        cwd,
        root: `/proc/${pid}/root`,
        busybox: isBusyboxImage(image) ? programs.busybox : undefined,
      });
      if (command.kind === 'error') {
        const { reason, exitCode } = command;
        return { kind: 'refused', reason, exitCode };
      }
      if (!existsSync(`/proc/${pid}/root${cwd}`)) {
        const reason = `chdir to cwd ("${cwd}") set in config.json failed: no such file or directory`;
        return { kind: 'refused', reason, exitCode: 126 };
      }
      const account = ownUid === 0 ? accountOf(pid, request.user) : {};
      const options = { cwd, env: environment, ...account };
      if (!hasOwnMounts(pid)) return startBeside(command.argv, options);
      const argv = [...entering(pid, cwd, programs), ...becoming(account, programs)];
      return startBeside([...argv, ...command.argv], { cwd: '/', env: environment });
    },
  };
}

function send(pid: number, signal: string): void {
  try {
    kill(signal === 'SIGKILL' && isGroupLeader(pid) ? -pid : pid, signal);
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

interface Account {
  readonly uid?: number;
  readonly gid?: number;
}

function hasOwnMounts(pid: number): boolean {
  return readlinkSync(`/proc/${pid}/ns/mnt`) !== readlinkSync('/proc/self/ns/mnt');
}

/** Brings a command into a task's mounts. */
function entering(pid: number, cwd: string, { nsenter }: ProgramPaths): readonly string[] {
  if (nsenter === undefined) throw new Error('exec needs the program nsenter (package util-linux)');
  return [nsenter, '--mount', `--target=${pid}`, `--wd=${cwd}`, '--'];
}

/** Makes a command another user's, once it is in the mounts that only root can enter. */
function becoming({ uid, gid }: Account, { setpriv }: ProgramPaths): readonly string[] {
  if (uid === undefined || uid === 0) return [];
  if (setpriv === undefined) throw new Error('a user needs the program setpriv (util-linux)');
  return [setpriv, `--reuid=${uid}`, `--regid=${gid}`, '--clear-groups', '--'];
}

function startBeside(
  [program = '', ...args]: readonly string[],
  options: Account & { readonly cwd: string; readonly env: Record<string, string> },
): Promise<BesideProcess> {
  const child = spawn(program, args, {
    ...options,
    stdio: ['pipe', 'pipe', 'pipe', ...coveredFiles()],
  }) as ChildProcessWithoutNullStreams;
  const exited = new Promise<number>((resolve) => {
    child.on('close', (code) => resolve(code ?? 137));
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('spawn', () =>
      resolve({
        kind: 'running',
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

/** The task's own user and group, unless others are asked for; for a daemon that root runs. */
function accountOf(pid: number, asked: string | undefined): Account {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const id = (name: string): number =>
    Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1]);
  const match = /^(\d+)(?::(\d+))?$/.exec(asked ?? '');
  if (asked && !match) throw new Error(`unable to find user ${asked}: use a number`);
  return { uid: Number(match?.[1] ?? id('Uid')), gid: Number(match?.[2] ?? id('Gid')) };
}
