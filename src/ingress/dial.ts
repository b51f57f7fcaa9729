import { connect, type Socket } from 'node:net';
import { sleepUntil, toInstant, type Clock } from '../base/clock.ts';
import type { TaskId } from '../swarm/object.ts';
import type { EndpointPool, SocketAddress } from './endpoint-pool.ts';
import type { Frontend } from './endpoints.ts';

/** An open connection to a task. */
export interface Dialled {
  readonly socket: Socket;
  readonly task: TaskId;
}

export interface DialOptions {
  readonly pool: EndpointPool;
  readonly clock: Clock;
  /** How long a connection waits for an endpoint that takes it, ms. */
  readonly holdMs: number;
}

/** Pause before the endpoints are tried again, ms. */
const RETRY_MS = 25;

/** How long one endpoint may take to accept, ms: all of them are on this machine. */
const CONNECT_MS = 2000;

/**
 * Connects to an endpoint of a frontend: each in the balancer's order, again and again until one
 * takes it. Nothing was sent yet, so trying another is safe.
 * @param frontendNow - the frontend as it is at the moment of each attempt
 * @returns undefined when none did in time
 */
export async function dial(
  frontendNow: () => Frontend | undefined,
  options: DialOptions,
  signal: AbortSignal,
): Promise<Dialled | undefined> {
  const { clock, holdMs } = options;
  const deadline = clock.now() + holdMs;
  while (!signal.aborted) {
    const frontend = frontendNow();
    if (!frontend) return undefined;
    const dialled = await tryEach(frontend, options);
    if (dialled) return dialled;
    if (clock.now() >= deadline) return undefined;
    await sleepUntil(clock, toInstant(clock.now() + RETRY_MS), signal).catch(() => undefined);
  }
  return undefined;
}

async function tryEach(frontend: Frontend, options: DialOptions): Promise<Dialled | undefined> {
  const { pool, clock } = options;
  for (const endpoint of pool.order(frontend)) {
    for (const address of await pool.addresses(endpoint, frontend.protocol)) {
      const socket = await open(address, clock);
      if (!socket) continue;
      if (!pool.isDraining(endpoint.task)) return { socket, task: endpoint.task };
      socket.destroy();
    }
  }
  return undefined;
}

function open({ host, port }: SocketAddress, clock: Clock): Promise<Socket | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, allowHalfOpen: true, noDelay: true });
    const fail = (): void => {
      cancel();
      socket.destroy();
      resolve(undefined);
    };
    const cancel = clock.at(toInstant(clock.now() + CONNECT_MS), fail);
    socket.once('error', fail);
    socket.once('connect', () => {
      cancel();
      socket.off('error', fail);
      resolve(socket);
    });
  });
}
