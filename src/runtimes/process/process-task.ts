import { existsSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Clock } from '../../base/clock.ts';
import type { Assignment, ContainerFacts } from '../../orchestrator/agent/executor.ts';
import type { TaskId } from '../../swarm/object.ts';
import type { ContainerSpec, PortConfig } from '../../swarm/service.ts';
import { startError } from '../exit.ts';
import { planHealth } from '../health-check.ts';
import type { TaskLog } from '../logs/task-log.ts';
import { HealthWatch } from '../watch-health.ts';
import type { Account } from './accounts.ts';
import type { Cgroups } from './cgroups.ts';
import { taskArgv, wrapperArgv } from './command-line.ts';
import { toEnvironment, type Peer } from './environment.ts';
import { makeFifos } from './fifo.ts';
import { planMounts, type MountPlan, type TaskMount } from './mounts.ts';
import { isBusyboxImage, type HasImage } from './image-list.ts';
import type { ProgramPaths } from './programs.ts';
import { removeRemains } from './remains.ts';
import { resolveCommand } from './resolve-command.ts';
import { runProbe } from './run-probe.ts';
import { SHIM_FILES } from './shim.ts';
import type { TaskDirectory } from './task-directory.ts';
import { filePlaces, writeTaskFiles } from '../task-files.ts';
import { planFiles, writeResolver } from './task-view.ts';
import { TaskProcesses } from './task-processes.ts';
import type { TaskRecord } from './task-record.ts';
import { makeWorkDirectory, workDirectory } from './work-directory.ts';

/** What a task needs of the runtime that runs it. */
export interface TaskSurroundings {
  readonly clock: Clock;
  readonly programs: ProgramPaths;
  readonly cgroups: Cgroups;
  /** PATH of tasks that set none. */
  readonly path: string;
  /** Directory of the named volumes. */
  readonly volumes: string;
  /** Directory of tasks' secrets and configs. */
  readonly files: string;
  readonly hasImage: HasImage;
  /** Whether tasks can have mounts of their own. */
  readonly hasOwnView: boolean;
  /** Address of the server that knows the names of services; undefined: there is none. */
  readonly nameServer: () => string | undefined;
  /** The variable that tells a task's processes from all others. */
  readonly markOf: (task: TaskId) => { readonly variable: string; readonly value: string };
  readonly accountOf: (assignment: Assignment) => Account | undefined;
  /** The machine's root user, or the daemon's user: where HOME is when no account is set. */
  readonly home: string;
  readonly peersOf: (assignment: Assignment) => readonly Peer[];
  readonly notesOf: (assignment: Assignment) => readonly string[];
  /** Chooses address and ports, and keeps them for the task. */
  readonly reserve: (
    assignment: Assignment,
  ) => Promise<Pick<TaskRecord, 'containerId' | 'address' | 'ports' | 'hostPorts'>>;
  /** Keeps the record's mount points too. */
  readonly keep: (record: TaskRecord) => void;
  /** Nothing of the task is left. */
  readonly forget: (record: TaskRecord | undefined) => void;
  readonly drain: (task: TaskId, signal: AbortSignal) => Promise<void>;
}

/** One task and everything that is there of it: directory, processes, files, groups, log. */
export class ProcessTask {
  readonly assignment: Assignment;
  readonly processes: TaskProcesses;
  readonly #directory: TaskDirectory;
  readonly #log: TaskLog;
  readonly #with: TaskSurroundings;
  #record: TaskRecord | undefined;
  #health: HealthWatch | undefined;
  #prepared: Promise<void> | undefined;

  constructor(
    assignment: Assignment,
    parts: {
      readonly directory: TaskDirectory;
      readonly processes: TaskProcesses;
      readonly log: TaskLog;
      readonly surroundings: TaskSurroundings;
    },
  ) {
    this.assignment = assignment;
    this.processes = parts.processes;
    this.#directory = parts.directory;
    this.#log = parts.log;
    this.#with = parts.surroundings;
    this.#record = parts.directory.readRecord();
  }

  get clock(): Clock {
    return this.#with.clock;
  }

  get isPrepared(): boolean {
    return this.#record !== undefined;
  }

  drain(id: TaskId, signal: AbortSignal): Promise<void> {
    return this.#with.drain(id, signal);
  }

  attach(): Promise<void> {
    return this.processes.attach();
  }

  /** To be awaited before the task is ended: nothing of it is made or started any more. */
  async settle(): Promise<void> {
    await this.#prepared?.catch(() => undefined);
    if (this.#record) await this.processes.settleStart();
  }

  /** Makes everything that the task's start needs and that may fail before it. */
  prepare(): Promise<void> {
    this.#prepared ??= this.#prepare().finally(() => (this.#prepared = undefined));
    return this.#prepared;
  }

  async #prepare(): Promise<void> {
    if (this.#record) return;
    const image = this.assignment.container.Image ?? '';
    if (!this.#with.hasImage(image)) throw new Error(`No such image: ${image}`);
    const plan = this.#mountPlan();
    for (const source of plan.mustExist) {
      if (existsSync(source)) continue;
      throw new Error(
        `invalid mount config for type "bind": bind source path does not exist: ${source}`,
      );
    }
    const { programs, reserve } = this.#with;
    const reserved = await reserve(this.assignment);
    // What an interrupted attempt left.
    this.#directory.remove();
    const record: TaskRecord = {
      id: this.assignment.task.ID,
      ...reserved,
      mountPoints: missingPaths([...plan.mounts, ...this.#fileMounts()].map((one) => one.target)),
    };
    mkdirSync(this.#directory.path, { recursive: true, mode: 0o700 });
    const fifos = [SHIM_FILES.stdout, SHIM_FILES.stderr, SHIM_FILES.alive];
    await makeFifos(
      programs.mkfifo,
      fifos.map((name) => this.#directory.file(name)),
    );
    this.#directory.create(record);
    this.#with.keep(record);
    this.#record = record;
  }

  /** Starts it. @throws StepError `starting container failed: …` */
  async launch(): Promise<void> {
    try {
      await this.#launch();
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      const { ContainerStatus } = this.facts();
      throw startError(reason, {
        ...(ContainerStatus && { ContainerStatus: { ...ContainerStatus, ExitCode: 127 } }),
      });
    }
  }

  async #launch(): Promise<void> {
    const { assignment, processes } = this;
    const { cgroups, programs } = this.#with;
    const account = this.#with.accountOf(assignment);
    const environment = this.#environment(account);
    const cwd = this.#cwd();
    if (account) makeWorkDirectory(workDirectory(this.#directory, account), account);
    const container = this.#executable(environment.get('PATH') ?? '', cwd);
    writeTaskFiles(this.#places(), assignment.files(), account);
    const plan = this.#mountPlan();
    for (const path of plan.volumes) mkdirSync(path, { recursive: true, mode: 0o755 });
    for (const { target } of plan.mounts) {
      if (!existsSync(target)) mkdirSync(target, { recursive: true });
    }
    for (const note of this.#with.notesOf(assignment)) {
      this.#log.append('stderr', [Buffer.from(`tstack: ${note}\n`)]);
    }
    await processes.launch({
      argv: taskArgv({
        container,
        account,
        mounts: [...plan.mounts, ...this.#fileMounts(), ...this.#resolver()],
        programs,
        environment,
      }),
      environment,
      cwd,
      cgroups: cgroups.create(assignment.task.ID, assignment.task.Spec.Resources?.Limits ?? {}),
      account,
      programs,
    });
  }

  /** Runs the health check from now on, if there is one and the task runs. */
  watchHealth(): HealthWatch | undefined {
    const plan = planHealth(this.assignment.container.Healthcheck);
    if (!plan || this.processes.state.kind !== 'running') return undefined;
    const { container } = this.assignment;
    const { clock, programs } = this.#with;
    const account = this.#with.accountOf(this.assignment);
    const environment = this.#environment(account);
    const { pid } = this.processes.state.identity.main;
    const enter = this.#mayHaveView
      ? [programs.nsenter ?? '', '--mount', `--target=${pid}`, `--wd=${this.#cwd()}`, '--']
      : [];
    const wrappers = wrapperArgv({ container, account, mounts: [], programs, environment });
    // The program is looked for on the task's PATH, not on the daemon's.
    const argv = [programs.env, ...enter, ...wrappers, ...plan.argv] as const;
    this.#health ??= new HealthWatch({
      plan,
      clock,
      probe: (signal) =>
        runProbe(
          { argv: [...argv], environment, cwd: this.#cwd(), timeoutMs: plan.timeoutMs },
          clock,
          signal,
        ),
    });
    return this.#health;
  }

  stopHealth(): void {
    this.#health?.stop();
    this.#health = undefined;
  }

  /** Removes everything of the task; nothing of it runs any more. */
  async remove(): Promise<void> {
    this.#log.end();
    const record = this.#record;
    this.#record = undefined;
    await removeRemains(this.assignment.task.ID, {
      directory: this.#directory,
      processes: this.processes,
      surroundings: this.#with,
    });
    this.#with.forget(record);
  }

  /** What its status shows. */
  facts(): ContainerFacts {
    const record = this.#record;
    if (!record) return {};
    const { state } = this.processes;
    const ports: readonly PortConfig[] = record.hostPorts;
    return {
      ContainerStatus: {
        ContainerID: record.containerId,
        PID: state.kind === 'running' ? state.identity.main.pid : 0,
        ExitCode: state.kind === 'ended' ? state.code : 0,
      },
      ...(ports.length > 0 && state.kind === 'running' && { PortStatus: { Ports: ports } }),
    };
  }

  #places(): ReturnType<typeof filePlaces> {
    return filePlaces(join(this.#with.files, this.assignment.task.ID));
  }

  #cwd(): string {
    const account = this.#with.accountOf(this.assignment);
    return this.assignment.container.Dir || workDirectory(this.#directory, account);
  }

  /** Its secrets and configs at their targets; none where it has no view of its own. */
  #fileMounts(): readonly TaskMount[] {
    if (!this.#with.hasOwnView) return [];
    return planFiles(this.assignment.container, this.#places());
  }

  /** Its own resolv.conf, when it is on a network and somebody knows the names there. */
  #resolver(): readonly TaskMount[] {
    const server = this.#with.nameServer();
    if (!this.#with.hasOwnView || server === undefined || !this.#isOnNetwork) return [];
    return writeResolver(this.#places(), server);
  }

  get #isOnNetwork(): boolean {
    return (this.assignment.task.NetworksAttachments ?? []).length > 0;
  }

  /** Whether it may have mounts of its own; entering its view is harmless when it has not. */
  get #mayHaveView(): boolean {
    if (this.#mountPlan().mounts.length > 0) return true;
    return this.#with.hasOwnView && (this.#isOnNetwork || this.#fileMounts().length > 0);
  }

  /**
   * The container spec with a command that can be executed.
   * @throws Error when there is no such program, or no such directory
   */
  #executable(path: string, cwd: string): ContainerSpec {
    if (!existsSync(cwd)) throw new Error(`working directory "${cwd}" does not exist`);
    const { container } = this.assignment;
    const argv = [...(container.Command ?? []), ...(container.Args ?? [])];
    // A mount may bring the program along; the shell's exit code tells then.
    if (argv[0]?.includes('/') && (container.Mounts?.length ?? 0) > 0) return container;
    const { programs } = this.#with;
    const busybox = isBusyboxImage(container.Image ?? '') ? programs.busybox : undefined;
    const command = resolveCommand(argv, { path, cwd, busybox });
    if (command.kind === 'error') throw new Error(command.reason);
    return { ...container, Command: command.argv, Args: [] };
  }

  #mountPlan(): MountPlan {
    return planMounts(this.assignment.container.Mounts ?? [], {
      volumes: this.#with.volumes,
      ownVolumes: this.#directory.volumes,
    });
  }

  #environment(account: Account | undefined): ReadonlyMap<string, string> {
    const { assignment } = this;
    const { address = '', ports = [], containerId = '' } = this.#record ?? {};
    const places = this.#places();
    return toEnvironment({
      env: assignment.container.Env ?? [],
      path: this.#with.path,
      home: account?.home ?? this.#with.home,
      hostname: assignment.container.Hostname || containerId.slice(0, 12),
      address,
      ports,
      peers: this.#with.peersOf(assignment),
      secretsDirectory: places.secrets,
      configsDirectory: places.configs,
      mark: this.#with.markOf(assignment.task.ID),
    });
  }
}

/** What of these paths is missing, parents first: it is made, and unmade when the task is removed. */
function missingPaths(targets: readonly string[]): readonly string[] {
  const missing = new Set<string>();
  for (const target of targets) {
    const chain: string[] = [];
    for (let path = target; !existsSync(path); path = dirname(path)) chain.unshift(path);
    for (const path of chain) missing.add(path);
  }
  return [...missing];
}
