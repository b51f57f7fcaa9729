import { EngineError } from '../../base/errors.ts';
import type { ContainerEngine } from '../../engine/containers.ts';
import type { Assignment } from '../../orchestrator/agent/executor.ts';
import type { StoredTask } from '../../orchestrator/store/stored-object.ts';
import type { StringMap, TaskId } from '../../swarm/object.ts';
import { LABEL } from './container-config.ts';

type StoredNetwork = NonNullable<StoredTask['NetworksAttachments']>[number]['Network'];

/** A network of a task on this engine. */
export interface TaskNetwork {
  readonly name: string;
  readonly aliases: readonly string[];
}

/** The service's networks as user-defined bridges of one engine: made on demand, removed when unused. */
export class ContainerNetworks {
  readonly #engine: ContainerEngine;
  readonly #cluster: string;
  /** Tasks by the name of a network. */
  readonly #users = new Map<string, Set<TaskId>>();
  readonly #making = new Map<string, Promise<void>>();

  constructor(engine: ContainerEngine, cluster: string) {
    this.#engine = engine;
    this.#cluster = cluster;
  }

  /** Makes what is missing of a task's networks, and keeps them for it. */
  async join(assignment: Assignment): Promise<readonly TaskNetwork[]> {
    const { task } = assignment;
    const networks = (task.NetworksAttachments ?? [])
      .map((one) => one.Network)
      .filter((network) => network.Spec.Ingress !== true);
    for (const network of networks.filter((one) => !isEngines(one))) {
      const name = this.#nameOf(network);
      this.#users.set(name, (this.#users.get(name) ?? new Set()).add(task.ID));
      await this.#ensure(network, name);
    }
    return networks.map((network) => ({
      name: isEngines(network) ? network.Spec.Name : this.#nameOf(network),
      aliases: isEngines(network) ? [] : aliasesOn(assignment, network),
    }));
  }

  /** A task is gone: networks that nobody uses go with it. */
  async leave(task: TaskId): Promise<void> {
    for (const [name, users] of this.#users) {
      if (!users.delete(task) || users.size > 0) continue;
      this.#users.delete(name);
      await this.#remove(name);
    }
  }

  /** Networks of this cluster that nothing is attached to. */
  async sweep(): Promise<void> {
    const filters = { label: [`${LABEL.cluster}=${this.#cluster}`] };
    for (const { Name } of await this.#engine.listNetworks(filters)) {
      if (!this.#users.has(Name)) await this.#remove(Name);
    }
  }

  /** Names of clusters must not meet on one engine. */
  #nameOf(network: StoredNetwork): string {
    return `tstack-${this.#cluster.slice(0, 8)}-${network.Spec.Name}-${network.ID.slice(0, 8)}`;
  }

  #ensure(network: StoredNetwork, name: string): Promise<void> {
    const making = this.#making.get(name) ?? this.#make(network, name);
    this.#making.set(name, making);
    return making.finally(() => this.#making.delete(name));
  }

  async #make(network: StoredNetwork, name: string): Promise<void> {
    const found = await this.#engine.listNetworks({ name: [name] });
    if (found.some((one) => one.Name === name)) return;
    await this.#engine.createNetwork({
      Name: name,
      Driver: 'bridge',
      CheckDuplicate: true,
      Internal: network.Spec.Internal ?? false,
      EnableIPv6: false,
      Labels: {
        ...withoutStack(network.Spec.Labels ?? {}),
        [LABEL.cluster]: this.#cluster,
        [LABEL.network]: network.ID,
      },
    });
  }

  async #remove(name: string): Promise<void> {
    try {
      await this.#engine.removeNetwork(name);
    } catch (error) {
      // Gone already, or somebody else's container is attached: theirs to keep.
      if (!(error instanceof EngineError) || error.status === undefined) throw error;
      if (error.kind !== 'not-found' && error.kind !== 'forbidden') throw error;
    }
  }
}

/** The bridge is the runtime's own: whoever removes a stack's networks must not come across it. */
function withoutStack(labels: StringMap): StringMap {
  return Object.fromEntries(
    Object.entries(labels).filter(([name]) => !name.startsWith('com.docker.stack.')),
  );
}

/** Whether it stands for a network that every engine has by itself: `host`, `bridge`. */
function isEngines({ Spec }: StoredNetwork): boolean {
  return Spec.Labels?.['com.docker.swarm.predefined'] === 'true';
}

/** Names that lead to a task: its service, `tasks.<service>`, and the attachment's own. */
function aliasesOn({ task, service }: Assignment, network: StoredNetwork): readonly string[] {
  const name = service?.Spec.Name ?? task.ServiceAnnotations.Name;
  const attachments = task.Spec.Networks ?? service?.Spec.Networks ?? [];
  const own = attachments
    .filter((one) => one.Target === network.ID || one.Target === network.Spec.Name)
    .flatMap((one) => one.Aliases ?? []);
  return [...new Set([name, `tasks.${name}`, ...own, ...own.map((alias) => `tasks.${alias}`)])];
}
