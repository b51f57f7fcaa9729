import type {
  GenericResource,
  NodeId,
  ObjectMeta,
  ServiceId,
  StringMap,
  TaskId,
  Timestamp,
} from './object.ts';
import type { PortConfig, TaskSpec } from './service.ts';
import type { TaskState } from './task-state.ts';

export interface TaskStatus {
  readonly Timestamp?: Timestamp;
  readonly State: TaskState;
  readonly Message?: string;
  readonly Err?: string;
  readonly ContainerStatus?: {
    readonly ContainerID?: string;
    readonly PID?: number;
    readonly ExitCode?: number;
  };
  readonly PortStatus?: { readonly Ports?: readonly PortConfig[] };
}

/** @source Engine API, Task */
export interface Task extends ObjectMeta {
  readonly ID: TaskId;
  readonly Labels?: StringMap;
  readonly Spec: TaskSpec;
  readonly ServiceID: ServiceId;
  /** 1…n for replicated, absent for global, 0…n-1 for replicated jobs. */
  readonly Slot?: number;
  readonly NodeID?: NodeId;
  readonly Status: TaskStatus;
  readonly DesiredState: TaskState;
  readonly NetworksAttachments?: readonly {
    readonly Network: unknown;
    readonly Addresses?: readonly string[];
  }[];
  readonly GenericResources?: readonly GenericResource[];
  readonly JobIteration?: { readonly Index?: number };
}
