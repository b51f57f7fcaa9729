import { rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { EngineError, HTTP_STATUS } from '../../src/base/errors.ts';
import type { EngineClient, Filters } from '../../src/engine/client.ts';

/** One HTTP request as it came in. */
export interface WireRequest {
  readonly method: string;
  /** With version prefix and query. */
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: unknown;
}

/** An HTTP front of an EngineClient on a unix socket; enough of the Engine API for client tests. */
export interface FakeEngineServer {
  readonly requests: WireRequest[];
  /** Accepted connections so far. */
  readonly connections: () => number;
  /** Runs before each request; true means it was dealt with (answered, cut, left hanging). */
  intercept: (request: WireRequest, response: ServerResponse) => boolean;
  readonly close: () => Promise<void>;
}

type Handler = (
  engine: EngineClient,
  call: {
    readonly name: string;
    readonly query: URLSearchParams;
    readonly body: never;
    readonly auth: string | undefined;
  },
) => Promise<unknown>;

/** Both shapes that clients send: lists of values, and maps of value to true. */
const filtersOf = (query: URLSearchParams): { readonly filters?: Filters } => {
  const text = query.get('filters');
  if (text === null) return {};
  const parsed = JSON.parse(text) as Record<string, readonly string[] | Record<string, boolean>>;
  const entries = Object.entries(parsed).map(
    ([key, values]) => [key, Array.isArray(values) ? values : Object.keys(values)] as const,
  );
  return { filters: Object.fromEntries(entries) };
};
const versionOf = (query: URLSearchParams): number => Number(query.get('version'));

/** Routes by method and path pattern; the first match wins. */
const ROUTES: readonly (readonly [string, RegExp, Handler])[] = [
  ['GET', /^\/info$/, (engine) => engine.info()],
  [
    'GET',
    /^\/distribution\/(.+)\/json$/,
    (engine, { name, auth }) => engine.distribution(name, { registryAuth: auth }),
  ],
  [
    'GET',
    /^\/services$/,
    (engine, { query }) =>
      engine.services.list({ ...filtersOf(query), status: query.get('status') === 'true' }),
  ],
  [
    'POST',
    /^\/services\/create$/,
    async (engine, { body, auth }) => {
      const { id, warnings } = await engine.services.create(body, { registryAuth: auth });
      return { ID: id, Warnings: warnings.length > 0 ? warnings : null };
    },
  ],
  [
    'POST',
    /^\/services\/([^/]+)\/update$/,
    async (engine, { name, query, body, auth }) => {
      const rollback = query.get('rollback') === 'previous' ? 'previous' : undefined;
      const options = { version: versionOf(query), rollback, registryAuth: auth } as const;
      const { warnings } = await engine.services.update(name as never, body, options);
      return { Warnings: warnings.length > 0 ? warnings : null };
    },
  ],
  ['GET', /^\/services\/([^/]+)$/, (engine, { name }) => engine.services.inspect(name)],
  ['DELETE', /^\/services\/([^/]+)$/, (engine, { name }) => engine.services.remove(name as never)],
  ['GET', /^\/tasks$/, (engine, { query }) => engine.tasks.list(filtersOf(query))],
  ['GET', /^\/tasks\/([^/]+)$/, (engine, { name }) => engine.tasks.inspect(name)],
  ['GET', /^\/nodes$/, (engine, { query }) => engine.nodes.list(filtersOf(query))],
  ['GET', /^\/nodes\/([^/]+)$/, (engine, { name }) => engine.nodes.inspect(name)],
  [
    'POST',
    /^\/nodes\/([^/]+)\/update$/,
    (engine, { name, query, body }) =>
      engine.nodes.update(name as never, body, { version: versionOf(query) }),
  ],
  ['DELETE', /^\/nodes\/([^/]+)$/, (engine, { name }) => engine.nodes.remove(name as never)],
  ['GET', /^\/networks$/, (engine, { query }) => engine.networks.list(filtersOf(query))],
  [
    'POST',
    /^\/networks\/create$/,
    async (engine, { body }) => {
      const { id, warning } = await engine.networks.create(body);
      return { Id: id, Warning: warning };
    },
  ],
  ['GET', /^\/networks\/([^/]+)$/, (engine, { name }) => engine.networks.inspect(name)],
  ['DELETE', /^\/networks\/([^/]+)$/, (engine, { name }) => engine.networks.remove(name as never)],
  ...(['secrets', 'configs'] as const).flatMap((kind): (readonly [string, RegExp, Handler])[] => [
    ['GET', new RegExp(`^/${kind}$`), (engine, { query }) => engine[kind].list(filtersOf(query))],
    [
      'POST',
      new RegExp(`^/${kind}/create$`),
      async (engine, { body }) => ({ ID: (await engine[kind].create(body)).id }),
    ],
    ['GET', new RegExp(`^/${kind}/([^/]+)$`), (engine, { name }) => engine[kind].inspect(name)],
    [
      'POST',
      new RegExp(`^/${kind}/([^/]+)/update$`),
      (engine, { name, query, body }) =>
        engine[kind].update(name as never, body, { version: versionOf(query) }),
    ],
    [
      'DELETE',
      new RegExp(`^/${kind}/([^/]+)$`),
      (engine, { name }) => engine[kind].remove(name as never),
    ],
  ]),
];

/** Serves `engine` on the unix socket `path`. */
export async function serveFakeEngine(
  path: string,
  engine: EngineClient,
): Promise<FakeEngineServer> {
  rmSync(path, { force: true });
  let connections = 0;
  const front: FakeEngineServer = {
    requests: [],
    connections: () => connections,
    intercept: () => false,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  const server: Server = createServer((request, response) => {
    void answer(front, engine, { request, response });
  });
  server.on('connection', () => {
    connections += 1;
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, resolve);
  });
  return front;
}

async function answer(
  front: FakeEngineServer,
  engine: EngineClient,
  { request, response }: { readonly request: IncomingMessage; readonly response: ServerResponse },
): Promise<void> {
  const wire = await readRequest(request);
  front.requests.push(wire);
  if (front.intercept(wire, response)) return;
  response.setHeader('Api-Version', engine.apiVersion);
  const url = new URL(wire.url, 'http://engine');
  const path = url.pathname.replace(/^\/v\d+\.\d+(?=\/)/, '');
  if (path === '/_ping') {
    // As moby: without a length node's client would give the connection up.
    if (wire.method === 'HEAD') response.setHeader('Content-Length', '0').end();
    else response.end('OK');
    return;
  }
  const route = ROUTES.find(([method, pattern]) => method === wire.method && pattern.test(path));
  if (!route) {
    send(response, 404, { message: 'page not found' });
    return;
  }
  try {
    const name = decodeURIComponent(route[1].exec(path)?.[1] ?? '');
    const auth = wire.headers['x-registry-auth'] as string | undefined;
    const result = await route[2](engine, {
      name,
      query: url.searchParams,
      body: wire.body as never,
      auth,
    });
    if (result === undefined) response.writeHead(204).end();
    else send(response, path.endsWith('/create') ? 201 : 200, result);
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    const message = error.message.replace(/^Error response from daemon: /, '');
    send(response, error.status ?? HTTP_STATUS[error.kind], { message });
  }
}

async function readRequest(request: IncomingMessage): Promise<WireRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString('utf8');
  const body: unknown = text === '' ? undefined : JSON.parse(text);
  return { method: request.method ?? '', url: request.url ?? '', headers: request.headers, body };
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response
    .writeHead(status, { 'Content-Type': 'application/json' })
    .end(`${JSON.stringify(body)}\n`);
}
