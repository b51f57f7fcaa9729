import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { toInstant, type Clock } from '../base/clock.ts';
import type { EndpointPool } from './endpoint-pool.ts';
import type { Frontend } from './endpoints.ts';
import type { Listener } from './tcp-frontend.ts';

export interface UdpOptions {
  readonly pool: EndpointPool;
  readonly clock: Clock;
}

/** A client's datagrams stay with one task while they come at least this often, ms. */
const IDLE_MS = 30_000;

/** Clients remembered per frontend; beyond it datagrams of new ones are dropped. */
const MAX_CLIENTS = 10_000;

/** Datagrams kept while a client's task is looked for. */
const MAX_PENDING = 64;

interface Flow {
  socket: Socket | undefined;
  pending: Uint8Array[];
  cancelIdle: () => void;
  leavePool: () => void;
}

/** Carries the datagrams of one frontend on one address. */
export function listenUdp(
  address: string,
  port: number,
  frontendNow: () => Frontend | undefined,
  options: UdpOptions,
): Listener {
  return new UdpListener({ address, port }, frontendNow, options);
}

class UdpListener implements Listener {
  readonly listening: Promise<void>;
  readonly #server: Socket;
  readonly #frontendNow: () => Frontend | undefined;
  readonly #options: UdpOptions;
  readonly #flows = new Map<string, Flow>();

  constructor(
    { address, port }: { readonly address: string; readonly port: number },
    frontendNow: () => Frontend | undefined,
    options: UdpOptions,
  ) {
    this.#frontendNow = frontendNow;
    this.#options = options;
    // The flag is refused on a socket that is IPv4 anyway.
    const isV6 = address.includes(':');
    this.#server = createSocket(isV6 ? { type: 'udp6', ipv6Only: true } : { type: 'udp4' });
    this.#server.on('message', (data, from) => this.#fromClient(data, from));
    this.listening = new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.bind({ address, port }, () => {
        this.#server.off('error', reject);
        // An answer to a client that is gone.
        this.#server.on('error', () => undefined);
        resolve();
      });
    });
    this.listening.catch(() => undefined);
  }

  close(): void {
    for (const key of this.#flows.keys()) this.#end(key);
    this.#server.close();
  }

  #fromClient(data: Uint8Array, from: RemoteInfo): void {
    const key = `${from.address}:${from.port}`;
    const flow = this.#flows.get(key) ?? this.#begin(key, from);
    if (!flow) return;
    this.#touch(key, flow);
    if (flow.socket) flow.socket.send(data);
    else if (flow.pending.length < MAX_PENDING) flow.pending.push(data);
  }

  #begin(key: string, from: RemoteInfo): Flow | undefined {
    if (this.#flows.size >= MAX_CLIENTS) return undefined;
    const nothing = (): void => undefined;
    const flow: Flow = { socket: undefined, pending: [], cancelIdle: nothing, leavePool: nothing };
    this.#flows.set(key, flow);
    this.#connect(key, flow, from).catch(() => this.#end(key));
    return flow;
  }

  async #connect(key: string, flow: Flow, from: RemoteInfo): Promise<void> {
    const { pool } = this.#options;
    const frontend = this.#frontendNow();
    for (const endpoint of frontend ? pool.order(frontend) : []) {
      const [address] = await pool.addresses(endpoint, 'udp');
      if (!address) continue;
      const socket = await connectUdp(address);
      if (this.#flows.get(key) !== flow) {
        socket.close();
        return;
      }
      flow.socket = socket;
      flow.leavePool = pool.join(endpoint.task, { leave: () => this.#end(key) });
      socket.on('message', (data) => this.#server.send(data, from.port, from.address));
      // The task does not listen any more: the next datagram looks for another.
      socket.on('error', () => this.#end(key));
      for (const data of flow.pending.splice(0)) socket.send(data);
      return;
    }
    this.#end(key);
  }

  #touch(key: string, flow: Flow): void {
    const { clock } = this.#options;
    flow.cancelIdle();
    flow.cancelIdle = clock.at(toInstant(clock.now() + IDLE_MS), () => this.#end(key));
  }

  #end(key: string): void {
    const flow = this.#flows.get(key);
    if (!flow) return;
    this.#flows.delete(key);
    flow.cancelIdle();
    flow.leavePool();
    flow.socket?.close();
  }
}

function connectUdp({
  host,
  port,
}: {
  readonly host: string;
  readonly port: number;
}): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4');
    socket.once('error', reject);
    socket.connect(port, host, () => {
      socket.off('error', reject);
      resolve(socket);
    });
  });
}
