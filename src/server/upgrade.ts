import { ServerResponse, type IncomingMessage, type RequestListener } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { MAX_API_VERSION, splitVersionPrefix } from './api-version.ts';
import { toErrorAnswer } from './http-errors.ts';
import { isPassed, passUpgrade, readExactly } from './pass-through.ts';
import { Query } from './query.ts';
import type { ApiRequest, RouteContext } from './route.ts';
import { hijackExec } from './routes/exec.ts';
import { ROUTED_HEADERS } from './send-answer.ts';

/** A request body that comes with an upgrade is small: a few flags. */
const MAX_BODY = 1024 * 1024;

/**
 * Serves requests that ask to take over the connection: attach and exec. An upgrade that nobody
 * here offers is ignored, as HTTP says, and the request answered as any other.
 * @source spec/engine-api.md section 1.9
 */
export function createUpgradeListener(
  context: RouteContext,
  listener: RequestListener,
): (request: IncomingMessage, socket: Duplex, head: Buffer) => void {
  return (request, socket, head) => {
    socket.on('error', () => socket.destroy());
    const { path } = splitVersionPrefix(request.url ?? '/');
    const exec = /^\/exec\/([^/?]+)\/start(?:\?|$)/.exec(path);
    const { engine } = context;
    const served =
      engine && isPassed(path)
        ? passUpgrade(engine, request, socket, head)
        : exec && request.method === 'POST'
          ? serveExec(request, { socket, head, id: exec[1] ?? '' }, context)
          : answerPlainly(request, socket, listener);
    served.catch((error: unknown) => refuse(socket, error));
  };
}

interface Taken {
  readonly socket: Duplex;
  readonly head: Buffer;
  readonly id: string;
}

async function serveExec(
  request: IncomingMessage,
  { socket, head, id }: Taken,
  context: RouteContext,
): Promise<void> {
  const length = Math.min(Number(request.headers['content-length'] ?? 0), MAX_BODY);
  const body = length > 0 ? await readExactly(socket, head, length) : Buffer.alloc(0);
  const rest = head.subarray(Math.min(head.length, length));
  if (rest.length > 0) socket.unshift(rest);
  const { path, version = MAX_API_VERSION } = splitVersionPrefix(request.url ?? '/');
  const apiRequest: ApiRequest = {
    method: 'POST',
    path,
    search: '',
    version,
    params: { id: decodeURIComponent(id) },
    query: new Query(''),
    headers: request.headers,
    body,
  };
  const { contentType, run } = await hijackExec(apiRequest, context);
  const lines = [
    'HTTP/1.1 101 UPGRADED',
    `Content-Type: ${contentType}`,
    'Connection: Upgrade',
    'Upgrade: tcp',
    ...Object.entries(ROUTED_HEADERS).map(([name, value]) => `${name}: ${value}`),
  ];
  socket.write(`${lines.join('\r\n')}\r\n\r\n`);
  await run(socket);
}

/** The connection was taken from the HTTP server; it ends with this answer. */
function answerPlainly(
  request: IncomingMessage,
  socket: Duplex,
  listener: RequestListener,
): Promise<void> {
  const response = new ServerResponse(request);
  response.shouldKeepAlive = false;
  response.assignSocket(socket as Socket);
  response.on('finish', () => {
    response.detachSocket(socket as Socket);
    socket.end();
  });
  listener(request, response);
  return Promise.resolve();
}

function refuse(socket: Duplex, error: unknown): void {
  if (socket.destroyed) return;
  const { status, message } = toErrorAnswer(error);
  const body = `${JSON.stringify({ message })}\n`;
  const lines = [
    `HTTP/1.1 ${status} Error`,
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
    ...Object.entries(ROUTED_HEADERS).map(([name, value]) => `${name}: ${value}`),
  ];
  socket.end(`${lines.join('\r\n')}\r\n\r\n${body}`);
}
