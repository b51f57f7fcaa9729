import { mkdirSync, realpathSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../../base/clock.ts';
import { sha256Hex } from '../../base/hash.ts';
import type { ContainerEngine, ContainerOutput } from '../../engine/containers.ts';
import type {
  Assignment,
  Executor,
  LogQuery,
  LogRecord,
} from '../../orchestrator/agent/executor.ts';
import { toController } from '../../orchestrator/agent/promise-controller.ts';
import type { StoredTask } from '../../orchestrator/store/stored-object.ts';
import type { TaskId } from '../../swarm/object.ts';
import { planHealth } from '../health-check.ts';
import type { FileOwner } from '../task-files.ts';
import { LABEL } from './container-config.ts';
import { createContainerController } from './container-controller.ts';
import { ContainerEvents } from './container-events.ts';
import { ContainerNetworks } from './container-networks.ts';
import { TaskContainer, type ContainerSurroundings } from './task-container.ts';

export interface ContainerRuntimeOptions {
  readonly clock: Clock;
  readonly engine: ContainerEngine;
  /** Absolute; names the cluster, and holds tasks' secrets and configs unless told otherwise. */
  readonly stateDirectory: string;
  /** Absolute; best on a tmpfs. The engine must see it under the same path. */
  readonly filesDirectory?: string;
  /** Whom secrets and configs belong to; absent: the daemon's user. */
  readonly owner?: FileOwner;
  /** Called before a running task is stopped. Default at once. */
  readonly drain?: (task: TaskId, signal: AbortSignal) => Promise<void>;
  /** Hears of trouble that no task's status can tell. */
  readonly onTrouble?: (error: unknown) => void;
}

/** An executor that runs tasks as containers of an engine on this machine. */
export interface ContainerRuntime extends Executor {
  /** Where a task answers for a target port: a loopback port that the engine forwards. */
  findAddresses(
    port: { readonly task: TaskId; readonly targetPort: number },
    protocol: 'tcp' | 'udp',
  ): Promise<readonly { readonly host: string; readonly port: number }[]>;
  /** Lets go of the engine; the containers go on running. */
  close(): void;
}

/**
 * Runs tasks as containers of a plain Docker Engine, or of Podman's Docker-compatible service: no Swarm
 * is needed there. Networks become user-defined bridges, names become aliases on them.
 */
export function createContainerRuntime(options: ContainerRuntimeOptions): ContainerRuntime {
  return new Runtime(options);
}

class Runtime implements ContainerRuntime {
  readonly name = 'container';
  readonly #options: ContainerRuntimeOptions;
  readonly #surroundings: ContainerSurroundings;
  readonly #cluster: string;

  constructor(options: ContainerRuntimeOptions) {
    const { engine, clock, stateDirectory } = options;
    this.#options = options;
    mkdirSync(stateDirectory, { recursive: true, mode: 0o700 });
    const files = options.filesDirectory ?? join(stateDirectory, 'files');
    mkdirSync(files, { recursive: true, mode: 0o700 });
    this.#cluster = sha256Hex(realpathSync(stateDirectory)).slice(0, 16);
    this.#surroundings = {
      engine,
      files,
      owner: options.owner,
      cluster: this.#cluster,
      events: new ContainerEvents(engine, clock, this.#cluster),
      networks: new ContainerNetworks(engine, this.#cluster),
      drain: async ({ task }, signal) => options.drain?.(task.ID, signal),
    };
  }

  createController(assignment: Assignment): ReturnType<Executor['createController']> {
    planHealth(assignment.container.Healthcheck);
    const container = new TaskContainer(assignment, this.#surroundings);
    return toController(createContainerController(assignment, container));
  }

  sweep(known: ReadonlySet<TaskId>): void {
    this.#sweep(known).catch(this.#options.onTrouble ?? (() => undefined));
  }

  async *readLogs(task: StoredTask, query: LogQuery): AsyncGenerator<LogRecord> {
    const id = await this.#find(task.ID);
    if (id === undefined) return;
    const { engine } = this.#options;
    const state = await engine.inspect(id);
    const output = engine.logs(id, {
      stdout: query.stdout,
      stderr: query.stderr,
      follow: query.follow,
      timestamps: true,
      hasTerminal: state.Config?.Tty === true,
      ...(query.tail !== undefined && { tail: query.tail }),
      ...(query.sinceMs !== undefined && { since: (query.sinceMs / 1000).toFixed(3) }),
    });
    for await (const piece of output) yield* toRecords(piece);
  }

  async findAddresses(
    { task, targetPort }: { readonly task: TaskId; readonly targetPort: number },
    protocol: 'tcp' | 'udp',
  ): Promise<readonly { readonly host: string; readonly port: number }[]> {
    const id = await this.#find(task);
    if (id === undefined) return [];
    const { NetworkSettings } = await this.#options.engine.inspect(id);
    const bound = NetworkSettings?.Ports?.[`${targetPort}/${protocol}`] ?? [];
    return bound.map(({ HostPort }) => ({ host: '127.0.0.1', port: Number(HostPort) }));
  }

  close(): void {
    this.#surroundings.events.close();
  }

  async #find(task: TaskId): Promise<string | undefined> {
    const label = [`${LABEL.cluster}=${this.#cluster}`, `${LABEL.task}=${task}`];
    return (await this.#options.engine.list({ label }))[0]?.Id;
  }

  async #sweep(known: ReadonlySet<TaskId>): Promise<void> {
    const { engine } = this.#options;
    const { files, networks } = this.#surroundings;
    const found = await engine.list({ label: [`${LABEL.cluster}=${this.#cluster}`] });
    for (const { Id, Labels } of found) {
      const task = (Labels?.[LABEL.task] ?? '') as TaskId;
      if (known.has(task)) continue;
      await engine.remove(Id);
      if (/^[\w-]+$/.test(task)) rmSync(join(files, task), { recursive: true, force: true });
    }
    await networks.sweep();
  }
}

const BLANK = 32;

/** Each line begins with its timestamp and a blank. */
function* toRecords({ stream, data }: ContainerOutput): Generator<LogRecord> {
  const blank = data.indexOf(BLANK);
  const timestamp = new TextDecoder().decode(data.subarray(0, Math.max(0, blank)));
  yield { stream, timestamp: padNanoseconds(timestamp), data: data.subarray(blank + 1) };
}

/** The engine trims zeros of the fraction; ours always has nine digits. */
function padNanoseconds(timestamp: string): string {
  const match = /^(.*:\d\d)(?:\.(\d{1,9}))?Z$/.exec(timestamp);
  return match ? `${match[1]}.${(match[2] ?? '').padEnd(9, '0')}Z` : timestamp;
}
