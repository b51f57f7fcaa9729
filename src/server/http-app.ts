import { createServer, type RequestListener, type ServerResponse } from 'node:http';
import { fastify, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { formatApiVersion, isBelow, MAX_API_VERSION, MIN_API_VERSION } from './api-version.ts';
import { splitVersionPrefix, type ApiVersion } from './api-version.ts';
import { cleanPath } from './clean-path.ts';
import { toErrorAnswer } from './http-errors.ts';
import { Query } from './query.ts';
import type { Answer, ApiRequest, Route, RouteContext } from './route.ts';
import { ROUTED_HEADERS, sendAnswer, sendError, sendStream } from './send-answer.ts';

/** Bodies beyond this are refused: the largest legal one is a config of 1000 KiB in base64. */
const BODY_LIMIT = 8 * 1024 * 1024;

/** A request that failed through no fault of the client. */
export interface ServerProblem {
  readonly method: string;
  readonly path: string;
  readonly error: unknown;
}

export interface HttpAppOptions {
  readonly context: RouteContext;
  readonly routes: readonly Route[];
  /** Hears of failures that are ours. */
  readonly report: (problem: ServerProblem) => void;
  /** Sends a request on to the engine behind us. */
  readonly pass: (
    request: ApiRequest,
    answer: Extract<Answer, { kind: 'pass' }>,
    response: ServerResponse,
  ) => Promise<void>;
}

/** The routes as one HTTP request listener, and the application for tests. */
export interface HttpApp {
  readonly app: FastifyInstance;
  readonly listener: RequestListener;
}

/**
 * Routes requests: version prefix, path and body are dealt with here, the rest by the routes.
 * @source spec/engine-api.md section 1
 */
export async function createHttpApp(options: HttpAppOptions): Promise<HttpApp> {
  let listener: RequestListener | undefined;
  const app = fastify({
    logger: false,
    bodyLimit: BODY_LIMIT,
    exposeHeadRoutes: false,
    routerOptions: { maxParamLength: 1024 * 1024 },
    rewriteUrl: (request) => splitVersionPrefix(request.url ?? '/').path,
    frameworkErrors: (error, _request, reply) =>
      refuse(reply.raw, error.statusCode ?? 400, error.message),
    serverFactory: (handler) => {
      listener = handler;
      return createServer(handler);
    },
  });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  app.addHook('onRequest', (request, reply, done) => {
    // The routes look at the type themselves, with the engine's words; the framework must not.
    stashContentType(request);
    if (!redirect(request, reply)) done();
  });
  app.setErrorHandler((error, _request, reply) => {
    const { status, message } = toErrorAnswer(error);
    reply.hijack();
    refuse(reply.raw, status, message);
  });
  app.setNotFoundHandler((request, reply) => {
    reply.hijack();
    notFound(request, reply.raw);
  });
  for (const route of options.routes) addRoute(app, route, options);
  await app.ready();
  if (!listener) throw new Error('the HTTP framework made no server');
  return { app, listener };
}

const CONTENT_TYPES = new WeakMap<object, string>();

function stashContentType({ raw }: FastifyRequest): void {
  const type = raw.headers['content-type'];
  if (type === undefined) return;
  CONTENT_TYPES.set(raw, type);
  raw.headers['content-type'] = 'application/octet-stream';
}

/** Sends whoever asks for an unclean path to the clean one. */
function redirect({ raw, originalUrl }: FastifyRequest, reply: FastifyReply): boolean {
  const mark = originalUrl.indexOf('?');
  const path = mark < 0 ? originalUrl : originalUrl.slice(0, mark);
  const clean = cleanPath(path);
  if (clean === path || raw.method === 'CONNECT') return false;
  reply.hijack();
  reply.raw.statusCode = 301;
  reply.raw.setHeader('Location', `${clean}${mark < 0 ? '' : originalUrl.slice(mark)}`);
  reply.raw.setHeader('Content-Length', '0');
  reply.raw.end();
  return true;
}

function notFound({ method }: FastifyRequest, response: ServerResponse): void {
  if (method !== 'OPTIONS') {
    refuse(response, 404, 'page not found');
    return;
  }
  setRoutedHeaders(response);
  sendAnswer(response, { kind: 'empty', status: 200 });
}

function addRoute(app: FastifyInstance, route: Route, options: HttpAppOptions): void {
  app.route({
    method: route.method,
    url: route.path,
    handler: async (request, reply) => {
      reply.hijack();
      if (hasEmptyParameter(request)) notFound(request, reply.raw);
      else await answer(route, request, reply.raw, options);
    },
  });
}

/** The router takes `/services/` for a service without a name. */
function hasEmptyParameter({ params }: FastifyRequest): boolean {
  return Object.values(params as Readonly<Record<string, string>>).includes('');
}

async function answer(
  route: Route,
  request: FastifyRequest,
  response: ServerResponse,
  { context, report, pass }: HttpAppOptions,
): Promise<void> {
  const version = splitVersionPrefix(request.originalUrl).version ?? MAX_API_VERSION;
  setRoutedHeaders(response);
  if (refuseVersion(version, response)) return;
  try {
    const apiRequest = toApiRequest(request, version);
    const given = await route.handle(apiRequest, context);
    if (given.kind === 'stream') await sendStream(response, given);
    else if (given.kind === 'pass') await pass(apiRequest, given, response);
    else sendAnswer(response, given);
  } catch (error) {
    const { status, message, isOurs } = toErrorAnswer(error);
    if (isOurs) report({ method: request.method, path: request.originalUrl, error });
    refuse(response, status, message);
  }
}

/** A refusal; once the answer has begun it can only break off. */
function refuse(response: ServerResponse, status: number, message: string): void {
  if (response.headersSent) response.destroy();
  else sendError(response, status, message);
}

function setRoutedHeaders(response: ServerResponse): void {
  for (const [name, value] of Object.entries(ROUTED_HEADERS)) response.setHeader(name, value);
}

/** @source spec/engine-api.md section 1.1 */
function refuseVersion(version: ApiVersion, response: ServerResponse): boolean {
  const asked = formatApiVersion(version);
  if (isBelow(MAX_API_VERSION, version)) {
    response.removeHeader('Docker-Experimental');
    const max = formatApiVersion(MAX_API_VERSION);
    const text = `client version ${asked} is too new. Maximum supported API version is ${max}`;
    sendError(response, 400, text);
    return true;
  }
  if (!isBelow(version, MIN_API_VERSION)) return false;
  response.removeHeader('Docker-Experimental');
  const min = formatApiVersion(MIN_API_VERSION);
  const advice = 'please upgrade your client to a newer version';
  const text = `client version ${asked} is too old. Minimum supported API version is ${min}, ${advice}\n`;
  const headers = { 'X-Content-Type-Options': 'nosniff' };
  sendAnswer(response, { kind: 'text', status: 400, text, headers });
  return true;
}

function toApiRequest(request: FastifyRequest, version: ApiVersion): ApiRequest {
  const url = splitVersionPrefix(request.originalUrl).path;
  const mark = url.indexOf('?');
  const search = mark < 0 ? '' : url.slice(mark);
  const type = CONTENT_TYPES.get(request.raw);
  const { 'content-type': _stashed, ...headers } = request.headers;
  return {
    method: request.method,
    path: mark < 0 ? url : url.slice(0, mark),
    search,
    version,
    params: request.params as Readonly<Record<string, string>>,
    query: new Query(search),
    headers: type === undefined ? headers : { ...headers, 'content-type': type },
    body: Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0),
  };
}
