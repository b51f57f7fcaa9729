import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { EngineError } from '../../src/base/errors.ts';
import type { EngineClient, Filters } from '../../src/engine/client.ts';

interface Call {
  /** Groups of the route's pattern, decoded. */
  readonly params: readonly string[];
  readonly query: URLSearchParams;
  readonly filters: Filters;
  // The client under test sent it; the fake engine judges it.
  readonly body: never;
  readonly registryAuth: string | undefined;
}

type Handler = (client: EngineClient, call: Call) => Promise<unknown>;

const CREATED = 201;

/** Method, path pattern (without version prefix), handler. */
const ROUTES: readonly (readonly [string, RegExp, Handler])[] = [
  ['GET', /^\/info$/, (client) => client.info()],
  [
    'GET',
    /^\/version$/,
    (client) => Promise.resolve({ ApiVersion: client.apiVersion, Version: '28.0.0' }),
  ],
  [
    'GET',
    /^\/distribution\/(.+)\/json$/,
    (client, { params, registryAuth }) => client.distribution(params[0] ?? '', { registryAuth }),
  ],
  [
    'GET',
    /^\/services$/,
    (client, { filters, query }) =>
      client.services.list({ filters, status: query.get('status') === 'true' }),
  ],
  [
    'POST',
    /^\/services\/create$/,
    async (client, { body, registryAuth }) => {
      const { id, warnings } = await client.services.create(body, { registryAuth });
      return { ID: id, Warnings: warnings };
    },
  ],
  [
    'POST',
    /^\/services\/([^/]+)\/update$/,
    async (client, { params, body, query }) => {
      const version = Number(query.get('version'));
      const { warnings } = await client.services.update(params[0] as never, body, { version });
      return { Warnings: warnings };
    },
  ],
  [
    'GET',
    /^\/services\/([^/]+)$/,
    (client, { params }) => client.services.inspect(params[0] ?? ''),
  ],
  [
    'DELETE',
    /^\/services\/([^/]+)$/,
    (client, { params }) => client.services.remove(params[0] as never),
  ],
  ['GET', /^\/tasks$/, (client, { filters }) => client.tasks.list({ filters })],
  ['GET', /^\/tasks\/([^/]+)$/, (client, { params }) => client.tasks.inspect(params[0] ?? '')],
  ['GET', /^\/nodes$/, (client, { filters }) => client.nodes.list({ filters })],
  ['GET', /^\/nodes\/([^/]+)$/, (client, { params }) => client.nodes.inspect(params[0] ?? '')],
  ['GET', /^\/networks$/, (client, { filters }) => client.networks.list({ filters })],
  [
    'POST',
    /^\/networks\/create$/,
    async (client, { body }) => {
      const { id, warning } = await client.networks.create(body);
      return { Id: id, Warning: warning };
    },
  ],
  [
    'GET',
    /^\/networks\/([^/]+)$/,
    (client, { params }) => client.networks.inspect(params[0] ?? ''),
  ],
  [
    'DELETE',
    /^\/networks\/([^/]+)$/,
    (client, { params }) => client.networks.remove(params[0] as never),
  ],
  ...(['secrets', 'configs'] as const).flatMap(
    (kind) =>
      [
        ['GET', new RegExp(`^/${kind}$`), (client, { filters }) => client[kind].list({ filters })],
        [
          'POST',
          new RegExp(`^/${kind}/create$`),
          async (client, { body }) => ({
            ID: (await client[kind].create(body)).id,
          }),
        ],
        [
          'POST',
          new RegExp(`^/${kind}/([^/]+)/update$`),
          (client, { params, body, query }) =>
            client[kind].update(params[0] as never, body, {
              version: Number(query.get('version')),
            }),
        ],
        [
          'GET',
          new RegExp(`^/${kind}/([^/]+)$`),
          (client, { params }) => client[kind].inspect(params[0] ?? ''),
        ],
        [
          'DELETE',
          new RegExp(`^/${kind}/([^/]+)$`),
          (client, { params }) => client[kind].remove(params[0] as never),
        ],
      ] satisfies (readonly [string, RegExp, Handler])[],
  ),
];

/** A served client: stop it with `close`. */
export interface ServedEngine {
  /** For DOCKER_HOST. */
  readonly host: string;
  readonly server: Server;
  close(): Promise<void>;
}

/**
 * Puts the Engine API's HTTP in front of any EngineClient, so that real commands can be run
 * against a fake engine.
 * @param socketPath - where to listen
 */
export async function serveEngineClient(
  client: EngineClient,
  socketPath: string,
): Promise<ServedEngine> {
  const server = createServer((request, response) => {
    void answer(client, request, response);
  });
  await new Promise<void>((resolve) => {
    server.listen(socketPath, resolve);
  });
  return {
    host: `unix://${socketPath}`,
    server,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

async function answer(
  client: EngineClient,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://engine');
  const path = url.pathname.replace(/^\/v\d+\.\d+/, '');
  response.setHeader('Api-Version', client.apiVersion);
  if (path === '/_ping') {
    response.end('OK');
    return;
  }
  try {
    const text = await readBody(request);
    const result = await route(client, { request, url, path, text });
    const status = path.endsWith('/create') ? CREATED : result === undefined ? 204 : 200;
    respond(response, status, result);
  } catch (error) {
    const isKnown = error instanceof EngineError;
    const status = isKnown ? (error.status ?? 500) : 500;
    const message = error instanceof Error ? error.message : String(error);
    respond(response, status, { message: message.replace(/^Error response from daemon: /, '') });
  }
}

function route(
  client: EngineClient,
  asked: {
    readonly request: IncomingMessage;
    readonly url: URL;
    readonly path: string;
    readonly text: string;
  },
): Promise<unknown> {
  const { request, url, path, text } = asked;
  for (const [method, pattern, handler] of ROUTES) {
    const match = request.method === method ? pattern.exec(path) : null;
    if (!match) continue;
    const auth = request.headers['x-registry-auth'];
    return handler(client, {
      params: match.slice(1).map(decodeURIComponent),
      query: url.searchParams,
      filters: parseFilters(url.searchParams.get('filters')),
      body: (text === '' ? undefined : JSON.parse(text)) as never,
      registryAuth: typeof auth === 'string' ? auth : undefined,
    });
  }
  throw new EngineError(`page not found: ${request.method} ${path}`, {
    kind: 'not-found',
    status: 404,
  });
}

/** Both shapes clients send: lists of values, and maps of value to true. */
function parseFilters(text: string | null): Filters {
  const parsed = JSON.parse(text ?? '{}') as Record<
    string,
    readonly string[] | Record<string, boolean>
  >;
  return Object.fromEntries(
    Object.entries(parsed).map(([key, values]) => [
      key,
      Array.isArray(values) ? values : Object.keys(values),
    ]),
  );
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

function respond(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'Content-Type': 'application/json' });
  response.end(body === undefined ? undefined : JSON.stringify(body));
}
