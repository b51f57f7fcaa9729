import { rmSync } from 'node:fs';
import {
  createServer,
  request as forward,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

/** One request that came by. */
export interface RecordedRequest {
  readonly method: string;
  /** Without version prefix and query. */
  readonly path: string;
  readonly query: string;
  readonly body: string;
  readonly headers: IncomingMessage['headers'];
}

/** What happens to a request: passed on, dropped before the engine sees it, or its answer lost. */
export type Verdict = 'pass' | 'drop' | 'lose-answer';

/** A proxy between a client and an engine that writes down, delays, or cuts. */
export interface RecordingProxy {
  /** `unix://…` to give to clients. */
  readonly host: string;
  readonly requests: RecordedRequest[];
  /** `METHOD /path` of every request that can change something, in order of arrival. */
  readonly writes: () => readonly string[];
  /** Decides on each request; `index` counts from 0. */
  judge: (request: RecordedRequest, index: number) => Verdict;
  /** Added before each request is passed on and before its answer is, ms. */
  delayMs: number;
  readonly close: () => Promise<void>;
}

/** Starts a proxy on `listenPath` in front of the engine at `targetPath` (unix sockets). */
export async function startRecordingProxy(
  listenPath: string,
  targetPath: string,
): Promise<RecordingProxy> {
  rmSync(listenPath, { force: true });
  const requests: RecordedRequest[] = [];
  const server = createServer((request, response) => {
    pass({ request, response }).catch((error: unknown) => response.destroy(error as Error));
  });
  const proxy: RecordingProxy = {
    host: `unix://${listenPath}`,
    requests,
    writes: () =>
      requests
        .filter(({ method }) => method !== 'GET' && method !== 'HEAD')
        .map(({ method, path }) => `${method} ${path}`),
    judge: () => 'pass',
    delayMs: 0,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };

  async function pass(pair: {
    readonly request: IncomingMessage;
    readonly response: ServerResponse;
  }): Promise<void> {
    const { request, response } = pair;
    const body = await readAll(request);
    const recorded = record(request, body);
    requests.push(recorded);
    const verdict = proxy.judge(recorded, requests.length - 1);
    if (verdict === 'drop') {
      request.socket.destroy();
      return;
    }
    if (proxy.delayMs > 0) await sleep(proxy.delayMs);
    const answer = await send(targetPath, request, body);
    if (proxy.delayMs > 0) await sleep(proxy.delayMs);
    if (verdict === 'lose-answer') {
      request.socket.destroy();
      return;
    }
    response.writeHead(answer.status, answer.headers);
    response.end(request.method === 'HEAD' ? undefined : answer.body);
  }

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(listenPath, resolve);
  });
  return proxy;
}

function record(request: IncomingMessage, body: Buffer): RecordedRequest {
  const [path = '', query = ''] = (request.url ?? '').split('?', 2);
  return {
    method: request.method ?? '',
    path: path.replace(/^\/v\d+\.\d+(?=\/)/, ''),
    query,
    body: body.toString('utf8'),
    headers: request.headers,
  };
}

interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

function send(socketPath: string, request: IncomingMessage, body: Buffer): Promise<Answer> {
  const { method, url, headers } = request;
  return new Promise((resolve, reject) => {
    const sent = forward({ socketPath, method, path: url, headers, agent: false }, (response) => {
      readAll(response).then(
        (bytes) =>
          resolve({
            status: response.statusCode ?? 502,
            headers: ownHeaders(response, bytes),
            body: bytes,
          }),
        reject,
      );
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

/** The body is sent whole, so its framing is ours. */
function ownHeaders(response: IncomingMessage, body: Buffer): IncomingMessage['headers'] {
  const { 'transfer-encoding': _framing, connection: _connection, ...kept } = response.headers;
  return { ...kept, 'content-length': String(body.length) };
}

async function readAll(stream: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
