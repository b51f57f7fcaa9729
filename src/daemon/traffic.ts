import type { Assignment } from '../orchestrator/agent/executor.ts';
import type { Store } from '../orchestrator/store/store.ts';
import type { ProcessRuntimeOptions } from '../runtimes/process/process-runtime.ts';
import type { TaskId } from '../swarm/object.ts';

type Peers = ReturnType<NonNullable<ProcessRuntimeOptions['peersOf']>>;

/** What carries the traffic of one cluster while it is active. */
export interface Traffic {
  /** What a task can reach. */
  peersOf(assignment: Assignment): Peers;
  /** Takes a task out of service; resolves when nobody needs it any more. */
  drain(task: TaskId, signal: AbortSignal): Promise<void>;
  /** Where the names of services are known; undefined: nowhere. */
  readonly nameServer: string | undefined;
  stop(): void;
}

/** Starts carrying the traffic of a cluster. */
export type OpenTraffic = (store: Store) => Traffic;

/**
 * Where a runtime asks about traffic: the runtime is there before the cluster, and outlives it.
 * Without a cluster nothing is reached and nobody waits.
 */
export class TrafficSwitch {
  #current: Traffic | undefined;

  /** The cluster's traffic goes this way until the returned function is called. */
  connect(traffic: Traffic): () => void {
    this.#current = traffic;
    return () => {
      if (this.#current === traffic) this.#current = undefined;
      traffic.stop();
    };
  }

  peersOf(assignment: Assignment): Peers {
    return this.#current?.peersOf(assignment) ?? [];
  }

  get nameServer(): string | undefined {
    return this.#current?.nameServer;
  }

  async drain(task: TaskId, signal: AbortSignal): Promise<void> {
    await this.#current?.drain(task, signal);
  }
}
