import {
  Agent,
  request,
  type ClientRequest,
  type IncomingMessage,
  type RequestOptions,
} from 'node:http';
import { toInstant, type Clock } from '../base/clock.ts';
import { CancelledError } from '../base/errors.ts';
import { invariant } from '../base/invariant.ts';
import type { Connection } from './connection.ts';
import { daemonError } from './daemon-error.ts';
import { isRecord } from './docker-config.ts';
import { negotiateApiVersion, unreachableError, type LostRequest } from './unreachable.ts';

/** Query of a request; members that are undefined are left out. */
export type Query = Readonly<Record<string, string | number | boolean | undefined>>;

/** One request as the client states it. */
export interface EngineRequest {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'DELETE';
  /** Escaped, without version prefix and query. */
  readonly path: string;
  readonly query?: Query | undefined;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Ready-made X-Registry-Auth. */
  readonly registryAuth?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly timeoutMs?: number | undefined;
}

/** What a dockerode call hands to its modem. */
export interface DialOptions {
  readonly path: string;
  readonly method: string;
  readonly options?: Readonly<Record<string, unknown>> | undefined;
  readonly authconfig?: { readonly base64?: string } | undefined;
  readonly abortSignal?: AbortSignal | undefined;
  readonly isStream?: boolean | undefined;
  readonly hijack?: boolean | undefined;
  readonly openStdin?: boolean | undefined;
  readonly file?: unknown;
}

/** What the transport needs of the world. */
export interface TransportOptions {
  readonly connection: Connection;
  readonly clock: Clock;
  /** `tstack/0.1.0` */
  readonly userAgent: string;
  /** Longest wait for one answer, ms; default 60 s. */
  readonly timeoutMs?: number | undefined;
}

/** Where requests go. An empty `servername` spares Node from working one out, 10 ms at the first request. */
type BaseRequest = RequestOptions & { readonly servername?: '' };

interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly text: string;
}

const DEFAULT_TIMEOUT_MS = 60_000;
/** Establishing an ssh connection may ask the user's agent; ssh itself gives up after 30 s. */
const PING_TIMEOUT_MS = { ssh: 35_000, other: 10_000 } as const;
/** Open connections to one engine: enough to hide a round trip, too few to flood a manager. */
const MAX_SOCKETS = { ssh: 4, other: 16 } as const;

/**
 * The HTTP side of dockerode: takes the place of docker-modem.
 *
 * Nothing is read from the environment, user objects never leak into queries or headers, connections
 * are kept alive and bounded, a lost answer is an error and never a hang, and every failure is an
 * EngineError. DECISIONS.md ("dockerode with our own transport") says why.
 */
export class EngineTransport {
  /** Part of dockerode's idea of a modem. */
  readonly Promise = Promise;
  readonly #options: TransportOptions;
  readonly #agent: Agent;
  readonly #base: BaseRequest;
  readonly #basePath: string;
  #version: string | undefined;

  constructor(options: TransportOptions, agent: Agent, base: BaseRequest) {
    this.#options = options;
    this.#agent = agent;
    this.#base = base;
    const { endpoint } = options.connection;
    this.#basePath = endpoint.kind === 'tcp' ? endpoint.basePath : '';
  }

  /** The API version of every request; set by `negotiate`. */
  get apiVersion(): string {
    invariant(this.#version !== undefined, 'negotiate() comes before the first request');
    return this.#version;
  }

  /**
   * Settles the API version with one ping, or none when DOCKER_API_VERSION names it.
   *
   * The ping's connection is kept for what follows.
   * @source docker/cli and moby client/ping.go: HEAD first, GET when HEAD is refused
   */
  async negotiate(signal?: AbortSignal): Promise<void> {
    const { connection } = this.#options;
    if (connection.apiVersion !== undefined) {
      this.#version = connection.apiVersion;
      return;
    }
    const timeoutMs = PING_TIMEOUT_MS[connection.endpoint.kind === 'ssh' ? 'ssh' : 'other'];
    const ping = (method: 'HEAD' | 'GET'): Promise<Answer> =>
      this.#exchange({ method, path: '/_ping', signal, timeoutMs });
    let answer = await ping('HEAD');
    if (answer.status >= 300) answer = await ping('GET');
    if (answer.status >= 300) throw refusal('GET', '/_ping', answer);
    const offered = answer.headers['api-version'];
    if (typeof offered !== 'string' || !/^\d+\.\d+$/.test(offered)) {
      throw this.#lost(
        { method: 'GET', path: '/_ping' },
        { code: 'ENOTSOCK', message: 'what answers there is not a Docker engine' },
      );
    }
    this.#version = negotiateApiVersion(connection, offered);
  }

  /** Sends a request; gives the parsed JSON, undefined for an empty or `null` body. */
  async send(wanted: EngineRequest): Promise<unknown> {
    const answer = await this.#exchange({ ...wanted, path: `/v${this.apiVersion}${wanted.path}` });
    if (answer.status >= 300) throw refusal(wanted.method, wanted.path, answer);
    if (answer.text.trim() === '') return undefined;
    try {
      return (JSON.parse(answer.text) as unknown) ?? undefined;
    } catch (error) {
      throw this.#lost(wanted, {
        code: 'garbled',
        message: 'the answer is not JSON',
        cause: error,
      });
    }
  }

  /**
   * Sends a request and gives the answer's body as it comes, for as long as it comes: a connection of
   * its own, no time limit once the headers are there.
   */
  async stream(wanted: EngineRequest): Promise<IncomingMessage> {
    const path = `/v${this.apiVersion}${wanted.path}`;
    const isLocal = this.#base.socketPath !== undefined;
    const sent = this.#open({ ...wanted, path }, isLocal ? new Agent() : this.#agent);
    const { signal } = wanted;
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      const onAbort = (): void => {
        sent.destroy();
        reject(toCancelled(signal));
      };
      if (signal?.aborted === true) onAbort();
      signal?.addEventListener('abort', onAbort, { once: true });
      sent.once('response', resolve);
      sent.on('close', () => signal?.removeEventListener('abort', onAbort));
      sent.on('error', (error: NodeJS.ErrnoException) =>
        reject(this.#lost(wanted, { code: error.code ?? 'unknown', message: error.message })),
      );
    });
    const { statusCode: status = 0, headers } = response;
    if (status < 300) return response;
    throw refusal(wanted.method, wanted.path, { status, headers, text: await readText(response) });
  }

  /** Entry point of dockerode; only plain requests, no streams. */
  dial(options: DialOptions, callback: (error: unknown, data?: unknown) => void): void {
    invariant(
      options.isStream !== true && options.hijack !== true && options.file === undefined,
      'streams do not go through this transport',
    );
    const { _query, _body, abortSignal: _signal, ...rest } = options.options ?? {};
    const isWrite = options.method === 'POST';
    const wanted: EngineRequest = {
      method: options.method as EngineRequest['method'],
      path: options.path.replace(/\?$/, ''),
      query: (isWrite ? _query : (_query ?? rest)) as EngineRequest['query'],
      body: isWrite ? (_body ?? rest) : undefined,
      registryAuth: options.authconfig?.base64,
      signal: options.abortSignal,
    };
    this.send(wanted).then(
      (data) => callback(null, data),
      (error: unknown) => callback(error),
    );
  }

  /** Closes every connection; idempotent. */
  close(): void {
    this.#agent.destroy();
  }

  /** One exchange; an idempotent one is tried again once when a kept connection turns out dead. */
  async #exchange(wanted: EngineRequest): Promise<Answer> {
    const isIdempotent = wanted.method === 'GET' || wanted.method === 'HEAD';
    try {
      return await this.#once(wanted);
    } catch (error) {
      if (!isIdempotent || !(error instanceof NoAnswer) || !error.isReset)
        throw this.#explain(wanted, error);
    }
    try {
      return await this.#once(wanted);
    } catch (error) {
      throw this.#explain(wanted, error);
    }
  }

  #once(wanted: EngineRequest): Promise<Answer> {
    const { clock, timeoutMs: fallbackMs = DEFAULT_TIMEOUT_MS } = this.#options;
    const { signal, timeoutMs = fallbackMs } = wanted;
    return new Promise((resolve, reject) => {
      if (signal?.aborted === true) {
        reject(toCancelled(signal));
        return;
      }
      const sent = this.#open(wanted);
      const onAbort = (): void => fail(toCancelled(signal));
      const stopTimer = clock.at(toInstant(clock.now() + timeoutMs), () =>
        fail(new NoAnswer('timeout', `no answer within ${timeoutMs / 1000} s`)),
      );
      const settle = (): void => {
        stopTimer();
        signal?.removeEventListener('abort', onAbort);
      };
      const fail = (error: Error): void => {
        settle();
        sent.destroy();
        reject(error);
      };
      signal?.addEventListener('abort', onAbort, { once: true });
      sent.on('error', (error: NodeJS.ErrnoException) =>
        fail(new NoAnswer(error.code ?? 'unknown', error.message, error)),
      );
      sent.on('response', (response) => {
        readText(response).then(
          (text) => {
            settle();
            resolve({ status: response.statusCode ?? 0, headers: response.headers, text });
          },
          (error: unknown) => fail(new NoAnswer('cut', 'the answer was cut short', error)),
        );
      });
    });
  }

  #open(wanted: EngineRequest, agent = this.#agent): ClientRequest {
    const body = wanted.body === undefined ? undefined : JSON.stringify(wanted.body);
    const sent = request({
      ...this.#base,
      agent,
      method: wanted.method,
      path: `${this.#basePath}${wanted.path}${toQuery(wanted.query)}`,
      headers: {
        ...this.#options.connection.headers,
        'User-Agent': this.#options.userAgent,
        ...(wanted.registryAuth !== undefined && { 'X-Registry-Auth': wanted.registryAuth }),
        ...(body !== undefined && {
          'Content-Type': 'application/json',
          'Content-Length': Buffer.byteLength(body),
        }),
      },
    });
    sent.end(body);
    return sent;
  }

  #explain(wanted: EngineRequest, error: unknown): unknown {
    if (!(error instanceof NoAnswer)) return error;
    return this.#lost(wanted, { code: error.code, message: error.message, cause: error.cause });
  }

  #lost(
    { method, path }: Pick<EngineRequest, 'method' | 'path'>,
    facts: Omit<LostRequest, 'method' | 'path'>,
  ): Error {
    const plainPath = path.replace(/^\/v\d+\.\d+(?=\/)/, '');
    return unreachableError(this.#options.connection, { method, path: plainPath, ...facts });
  }
}

/** Makes a transport with the agent its endpoint needs; TLS is loaded only for TLS. */
export async function createTransport(options: TransportOptions): Promise<EngineTransport> {
  const { endpoint } = options.connection;
  const keep = { keepAlive: true, maxSockets: MAX_SOCKETS.other } as const;
  switch (endpoint.kind) {
    case 'unix':
    case 'npipe':
      return new EngineTransport(options, new Agent(keep), {
        socketPath: endpoint.path,
        servername: '',
      });
    case 'ssh': {
      const { createSshAgent } = await import('./ssh-agent.ts');
      const agent = createSshAgent(endpoint, MAX_SOCKETS.ssh);
      return new EngineTransport(options, agent, { host: 'docker.example.com' });
    }
    case 'tcp': {
      const base = { host: endpoint.host, port: endpoint.port };
      if (!endpoint.tls)
        return new EngineTransport(options, new Agent(keep), { ...base, servername: '' });
      const { Agent: TlsAgent } = await import('node:https');
      const { ca, cert, key, skipVerify } = endpoint.tls;
      const agent = new TlsAgent({ ...keep, ca, cert, key, rejectUnauthorized: !skipVerify });
      return new EngineTransport(options, agent, { ...base, protocol: 'https:' });
    }
    default:
      return endpoint satisfies never;
  }
}

/** The request ended without an answer. */
class NoAnswer extends Error {
  override readonly name = 'NoAnswer';
  readonly code: string;
  constructor(code: string, message: string, cause?: unknown) {
    super(message, { cause });
    this.code = code;
  }

  /** Whether the connection died before the engine can have done anything of note. */
  get isReset(): boolean {
    return this.code === 'ECONNRESET' || this.code === 'EPIPE';
  }
}

function toCancelled(signal: AbortSignal | undefined): Error {
  const reason: unknown = signal?.reason;
  return reason instanceof CancelledError
    ? reason
    : new CancelledError('the request was cancelled');
}

/** The whole body; rejects when the connection ends before it does. */
function readText(response: IncomingMessage): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    response.on('data', (chunk: Buffer) => chunks.push(chunk));
    response.on('end', () => resolve(Buffer.concat(chunks).toString('utf8')));
    response.on('error', reject);
    response.on('close', () => reject(new Error('the connection was closed')));
  });
}

/** What the engine said no with: `{"message":…}`, or bare text below API 1.24. */
function refusal(method: string, path: string, answer: Answer): Error {
  let message = answer.text.trim();
  try {
    const parsed: unknown = JSON.parse(answer.text);
    if (isRecord(parsed) && typeof parsed['message'] === 'string') message = parsed['message'];
  } catch {
    // Not JSON: the text itself is the message.
  }
  if (message === '') message = `request returned HTTP ${answer.status} for ${method} ${path}`;
  return daemonError({ method, path, status: answer.status, message });
}

function toQuery(query: Query | undefined): string {
  const pairs = Object.entries(query ?? {}).flatMap(([key, value]) => {
    if (value === undefined) return [];
    return [`${encodeURIComponent(key)}=${encodeURIComponent(value)}`];
  });
  return pairs.length === 0 ? '' : `?${pairs.join('&')}`;
}
