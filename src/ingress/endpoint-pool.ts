import { sleepUntil, toInstant, type Clock } from '../base/clock.ts';
import type { TaskId } from '../swarm/object.ts';
import type { Balancer, Order } from './balancers/balancer.ts';
import { frontendKey, type Endpoint, type Frontend, type Protocol } from './endpoints.ts';

/** Where a task listens. */
export interface SocketAddress {
  readonly host: string;
  readonly port: number;
}

/**
 * Tells where a task may listen for a target port (0: for its first), likeliest first; empty while it
 * does not listen.
 */
export type FindAddresses = (
  endpoint: Endpoint,
  protocol: Protocol,
) => Promise<readonly SocketAddress[]> | readonly SocketAddress[];

/** Somebody who is connected to a task. */
export interface Connected {
  /** The task is about to be stopped: leave it as soon as nobody notices. */
  leave(): void;
}

export interface EndpointPoolOptions {
  readonly clock: Clock;
  readonly balancer: Balancer;
  readonly findAddresses: FindAddresses;
}

/** Whom new connections go to, and who is connected to whom. */
export class EndpointPool {
  readonly #options: EndpointPoolOptions;
  readonly #orders = new Map<string, Order>();
  readonly #connected = new Map<TaskId, Set<Connected>>();
  readonly #draining = new Set<TaskId>();
  readonly #waiting = new Map<TaskId, () => void>();

  constructor(options: EndpointPoolOptions) {
    this.#options = options;
  }

  /** The endpoints of a frontend in the order in which they are to be tried. */
  order(frontend: Frontend): readonly Endpoint[] {
    const key = frontendKey(frontend);
    const order = this.#orders.get(key) ?? this.#options.balancer.create();
    this.#orders.set(key, order);
    const loads = frontend.endpoints
      .filter((one) => !this.#draining.has(one.task))
      .map((endpoint) => ({ endpoint, connections: this.connections(endpoint.task) }));
    return order(loads);
  }

  /** Where to reach an endpoint now; may be empty. */
  async addresses(endpoint: Endpoint, protocol: Protocol): Promise<readonly SocketAddress[]> {
    return this.#options.findAddresses(endpoint, protocol);
  }

  /** Connections open to a task. */
  connections(task: TaskId): number {
    return this.#connected.get(task)?.size ?? 0;
  }

  isDraining(task: TaskId): boolean {
    return this.#draining.has(task);
  }

  /** Counts a connection until the returned function is called. */
  join(task: TaskId, one: Connected): () => void {
    const members = this.#connected.get(task) ?? new Set();
    this.#connected.set(task, members.add(one));
    return () => {
      members.delete(one);
      if (members.size > 0) return;
      this.#connected.delete(task);
      this.#waiting.get(task)?.();
    };
  }

  /**
   * Sends no more connections to a task, and waits until those it has are gone, or for so long.
   *
   * The task stays without new connections until {@link forget}.
   */
  async drain(task: TaskId, limitMs: number, signal: AbortSignal): Promise<void> {
    this.#draining.add(task);
    for (const one of this.#connected.get(task) ?? []) one.leave();
    if (this.connections(task) === 0) return;
    const { clock } = this.#options;
    const wait = new AbortController();
    const stop = (): void => wait.abort();
    signal.addEventListener('abort', stop, { once: true });
    const isEmpty = new Promise<void>((resolve) => this.#waiting.set(task, resolve));
    const isOver = sleepUntil(clock, toInstant(clock.now() + limitMs), wait.signal);
    await Promise.race([isEmpty, isOver.catch(() => undefined)]);
    wait.abort();
    signal.removeEventListener('abort', stop);
    this.#waiting.delete(task);
  }

  /** The task is gone. */
  forget(task: TaskId): void {
    this.#draining.delete(task);
  }

  /** The frontend is gone. */
  forgetFrontend(key: string): void {
    this.#orders.delete(key);
  }
}
