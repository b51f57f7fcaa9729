import { rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { EngineError } from '../../base/errors.ts';
import type { ContainerEngine, ContainerState } from '../../engine/containers.ts';
import type { Assignment } from '../../orchestrator/agent/executor.ts';
import type { Mount } from '../../swarm/service.ts';
import { filePlaces, reserveTaskFiles, writeTaskFiles, type FileOwner } from '../task-files.ts';
import { LABEL, targetPath, toContainerCreate } from './container-config.ts';
import type { ContainerEvents } from './container-events.ts';
import type { ContainerNetworks } from './container-networks.ts';

/** What a container needs of the runtime. */
export interface ContainerSurroundings {
  readonly engine: ContainerEngine;
  readonly events: ContainerEvents;
  readonly networks: ContainerNetworks;
  readonly cluster: string;
  /** Directory of tasks' secrets and configs; the engine reads it too. */
  readonly files: string;
  /** Whom files belong to unless a reference says otherwise; absent: the daemon. */
  readonly owner: FileOwner | undefined;
  readonly drain: (assignment: Assignment, signal: AbortSignal) => Promise<void>;
}

/** The container of one task, found by the task's label. */
export class TaskContainer {
  readonly #assignment: Assignment;
  readonly #with: ContainerSurroundings;
  #id: string | undefined;
  #created: Promise<void> | undefined;
  #started: Promise<void> | undefined;

  constructor(assignment: Assignment, surroundings: ContainerSurroundings) {
    this.#assignment = assignment;
    this.#with = surroundings;
  }

  /** Its state; undefined when there is no container. */
  async inspect(): Promise<ContainerState | undefined> {
    const id = await this.#find();
    if (id === undefined) return undefined;
    try {
      return await this.#with.engine.inspect(id);
    } catch (error) {
      if (!(error instanceof EngineError) || error.kind !== 'not-found') throw error;
      this.#id = undefined;
      return undefined;
    }
  }

  /** To be awaited before it is ended: a step that was given up may still be under way. */
  async settle(): Promise<void> {
    await Promise.allSettled([this.#created, this.#started]);
  }

  /** Makes it, with its image, networks and volumes; what is there is kept. */
  async create(signal: AbortSignal): Promise<void> {
    const { engine, networks } = this.#with;
    const { container } = this.#assignment;
    const joined = await networks.join(this.#assignment);
    if ((await this.#find()) !== undefined) return;
    const image = container.Image ?? '';
    // A pull that fails is no failure while the image is there. @source spec/orchestrator.md 18.4
    const pulled = await this.#pull(image);
    if (pulled && !(await engine.hasImage(image))) throw new Error(`No such image: ${image}`);
    await this.#createVolumes(container.Mounts ?? []);
    signal.throwIfAborted();
    this.#created = this.#make(joined);
    await this.#created;
  }

  async #make(joined: Awaited<ReturnType<ContainerNetworks['join']>>): Promise<void> {
    const { engine, cluster } = this.#with;
    const { task } = this.#assignment;
    const { ServiceAnnotations, Slot, NodeID } = task;
    const taskName = `${ServiceAnnotations.Name}.${Slot || NodeID}.${task.ID}`;
    const files = this.#files();
    reserveTaskFiles(files.map((one) => one.source));
    const body = toContainerCreate(this.#assignment, {
      taskName,
      cluster,
      files,
      networks: joined,
    });
    const { id } = await engine.create(taskName, body);
    this.#id = id;
    for (const { name, aliases } of joined.slice(1)) {
      await engine.connectNetwork(name, { Container: id, EndpointConfig: { Aliases: aliases } });
    }
  }

  /** Volumes with a driver of their own; the engine makes the others itself. */
  async #createVolumes(mounts: readonly Mount[]): Promise<void> {
    for (const { Type, Source, VolumeOptions } of mounts) {
      const driver = VolumeOptions?.DriverConfig;
      if (Type !== 'volume' || !Source || !driver) continue;
      await this.#with.engine.createVolume({
        Name: Source,
        Driver: driver.Name,
        DriverOpts: driver.Options,
        Labels: VolumeOptions.Labels,
      });
    }
  }

  /** Starts it; its secrets and configs are written now. */
  async start(id: string): Promise<void> {
    const { files, owner, engine } = this.#with;
    const places = filePlaces(join(files, this.#assignment.task.ID));
    writeTaskFiles(places, this.#assignment.files(), owner);
    this.#started = engine.start(id);
    await this.#started;
  }

  async stop(graceSeconds: number): Promise<void> {
    const id = await this.#find();
    if (id !== undefined) await this.#with.engine.stop(id, { graceSeconds });
  }

  async kill(): Promise<void> {
    const id = await this.#find();
    if (id !== undefined) await this.#with.engine.kill(id);
  }

  async remove(): Promise<void> {
    const id = await this.#find();
    if (id !== undefined) await this.#with.engine.remove(id);
    this.#id = undefined;
    const { files, networks } = this.#with;
    rmSync(join(files, this.#assignment.task.ID), { recursive: true, force: true });
    await networks.leave(this.#assignment.task.ID);
  }

  drain(signal: AbortSignal): Promise<void> {
    return this.#with.drain(this.#assignment, signal);
  }

  /** Looks at it after every change, until `decide` gives something. */
  async watch<T>(
    signal: AbortSignal,
    decide: (state: ContainerState | undefined) => Promise<T | undefined>,
  ): Promise<T> {
    const { events } = this.#with;
    await events.listen();
    const aborted = new Promise<void>((resolve) => {
      signal.addEventListener('abort', () => resolve(), { once: true });
    });
    for (;;) {
      signal.throwIfAborted();
      const { changed, cancel } = events.next((await this.#find()) ?? '');
      try {
        const decided = await decide(await this.inspect());
        if (decided !== undefined) return decided;
        await Promise.race([changed, aborted]);
      } finally {
        cancel();
      }
    }
  }

  async #find(): Promise<string | undefined> {
    const { engine, cluster } = this.#with;
    const { ID } = this.#assignment.task;
    const labels = [`${LABEL.cluster}=${cluster}`, `${LABEL.task}=${ID}`];
    this.#id ??= (await engine.list({ label: labels }))[0]?.Id;
    return this.#id;
  }

  /** @returns why the image could not be pulled, undefined when it was or need not be */
  async #pull(image: string): Promise<Error | undefined> {
    const { engine } = this.#with;
    const isPinned = /@sha256:[0-9a-f]{64}$/.test(image) || /^sha256:[0-9a-f]{64}$/.test(image);
    if (isPinned && (await engine.hasImage(image))) return undefined;
    try {
      const registryAuth = this.#assignment.service?.RegistryAuth;
      await engine.pull(withTag(image), { registryAuth });
      return undefined;
    } catch (error) {
      if (error instanceof EngineError) return error;
      throw error;
    }
  }

  /** Every file of its own, so that none hides what the image has beside it. */
  #files(): readonly { readonly source: string; readonly target: string }[] {
    const { Secrets = [], Configs = [] } = this.#assignment.container;
    const places = filePlaces(join(this.#with.files, this.#assignment.task.ID));
    const entry = (kind: 'secret' | 'config', name: string) => ({
      source: join(
        kind === 'secret' ? places.secrets : places.configs,
        relative('/', join('/', name)),
      ),
      target: targetPath(kind, name),
    });
    return [
      ...Secrets.flatMap((one) => (one.File ? entry('secret', one.File.Name) : [])),
      ...Configs.flatMap((one) => (one.File ? entry('config', one.File.Name) : [])),
    ];
  }
}

/** Without a tag or digest the engine would pull every tag there is. */
function withTag(image: string): string {
  return /[:@][^/]*$/.test(image) ? image : `${image}:latest`;
}
