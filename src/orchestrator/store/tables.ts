import type { NodeId, ServiceId } from '../../swarm/object.ts';
import { GroupIndex, ReferenceIndex, SlotIndex } from './secondary-index.ts';
import type { NamedKind, SlotKey, StoreView } from './store-view.ts';
import type {
  ObjectByKind,
  ObjectKind,
  StoredCluster,
  StoredConfig,
  StoredNetwork,
  StoredNode,
  StoredSecret,
  StoredService,
  StoredTask,
} from './stored-object.ts';
import { Table } from './table.ts';

const specName = (object: { readonly Spec: { readonly Name: string } }): string => object.Spec.Name;

/** Every table with its indexes, and the reads over them. */
export class Tables implements StoreView {
  version = 0;

  readonly #tasksByService = new GroupIndex<StoredTask, ServiceId>((task) => task.ServiceID);
  readonly #tasksByNode = new GroupIndex<StoredTask, NodeId>((task) => task.NodeID);
  readonly #tasksBySlot = new SlotIndex();
  readonly #nodesByHostname = new GroupIndex<StoredNode, string>(
    (node) => node.Description.Hostname,
  );
  readonly #servicesByReference = {
    network: new ReferenceIndex<StoredService>(networksOf),
    secret: new ReferenceIndex<StoredService>(secretsOf),
    config: new ReferenceIndex<StoredService>(configsOf),
  };

  readonly #tables: { readonly [K in ObjectKind]: Table<ObjectByKind[K]> } = {
    cluster: new Table<StoredCluster>({ nameOf: specName }),
    node: new Table<StoredNode>({ indexes: [this.#nodesByHostname] }),
    network: new Table<StoredNetwork>({ nameOf: specName }),
    secret: new Table<StoredSecret>({ nameOf: specName }),
    config: new Table<StoredConfig>({ nameOf: specName }),
    service: new Table<StoredService>({
      nameOf: specName,
      indexes: Object.values(this.#servicesByReference),
    }),
    task: new Table<StoredTask>({
      indexes: [this.#tasksByService, this.#tasksByNode, this.#tasksBySlot],
    }),
  };

  table<K extends ObjectKind>(kind: K): Table<ObjectByKind[K]> {
    return this.#tables[kind];
  }

  get<K extends ObjectKind>(kind: K, id: ObjectByKind[K]['ID']): ObjectByKind[K] | undefined {
    return this.table(kind).get(id);
  }

  list<K extends ObjectKind>(kind: K): readonly ObjectByKind[K][] {
    return this.table(kind).objects();
  }

  count(kind: ObjectKind): number {
    return this.#tables[kind].size;
  }

  byName<K extends NamedKind>(kind: K, name: string): ObjectByKind[K] | undefined {
    return this.table(kind).byName(name);
  }

  byIdPrefix<K extends ObjectKind>(kind: K, prefix: string): readonly ObjectByKind[K][] {
    return this.table(kind).byIdPrefix(prefix);
  }

  nodesByHostname(hostname: string): readonly StoredNode[] {
    return this.#nodesByHostname.find(hostname);
  }

  tasksByService(service: ServiceId): readonly StoredTask[] {
    return this.#tasksByService.find(service);
  }

  tasksByNode(node: NodeId): readonly StoredTask[] {
    return this.#tasksByNode.find(node);
  }

  tasksBySlot(service: ServiceId, slot: SlotKey): readonly StoredTask[] {
    return this.#tasksBySlot.find(service, slot);
  }

  servicesByNetwork(network: string): readonly StoredService[] {
    return this.#servicesByReference.network.find(network);
  }

  servicesBySecret(secret: string): readonly StoredService[] {
    return this.#servicesByReference.secret.find(secret);
  }

  servicesByConfig(config: string): readonly StoredService[] {
    return this.#servicesByReference.config.find(config);
  }
}

function networksOf({ Spec }: StoredService): ReadonlySet<string> {
  const attachments = [...(Spec.TaskTemplate.Networks ?? []), ...(Spec.Networks ?? [])];
  return new Set(attachments.map((one) => one.Target));
}

function secretsOf({ Spec }: StoredService): ReadonlySet<string> {
  const references = Spec.TaskTemplate.ContainerSpec?.Secrets ?? [];
  return new Set(references.map((one) => one.SecretID));
}

function configsOf({ Spec }: StoredService): ReadonlySet<string> {
  const references = Spec.TaskTemplate.ContainerSpec?.Configs ?? [];
  return new Set(references.map((one) => one.ConfigID));
}
