import type { Server } from 'node:http';
import type { InjectOptions, LightMyRequestResponse } from 'fastify';
import type { Backend } from './backend.ts';
import { EventLog } from './event-log.ts';
import { createHttpApp, type ServerProblem } from './http-app.ts';
import { closeServer, openServer, type ListenAddress } from './listen.ts';
import type { Route } from './route.ts';
import { ROUTES } from './routes/index.ts';

export interface ServerOptions {
  /** Beside the Engine API's own. */
  readonly routes?: readonly Route[];
  /** Hears of requests that failed through our fault; default: nobody. */
  readonly report?: (problem: ServerProblem) => void;
}

/** An Engine API server; it may listen in several places. */
export interface EngineApiServer {
  /** Resolves with the port (0 for sockets). @throws Error (rejects) the address is taken */
  listen(address: ListenAddress): Promise<number>;
  /** Sends a request without a socket, for tests. */
  readonly inject: (request: InjectOptions | string) => Promise<LightMyRequestResponse>;
  /** Ends all connections, open streams included. */
  close(): Promise<void>;
}

/**
 * The Engine API of an embedded cluster.
 * @source spec/engine-api.md
 */
export async function createServer(
  backend: Backend,
  options: ServerOptions = {},
): Promise<EngineApiServer> {
  const events = new EventLog();
  const { app, listener } = await createHttpApp({
    context: { backend, events },
    routes: [...ROUTES, ...(options.routes ?? [])],
    report: options.report ?? (() => undefined),
    pass: () => Promise.reject(new Error('no container engine behind this cluster')),
  });
  const servers = new Set<Server>();
  return {
    async listen(address) {
      const { server, port } = await openServer(address, listener);
      servers.add(server);
      return port;
    },
    inject: (request: InjectOptions | string) => app.inject(request),
    async close() {
      const closing = [...servers].map(closeServer);
      servers.clear();
      await Promise.all(closing);
      await app.close();
    },
  };
}
