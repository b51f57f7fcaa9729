import { spawn } from 'node:child_process';
import { chownSync } from 'node:fs';
import type { Socket } from 'node:net';
import { sleepUntil, toInstant, type Clock } from '../../base/clock.ts';
import { KILLED, LOST } from '../exit.ts';
import { LineSplitter } from '../logs/log-format.ts';
import type { TaskLog } from '../logs/task-log.ts';
import type { Account } from './accounts.ts';
import { isShellName } from './environment.ts';
import { openFifo } from './fifo.ts';
import { coveredFiles } from './inherited-files.ts';
import type { ProcessTable } from './process-table.ts';
import type { ProgramPaths } from './programs.ts';
import { SHIM_FILES, shimArgv, type TaskIdentity } from './shim.ts';
import type { TaskDirectory } from './task-directory.ts';

export interface TaskProcessesOptions {
  readonly directory: TaskDirectory;
  readonly clock: Clock;
  readonly table: ProcessTable;
  readonly log: TaskLog;
  /** The task's processes, the shim included: all that carry its mark, or belong to the session. */
  readonly membersOf: (session: number | undefined) => readonly number[];
}

/** What is to be run. */
export interface Launch {
  readonly argv: readonly string[];
  readonly environment: ReadonlyMap<string, string>;
  readonly cwd: string;
  readonly cgroups: readonly string[];
  readonly account: Account | undefined;
  readonly programs: ProgramPaths;
}

/** How long output that was written before the end is waited for, ms. */
const DRAIN_MS = 500;

/** How long a shim may take until it has written down what it started, ms. */
const IDENTITY_MS = 10_000;

/** Pause between two looks at processes that are being killed, ms; it doubles up to the longest. */
const KILL_MS = 10;
const LONGEST_KILL_MS = 1000;

type State =
  | { readonly kind: 'new' }
  | { readonly kind: 'running'; readonly identity: TaskIdentity }
  | { readonly kind: 'ended'; readonly code: number };

/**
 * The processes of one task, as this life of the daemon sees them: started by it, or found.
 *
 * Invariant: the shim's `started` file exists before anything of the task runs, and there is at most
 * one shim per directory, so nothing runs twice, whenever the daemon ends.
 */
export class TaskProcesses {
  readonly #options: TaskProcessesOptions;
  #state: State = { kind: 'new' };
  #sockets: Socket[] = [];
  #drained: Promise<unknown> = Promise.resolve();
  #attached: Promise<void> | undefined;
  #launched: Promise<void> | undefined;
  #settled: Promise<void> | undefined;
  #isClosed = false;
  #hasEnded: (code: number) => void = () => undefined;
  #fail: (error: unknown) => void = () => undefined;
  /** Resolves with the exit code when the task has ended. */
  readonly exited: Promise<number>;

  constructor(options: TaskProcessesOptions) {
    this.#options = options;
    this.exited = new Promise((resolve, reject) => {
      this.#hasEnded = resolve;
      this.#fail = reject;
    });
    this.exited.catch(() => undefined);
  }

  get state(): State {
    return this.#state;
  }

  /** Finds what an earlier life of the daemon started, if it did; to be awaited before all else. */
  attach(): Promise<void> {
    this.#attached ??= this.#find();
    return this.#attached;
  }

  /** Starts the task; it runs when this resolves, or has ended already. Once only. */
  launch(launch: Launch): Promise<void> {
    this.#launched ??= this.#launch(launch);
    return this.#launched;
  }

  /**
   * To be awaited before a task is ended: what is being started runs then, what was not never will.
   *
   * A start that was given up may still go on, and a shim of an earlier life may be about to begin.
   */
  async settleStart(): Promise<void> {
    await this.attach();
    await this.#launched?.catch(() => undefined);
    if (this.#state.kind !== 'new') return;
    if (this.#options.directory.preventStart()) this.#end(0);
    else await this.#find();
  }

  async #launch(launch: Launch): Promise<void> {
    const { directory } = this.#options;
    // The shim of an earlier life was about to begin when that ended.
    if (directory.isStarted) return this.#find();
    const { account, programs } = launch;
    if (account) {
      // So that a task may open /dev/stdout, which leads to the pipe.
      chownSync(directory.file(SHIM_FILES.stdout), account.uid, account.gid);
      chownSync(directory.file(SHIM_FILES.stderr), account.uid, account.gid);
    }
    const [program, ...args] = shimArgv({
      directory: directory.path,
      cgroups: launch.cgroups,
      argv: launch.argv,
      programs,
    });
    const env = Object.fromEntries([...launch.environment].filter(([name]) => isShellName(name)));
    const alive = this.#open();
    const stdio = ['ignore', 'ignore', 'ignore', ...coveredFiles()] as const;
    const options = { cwd: launch.cwd, env, detached: true, stdio: [...stdio] };
    const shim = spawn(program, args, options);
    shim.unref();
    const failed = new Promise<never>((_, reject) => {
      shim.once('error', reject);
      shim.once('exit', () => this.#settleSoon());
    });
    failed.catch(() => this.#close());
    await Promise.race([this.#identified(alive), failed]);
  }

  /** Sends a signal to the task's first process; false when it has ended. */
  signal(signal: number): boolean {
    if (this.#state.kind !== 'running') return false;
    const { main } = this.#state.identity;
    const { table } = this.#options;
    return table.isAlive(main) && table.signal(main.pid, signal);
  }

  /** Kills every process of the task, but its shim, which tells of the end. */
  async kill(): Promise<void> {
    const { table, clock, membersOf } = this.#options;
    const identity = this.#state.kind === 'running' ? this.#state.identity : undefined;
    for (let pauseMs = KILL_MS; ; pauseMs = Math.min(pauseMs * 2, LONGEST_KILL_MS)) {
      const left = membersOf(identity?.main.pid).filter(
        (pid) => pid !== identity?.shim.pid && table.stat(pid)?.state !== 'Z',
      );
      for (const pid of left) table.signal(pid, 'SIGKILL');
      if (left.length === 0 && !(identity && table.isAlive(identity.main))) return;
      await sleepUntil(clock, toInstant(clock.now() + pauseMs));
    }
  }

  /** Lets go of what is open here; the task goes on, and its end is not told any more. */
  close(): void {
    this.#isClosed = true;
    this.#close();
  }

  async #find(): Promise<void> {
    const { directory, table } = this.#options;
    if (!directory.isStarted) return;
    const code = directory.readExitCode();
    if (code !== undefined) {
      this.#end(code);
      return;
    }
    const known = directory.readIdentity();
    if (known && known.bootId !== table.bootId) {
      directory.writeExitCode(LOST);
      this.#end(LOST);
      return;
    }
    // Whoever opens the pipe first, the shim is looked at afterwards: its end is not missed.
    const alive = this.#open();
    if (known) {
      this.#run(known);
      if (!table.isAlive(known.shim)) await this.#settle();
      return;
    }
    await this.#identified(alive);
  }

  #open(): Socket {
    const { directory } = this.#options;
    const output = (['stdout', 'stderr'] as const).map((name) => this.#pump(name));
    this.#drained = Promise.all(output);
    const alive = openFifo(directory.file(SHIM_FILES.alive));
    this.#sockets.push(alive);
    alive.on('error', () => this.#settleSoon());
    alive.on('end', () => this.#settleSoon());
    alive.on('data', () => this.#identify());
    return alive;
  }

  #pump(name: 'stdout' | 'stderr'): Promise<void> {
    const { directory, log } = this.#options;
    const splitter = new LineSplitter();
    const socket = openFifo(directory.file(SHIM_FILES[name]));
    this.#sockets.push(socket);
    socket.on('data', (chunk: Uint8Array) => log.append(name, splitter.push(chunk)));
    return new Promise((resolve) => {
      socket.on('error', () => socket.destroy());
      socket.on('close', () => {
        const rest = splitter.flush();
        if (rest) log.append(name, [rest]);
        resolve();
      });
    });
  }

  /** Waits until the shim has told what it started, or has ended. */
  async #identified(alive: Socket): Promise<void> {
    const { clock } = this.#options;
    const wait = new AbortController();
    const told = new Promise<void>((resolve) => {
      alive.once('data', () => resolve());
      alive.once('close', () => resolve());
      void this.exited.then(() => resolve());
    });
    const tooLong = sleepUntil(clock, toInstant(clock.now() + IDENTITY_MS), wait.signal).catch(
      () => undefined,
    );
    await Promise.race([told, tooLong]);
    wait.abort();
    this.#identify();
    if (this.#state.kind === 'new') await this.#settle();
  }

  #identify(): void {
    const identity = this.#options.directory.readIdentity();
    if (identity) this.#run(identity);
  }

  #run(identity: TaskIdentity): void {
    if (this.#state.kind === 'new') this.#state = { kind: 'running', identity };
  }

  /** The shim is gone: whatever is left of the task goes too, then its end is told. */
  #settle(): Promise<void> {
    if (this.#isClosed) return Promise.resolve();
    this.#settled ??= this.#finish();
    return this.#settled;
  }

  /** From an event, where nobody waits; trouble is told to whoever waits for the task. */
  #settleSoon(): void {
    this.#settle().catch((error: unknown) => this.#fail(error));
  }

  async #finish(): Promise<void> {
    const { directory, clock } = this.#options;
    if (this.#state.kind === 'ended') return;
    await this.kill();
    const wait = new AbortController();
    const drainMs = sleepUntil(clock, toInstant(clock.now() + DRAIN_MS), wait.signal);
    await Promise.race([this.#drained, drainMs.catch(() => undefined)]);
    wait.abort();
    if (this.#isClosed) return;
    const code = directory.readExitCode();
    if (code === undefined) directory.writeExitCode(KILLED);
    this.#end(code ?? KILLED);
  }

  #end(code: number): void {
    if (this.#state.kind === 'ended') return;
    this.#state = { kind: 'ended', code };
    this.#close();
    this.#options.log.end();
    this.#hasEnded(code);
  }

  #close(): void {
    for (const socket of this.#sockets.splice(0)) socket.destroy();
  }
}
