import { mkdirSync, readFileSync, realpathSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import type { Clock } from '../../base/clock.ts';
import { sha256Hex } from '../../base/hash.ts';
import type { Random } from '../../base/random.ts';
import type {
  Assignment,
  Executor,
  LogQuery,
  LogRecord,
} from '../../orchestrator/agent/executor.ts';
import { toController } from '../../orchestrator/agent/promise-controller.ts';
import type { StoredTask } from '../../orchestrator/store/stored-object.ts';
import type { TaskId } from '../../swarm/object.ts';
import { taskStateRank } from '../../swarm/task-state.ts';
import { randomContainerId } from '../container-id.ts';
import { planHealth } from '../health-check.ts';
import { toLogLimits } from '../logs/log-limits.ts';
import { TaskLog } from '../logs/task-log.ts';
import { findAccount, type Account } from './accounts.ts';
import { createCgroups } from './cgroups.ts';
import { toHasImage } from './image-list.ts';
import { findSocketOwner } from './socket-owner.ts';
import type { Peer } from './environment.ts';
import { readListeners, reachableAt } from './listeners.ts';
import { planMounts } from './mounts.ts';
import { createProcessController } from './process-controller.ts';
import { createProcessTable, type MarkedProcess, type ProcessTable } from './process-table.ts';
import { ProcessTask, type TaskSurroundings } from './process-task.ts';
import { findPrograms } from './programs.ts';
import { Reservations } from './reservations.ts';
import { assertSupported, unsupportedNotes, type Abilities } from './spec-support.ts';
import { removeRemains } from './remains.ts';
import { createProcessAccess, type ProcessAccess } from './task-access.ts';
import { listTasks, TaskDirectory } from './task-directory.ts';
import { TaskProcesses } from './task-processes.ts';

export interface ProcessRuntimeOptions {
  readonly clock: Clock;
  /** For container ids and ports. */
  readonly random: Random;
  /** Absolute; tasks, logs and volumes are kept here. Made (0700) when it is not there. */
  readonly stateDirectory: string;
  /** Absolute; tasks' secrets and configs, best on a tmpfs. Default `files` in the state directory. */
  readonly filesDirectory?: string;
  /** Who runs the daemon. */
  readonly user: { readonly uid: number; readonly home: string };
  /** PATH of tasks that set none, and where the system's programs are looked for. */
  readonly path: string;
  /** The images there are; default every name is one. */
  readonly images?: readonly string[] | undefined;
  /** Address of a DNS server that knows the names of services; default none. */
  readonly nameServer?: () => string | undefined;
  /** The services a task can reach by a virtual IP. Default none. */
  readonly peersOf?: (assignment: Assignment) => readonly Peer[];
  /**
   * Called before a running task is stopped: resolves when nobody needs it any more. Default at once.
   */
  readonly drain?: (task: TaskId, signal: AbortSignal) => Promise<void>;
  /** Hears of trouble that no task's status can tell, e.g. remains that cannot be removed. */
  readonly onTrouble?: (error: unknown) => void;
}

/** A port of a task. */
export interface TaskTarget {
  readonly task: TaskId;
  /** As the service declares it; 0 when it declares none. */
  readonly targetPort: number;
}

/** Where a task answers for one of its ports. */
export interface TaskAddress {
  readonly host: string;
  readonly port: number;
}

/** An executor that runs tasks as processes of this machine. */
export interface ProcessRuntime extends Executor {
  /**
   * Where a task listens for a target port, likeliest first; empty while it does not. Sockets of
   * other processes are never told. Target port 0 stands for its only one.
   */
  findAddresses(port: TaskTarget, protocol: 'tcp' | 'udp'): readonly TaskAddress[];
  /** A task's own loopback address; undefined before it was prepared. */
  addressOf(task: TaskId): string | undefined;
  /** The task that a UDP socket of this machine belongs to; undefined when it is none's. */
  findAsker(port: number): TaskId | undefined;
  /** What clients may do with running tasks. */
  accessBy(find: (task: TaskId) => StoredTask | undefined): ProcessAccess;
  /** Lets go of everything; the tasks go on running. */
  close(): void;
}

/** How long it is taken for granted that a task listens where it did, or does not yet, ms. */
const FOUND_MS = 1000;
const ABSENT_MS = 20;

/** How old a look at all processes may be when sockets are looked for, ms. */
const SCAN_MS = 100;

/** Variable that every process of a task carries. */
const MARK = 'TSTACK_TASK';

/**
 * Runs tasks as processes of this machine: `entrypoint` and `command` in a session of their own, under
 * a shim that outlives the daemon. Not a sandbox.
 *
 * Tasks, their exit codes and their logs are found again by the next life of the daemon.
 * @throws Error where there is no /proc, or a system program is missing
 */
export function createProcessRuntime(options: ProcessRuntimeOptions): ProcessRuntime {
  return new Runtime(options);
}

class Runtime implements ProcessRuntime {
  readonly name = 'process';
  readonly #options: ProcessRuntimeOptions;
  readonly #table: ProcessTable = createProcessTable();
  readonly #abilities: Abilities;
  readonly #surroundings: TaskSurroundings;
  readonly #reservations: Reservations;
  readonly #tasksDirectory: string;
  readonly #cluster: string;
  readonly #tasks = new Map<TaskId, { processes: TaskProcesses; log: TaskLog }>();
  readonly #logs = new Map<TaskId, TaskLog>();
  readonly #found = new Map<
    string,
    { readonly at: number; readonly addresses: readonly TaskAddress[] }
  >();
  #marked: { readonly at: number; readonly found: readonly MarkedProcess[] } | undefined;

  constructor(options: ProcessRuntimeOptions) {
    this.#options = options;
    const { stateDirectory, user, path } = options;
    mkdirSync(stateDirectory, { recursive: true, mode: 0o700 });
    const volumes = join(stateDirectory, 'volumes');
    const files = options.filesDirectory ?? join(stateDirectory, 'files');
    this.#tasksDirectory = join(stateDirectory, 'tasks');
    for (const one of [volumes, files, this.#tasksDirectory]) {
      mkdirSync(one, { recursive: true, mode: 0o700 });
    }
    this.#cluster = sha256Hex(realpathSync(stateDirectory)).slice(0, 16);
    const isRoot = user.uid === 0;
    const cgroups = createCgroups(this.#cluster, isRoot);
    const programs = findPrograms(path);
    const hasOwnView = isRoot && Boolean(programs.unshare && programs.mount && programs.nsenter);
    const noCgroups = cgroups.unavailable;
    this.#abilities = { isRoot, hasOwnView, uid: user.uid, programs, noCgroups };
    this.#reservations = new Reservations(options.random, isPortFree);
    for (const id of listTasks(this.#tasksDirectory)) {
      const record = this.#directory(id).readRecord();
      if (record) this.#reservations.take(record);
    }
    this.#surroundings = {
      clock: options.clock,
      programs,
      cgroups,
      path,
      volumes,
      files,
      hasImage: toHasImage(options.images),
      hasOwnView,
      nameServer: options.nameServer ?? (() => undefined),
      home: user.home,
      markOf: (task) => ({ variable: MARK, value: this.#mark(task) }),
      accountOf: (assignment) => this.#accountOf(assignment),
      peersOf: options.peersOf ?? (() => []),
      notesOf: (assignment) => unsupportedNotes(assignment, this.#abilities),
      reserve: async (assignment) => ({
        containerId: randomContainerId(options.random),
        ...(await this.#reservations.reserve(assignment)),
      }),
      keep: (record) => this.#reservations.take(record),
      forget: (record) => {
        if (record) this.#reservations.release(record);
      },
      drain: options.drain ?? (async () => undefined),
    };
  }

  createController(assignment: Assignment): ReturnType<Executor['createController']> {
    assertSupported(assignment, this.#abilities);
    const { container, task } = assignment;
    planHealth(container.Healthcheck);
    planMounts(container.Mounts ?? [], { volumes: '/', ownVolumes: '/' });
    this.#accountOf(assignment);
    const limits = toLogLimits(task.LogDriver);
    const { processes, log } = this.#partsOf(task.ID);
    log.setLimits(limits);
    const directory = this.#directory(task.ID);
    const own = new ProcessTask(assignment, {
      directory,
      processes,
      log,
      surroundings: this.#surroundings,
    });
    const inner = createProcessController(assignment, own);
    return toController({
      ...inner,
      remove: async (signal) => {
        const facts = await inner.remove(signal);
        this.#forget(task.ID);
        return facts;
      },
      close: () => own.stopHealth(),
    });
  }

  sweep(known: ReadonlySet<TaskId>): void {
    const onTrouble = this.#options.onTrouble ?? (() => undefined);
    for (const id of listTasks(this.#tasksDirectory)) {
      // Output of tasks that run must be read, whether or not an agent has taken them up.
      if (known.has(id)) this.#partsOf(id).processes.attach().catch(onTrouble);
      else this.#sweepTask(id).catch(onTrouble);
    }
    const prefix = this.#mark('' as TaskId);
    for (const { pid, mark } of this.#table.withMark(MARK)) {
      const id = mark.slice(prefix.length) as TaskId;
      if (mark.startsWith(prefix) && !known.has(id)) this.#table.signal(pid, 'SIGKILL');
    }
  }

  readLogs(task: StoredTask, query: LogQuery): AsyncIterable<LogRecord> {
    const hasEnded = taskStateRank(task.Status.State) > taskStateRank('running');
    const known = this.#logs.get(task.ID);
    if (known) return known.read(query);
    // Nobody writes to the log of a task that has ended: there is nothing to follow.
    if (hasEnded || !query.follow) {
      return this.#newLog(task.ID).read({ ...query, follow: false });
    }
    return this.#logOf(task.ID).read(query);
  }

  findAddresses({ task, targetPort }: TaskTarget, protocol: 'tcp' | 'udp'): readonly TaskAddress[] {
    const wanted = this.#reservations.wantedPort(task, targetPort);
    if (!wanted) return [];
    const now = this.#options.clock.now();
    const key = `${protocol} ${task} ${targetPort}`;
    const known = this.#found.get(key);
    const maxAgeMs = known?.addresses.length === 0 ? ABSENT_MS : FOUND_MS;
    if (known && now - known.at < maxAgeMs) return known.addresses;
    const { state } = this.#partsOf(task).processes;
    const session = state.kind === 'running' ? state.identity.main.pid : undefined;
    const pids = this.#processesOf(task, session, SCAN_MS);
    const addresses = reachableAt(readListeners(pids, protocol), wanted);
    this.#found.set(key, { at: now, addresses });
    return addresses;
  }

  addressOf(task: TaskId): string | undefined {
    return this.#reservations.addressOf(task);
  }

  findAsker(port: number): TaskId | undefined {
    const prefix = this.#mark('' as TaskId);
    // A look that is not quite new will do, unless the process is newer.
    for (const maxAgeMs of [SCAN_MS, 0]) {
      const own = this.#look(maxAgeMs).filter(({ mark }) => mark.startsWith(prefix));
      const owner = findSocketOwner(port, 'udp', own);
      if (owner) return owner.mark.slice(prefix.length) as TaskId;
    }
    return undefined;
  }

  accessBy(find: (task: TaskId) => StoredTask | undefined): ProcessAccess {
    return createProcessAccess(find, this.#abilities);
  }

  close(): void {
    for (const { processes } of this.#tasks.values()) processes.close();
  }

  #directory(id: TaskId): TaskDirectory {
    return new TaskDirectory(this.#tasksDirectory, id);
  }

  #mark(task: TaskId): string {
    return `${this.#cluster}/${task}`;
  }

  #newLog(id: TaskId): TaskLog {
    return new TaskLog(this.#directory(id).logs, this.#options.clock, toLogLimits(undefined));
  }

  #logOf(id: TaskId): TaskLog {
    const known = this.#logs.get(id);
    if (known) return known;
    const log = this.#newLog(id);
    this.#logs.set(id, log);
    return log;
  }

  #partsOf(id: TaskId): { processes: TaskProcesses; log: TaskLog } {
    const known = this.#tasks.get(id);
    if (known) return known;
    const log = this.#logOf(id);
    const processes = new TaskProcesses({
      directory: this.#directory(id),
      clock: this.#options.clock,
      table: this.#table,
      log,
      membersOf: (session) => this.#processesOf(id, session),
    });
    const parts = { processes, log };
    this.#tasks.set(id, parts);
    return parts;
  }

  /**
   * One look at all processes serves every task that asks within the same millisecond, or for longer
   * when the answer may be older.
   */
  #processesOf(id: TaskId, session: number | undefined, maxAgeMs = 0): readonly number[] {
    const mark = this.#mark(id);
    return this.#look(maxAgeMs)
      .filter((one) => one.mark === mark || (one.mark === '' && one.session === session))
      .map((one) => one.pid);
  }

  #look(maxAgeMs: number): readonly MarkedProcess[] {
    const now = this.#options.clock.now();
    if (!this.#marked || now - this.#marked.at > maxAgeMs || now < this.#marked.at) {
      this.#marked = { at: now, found: this.#table.withMark(MARK) };
    }
    return this.#marked.found;
  }

  async #sweepTask(id: TaskId): Promise<void> {
    const { processes } = this.#partsOf(id);
    const directory = this.#directory(id);
    const record = directory.readRecord();
    if (record) await processes.settleStart();
    await processes.kill();
    if (processes.state.kind === 'running') await processes.exited;
    await removeRemains(id, { directory, processes, surroundings: this.#surroundings });
    if (record) this.#reservations.release(record);
    this.#forget(id);
  }

  #forget(id: TaskId): void {
    this.#tasks.delete(id);
    this.#logs.delete(id);
    for (const key of this.#found.keys()) if (key.includes(` ${id} `)) this.#found.delete(key);
  }

  #accountOf({ container }: Assignment): Account | undefined {
    const { User, Groups } = container;
    if (!this.#abilities.isRoot || (!User && !Groups?.length)) return undefined;
    return findAccount(User ?? '', Groups, {
      passwd: readFileSync('/etc/passwd', 'utf8'),
      group: readFileSync('/etc/group', 'utf8'),
    });
  }
}

/** Whether nobody listens on a TCP port of this machine, on any of its addresses. */
function isPortFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host: '0.0.0.0', exclusive: true }, () => {
      server.close(() => resolve(true));
    });
  });
}
