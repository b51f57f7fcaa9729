import type { RequestListener, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import type { InjectOptions, LightMyRequestResponse } from 'fastify';
import { splitVersionPrefix } from './api-version.ts';
import type { Backend } from './backend.ts';
import { EngineClient } from './engine-client.ts';
import { EventLog } from './event-log.ts';
import { ExecBook } from './exec-book.ts';
import { feedEvents } from './feed-events.ts';
import { createHttpApp, type ServerProblem } from './http-app.ts';
import { closeServer, openServer, type ListenAddress } from './listen.ts';
import { LocalRecords } from './local-records.ts';
import { isPassed, passRequest, passTo } from './pass-through.ts';
import type { Route, RouteContext } from './route.ts';
import { routesFor } from './routes/index.ts';
import { createUpgradeListener } from './upgrade.ts';

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
  const context = createContext(backend);
  const { engine } = context;
  const stopFeed = feedEvents(backend, context.events);
  const { app, listener } = await createHttpApp({
    context,
    routes: [...routesFor(engine !== undefined), ...(options.routes ?? [])],
    report: options.report ?? (() => undefined),
    pass: async ({ method, headers, body }, { path, search }, response) => {
      if (!engine) throw new Error('no container engine is behind this cluster');
      const incoming = { headers };
      await passTo(engine, { method, path: `${path}${search}`, incoming, body }, response);
    },
  });
  const requests = engine ? passFirst(engine, listener) : listener;
  const upgrades = createUpgradeListener(context, requests);
  const servers = new Set<Server>();
  const taken = new Set<Duplex>();
  return {
    async listen(address) {
      const { server, port } = await openServer(address, requests);
      server.on('upgrade', (request, socket, head) => {
        taken.add(socket);
        socket.on('close', () => taken.delete(socket));
        upgrades(request, socket, head);
      });
      servers.add(server);
      return port;
    },
    inject: (request) => app.inject(request),
    async close() {
      stopFeed();
      context.execs.close();
      for (const socket of taken) socket.destroy();
      const closing = [...servers].map(closeServer);
      servers.clear();
      await Promise.all(closing);
      await app.close();
    },
  };
}

function createContext(backend: Backend): RouteContext {
  return {
    backend,
    events: new EventLog(),
    local: new LocalRecords(backend.clock, backend.facts.rootDir),
    execs: new ExecBook(),
    engine: backend.engine && new EngineClient(backend.engine),
  };
}

/** The engine's own paths go straight on: their bodies may be large, and are streams. */
function passFirst(engine: EngineClient, listener: RequestListener): RequestListener {
  return (request, response) => {
    const { path } = splitVersionPrefix(request.url ?? '/');
    if (isPassed(path)) void passRequest(engine, request, response);
    else listener(request, response);
  };
}
