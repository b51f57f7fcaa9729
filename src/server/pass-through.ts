import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex, Readable } from 'node:stream';
import { splitVersionPrefix } from './api-version.ts';
import type { EngineClient } from './engine-client.ts';
import { toErrorAnswer } from './http-errors.ts';
import { readFilters } from './list-filters.ts';
import { Query } from './query.ts';
import { ROUTED_HEADERS, sendAnswer, sendError } from './send-answer.ts';

const PASSED =
  /^\/(?:containers|exec|images|build|session|grpc|auth|commit|volumes|plugins|distribution)(?:\/|$)|^\/system\/df$/;

/**
 * Whether a path is the engine's to answer, where there is one behind us.
 * @param url - without version prefix, with query
 * @source spec/engine-api.md section 17
 */
export function isPassed(url: string): boolean {
  return PASSED.test(pathOf(url));
}

/** Headers that belong to one connection, and those that are ours to set. */
const DROPPED = new Set([
  'connection',
  'keep-alive',
  'host',
  'te',
  'trailer',
  'transfer-encoding',
  'proxy-connection',
  'api-version',
  'server',
  'expect',
]);

type PlainHeaders = Record<string, string | string[]>;

/** Sends a request on and its answer back, both as streams. */
export async function passRequest(
  client: EngineClient,
  incoming: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { path } = splitVersionPrefix(incoming.url ?? '/');
  try {
    if (await answerTaskFilter(client, path, response)) return;
    const body = hasBody(incoming.headers) ? incoming : undefined;
    await passTo(client, { method: incoming.method ?? 'GET', path, incoming, body }, response);
  } catch (error) {
    const { status, message } = toErrorAnswer(error);
    if (response.headersSent) response.destroy();
    else {
      for (const [name, value] of Object.entries(ROUTED_HEADERS)) response.setHeader(name, value);
      sendError(response, status, message);
    }
  }
}

interface Passed {
  readonly method: string;
  readonly path: string;
  readonly incoming: { readonly headers: IncomingHttpHeaders };
  readonly body: Readable | Buffer | undefined;
}

/** Sends a request on whose body was already read, or is still to come. */
export async function passTo(
  client: EngineClient,
  { method, path, incoming, body }: Passed,
  response: ServerResponse,
): Promise<void> {
  const gone = new AbortController();
  response.on('close', () => gone.abort());
  const answer = await client.send({
    method,
    path,
    headers: keptHeaders(incoming.headers),
    body,
    signal: gone.signal,
  });
  response.statusCode = answer.response.statusCode ?? 502;
  for (const [name, value] of Object.entries(keptHeaders(answer.response.headers))) {
    response.setHeader(name, value);
  }
  for (const [name, value] of Object.entries(ROUTED_HEADERS)) response.setHeader(name, value);
  response.flushHeaders();
  await new Promise<void>((resolve) => {
    response.on('close', resolve);
    answer.response.on('error', () => response.destroy());
    answer.response.on('aborted', () => response.destroy());
    answer.response.pipe(response);
  });
}

/**
 * Tunnels a connection that the client wants to take over; byte for byte, half-closes included.
 * @source spec/engine-api.md sections 1.9 and 17
 */
export async function passUpgrade(
  client: EngineClient,
  incoming: IncomingMessage,
  socket: Duplex,
  head: Buffer,
): Promise<void> {
  const { path } = splitVersionPrefix(incoming.url ?? '/');
  const { body, rest } = await readBody(incoming.headers, socket, head);
  const headers = {
    ...keptHeaders(incoming.headers),
    Connection: 'Upgrade',
    Upgrade: incoming.headers.upgrade ?? 'tcp',
  };
  const method = incoming.method ?? 'POST';
  const answer = await client.send({ method, path, headers, body });
  const { response, socket: upstream, head: first } = answer;
  const lines = Object.entries({ ...keptHeaders(response.headers), ...ROUTED_HEADERS }).map(
    ([name, value]) => `${name}: ${String(value)}`,
  );
  const status = `HTTP/1.1 ${response.statusCode} ${response.statusMessage ?? ''}`;
  if (!upstream) {
    socket.write(`${[status, ...lines, 'Connection: close'].join('\r\n')}\r\n\r\n`);
    response.pipe(socket);
    return;
  }
  const upgrade = ['Connection: Upgrade', `Upgrade: ${response.headers.upgrade ?? 'tcp'}`];
  socket.write(`${[status, ...lines, ...upgrade].join('\r\n')}\r\n\r\n`);
  if (first && first.length > 0) socket.write(first);
  if (rest.length > 0) upstream.write(rest);
  join(socket, upstream);
}

/** Two connections as one; an end is passed on as an end, a break as a break. */
function join(one: Duplex, other: Duplex): void {
  other.on('error', () => one.destroy());
  one.on('error', () => other.destroy());
  one.on('close', () => other.destroy());
  other.pipe(one);
  one.pipe(other);
}

/** The body that came with an upgrade, and what followed it already. */
async function readBody(headers: IncomingHttpHeaders, socket: Duplex, head: Buffer) {
  const length = Number(headers['content-length'] ?? 0);
  const body = length > 0 ? await readExactly(socket, head, length) : undefined;
  return { body, rest: body ? head.subarray(Math.min(head.length, length)) : head };
}

/** The next bytes of a connection, `head` first. */
export async function readExactly(socket: Duplex, head: Buffer, length: number): Promise<Buffer> {
  const chunks = [head];
  let size = head.length;
  while (size < length) {
    const chunk = await nextChunk(socket);
    if (!chunk) break;
    chunks.push(chunk);
    size += chunk.length;
  }
  const all = Buffer.concat(chunks);
  if (all.length > length) socket.unshift(all.subarray(Math.max(length, head.length)));
  return all.subarray(0, length);
}

function nextChunk(socket: Duplex): Promise<Buffer | undefined> {
  return new Promise((resolve) => {
    const take = (): void => {
      const chunk = socket.read() as Buffer | null;
      if (chunk) finish(chunk);
    };
    const end = (): void => finish(undefined);
    const finish = (chunk: Buffer | undefined): void => {
      socket.off('readable', take);
      socket.off('end', end);
      socket.off('close', end);
      resolve(chunk);
    };
    socket.on('readable', take);
    socket.on('end', end);
    socket.on('close', end);
  });
}

function keptHeaders(headers: IncomingHttpHeaders): PlainHeaders {
  const named = new Set((headers.connection ?? '').toLowerCase().split(/\s*,\s*/));
  const kept = Object.entries(headers).filter(
    ([name, value]) => value !== undefined && !DROPPED.has(name) && !named.has(name),
  );
  return Object.fromEntries(kept) as PlainHeaders;
}

function hasBody(headers: IncomingHttpHeaders): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

function pathOf(url: string): string {
  const mark = url.indexOf('?');
  return mark < 0 ? url : url.slice(0, mark);
}

/**
 * Answers `is-task` in a list of containers: a plain engine knows no tasks, but their label.
 * @source spec/engine-api.md section 12
 */
async function answerTaskFilter(
  client: EngineClient,
  url: string,
  response: ServerResponse,
): Promise<boolean> {
  if (pathOf(url) !== '/containers/json') return false;
  const params = new URLSearchParams(url.slice(pathOf(url).length));
  const filters = new Map(readFilters(new Query(params.toString())));
  const wanted = filters.get('is-task');
  if (!wanted?.length) return false;
  filters.delete('is-task');
  params.set('filters', JSON.stringify(Object.fromEntries(filters)));
  const isWanted = wanted.some((word) => word === 'true' || word === '1');
  const all = (await client.json('GET', `/containers/json?${params.toString()}`)) as Labelled[];
  const value = all.filter(
    ({ Labels }) => Object.hasOwn(Labels ?? {}, 'com.docker.swarm.task.id') === isWanted,
  );
  for (const [name, header] of Object.entries(ROUTED_HEADERS)) response.setHeader(name, header);
  sendAnswer(response, { kind: 'json', status: 200, value });
  return true;
}

interface Labelled {
  readonly Labels?: Readonly<Record<string, string>> | null;
}
