import type { ConfigId, NetworkId, NodeId, SecretId, ServiceId } from '../../swarm/object.ts';
import type {
  ObjectByKind,
  ObjectKind,
  StoredNode,
  StoredService,
  StoredTask,
} from './stored-object.ts';

/** Kinds whose names are unique without regard to case. */
export type NamedKind = 'cluster' | 'service' | 'network' | 'secret' | 'config';

/**
 * A slot: the number for replicated services and jobs, the node for global ones.
 * @source spec/orchestrator.md section 5
 */
export type SlotKey = number | NodeId;

/**
 * Read access to the cluster's state.
 *
 * Every list is a fresh array in creation order and may be empty; objects are shared and readonly.
 * A view is live: it shows the state at the moment of the call, inside a transaction its own writes.
 */
export interface StoreView {
  /** Version index of the last transaction. */
  readonly version: number;
  get<K extends ObjectKind>(kind: K, id: ObjectByKind[K]['ID']): ObjectByKind[K] | undefined;
  list<K extends ObjectKind>(kind: K): readonly ObjectByKind[K][];
  count(kind: ObjectKind): number;
  /** Without regard to case; compare `Spec.Name` where case matters. */
  byName<K extends NamedKind>(kind: K, name: string): ObjectByKind[K] | undefined;
  /** Objects whose id starts so. Visits all of that kind. */
  byIdPrefix<K extends ObjectKind>(kind: K, prefix: string): readonly ObjectByKind[K][];
  nodesByHostname(hostname: string): readonly StoredNode[];
  tasksByService(service: ServiceId): readonly StoredTask[];
  tasksByNode(node: NodeId): readonly StoredTask[];
  tasksBySlot(service: ServiceId, slot: SlotKey): readonly StoredTask[];
  /** Services whose current spec attaches to the network (either of the two lists). */
  servicesByNetwork(network: NetworkId): readonly StoredService[];
  servicesBySecret(secret: SecretId): readonly StoredService[];
  servicesByConfig(config: ConfigId): readonly StoredService[];
}

/** The slot a task belongs to: its number, or its node when it has none. */
export function slotKeyOf(task: StoredTask): SlotKey {
  return task.Slot ?? task.NodeID ?? 0;
}
