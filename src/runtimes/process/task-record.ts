import type { TaskId } from '../../swarm/object.ts';
import type { PortConfig } from '../../swarm/service.ts';

/** A port that a task may listen on. */
export interface TaskPort {
  /** As the service declares it; 0 when it declares none. */
  readonly targetPort: number;
  /** The task's own, unique on this machine. */
  readonly port: number;
}

/** What was decided for a task when it was prepared, kept in its directory. */
export interface TaskRecord {
  readonly id: TaskId;
  /** 64 hexadecimal digits. */
  readonly containerId: string;
  /** Loopback address of its own. */
  readonly address: string;
  /** In the order of the service's spec, never empty. */
  readonly ports: readonly TaskPort[];
  /** Ports published on the node, with the numbers chosen. */
  readonly hostPorts: readonly PortConfig[];
  /** Mount points that did not exist and were made, outermost first. */
  readonly mountPoints: readonly string[];
}
