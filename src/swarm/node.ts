import type {
  Annotations,
  GenericResource,
  NodeId,
  ObjectMeta,
  Platform,
  StringMap,
} from './object.ts';

export type NodeRole = 'manager' | 'worker';
export type NodeAvailability = 'active' | 'pause' | 'drain';
export type NodeState = 'unknown' | 'down' | 'ready' | 'disconnected';

/** @source Engine API, NodeSpec */
export interface NodeSpec extends Partial<Annotations> {
  readonly Role: NodeRole;
  readonly Availability: NodeAvailability;
}

/** What the agent reports. @source Engine API, NodeDescription */
export interface NodeDescription {
  readonly Hostname?: string;
  readonly Platform?: Platform;
  readonly Resources?: {
    readonly NanoCPUs?: number;
    readonly MemoryBytes?: number;
    readonly GenericResources?: readonly GenericResource[];
  };
  readonly Engine?: {
    readonly EngineVersion?: string;
    readonly Labels?: StringMap;
    readonly Plugins?: readonly { readonly Type: string; readonly Name: string }[];
  };
  readonly TLSInfo?: Readonly<Record<string, string>>;
}

/** @source Engine API, Node */
export interface Node extends ObjectMeta {
  readonly ID: NodeId;
  readonly Spec: NodeSpec;
  readonly Description: NodeDescription;
  readonly Status: {
    readonly State: NodeState;
    readonly Message?: string;
    readonly Addr?: string;
  };
  /** Managers only. */
  readonly ManagerStatus?: {
    readonly Leader?: boolean;
    readonly Reachability?: 'unknown' | 'unreachable' | 'reachable';
    readonly Addr?: string;
  };
}
