import { request as httpRequest, type ClientRequest, type IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import type { BackingEngine } from './backend.ts';
import { httpError } from './http-errors.ts';

/** A request to the engine behind us. */
export interface EngineRequest {
  readonly method: string;
  /** Without version prefix, with query. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string | string[]>>;
  readonly body?: Readable | Buffer | undefined;
  /** Ends the request when aborted. */
  readonly signal?: AbortSignal;
}

/**
 * Talks to the container engine behind us, one connection per request.
 * @source spec/engine-api.md section 17
 */
export class EngineClient {
  readonly #engine: BackingEngine;

  constructor(engine: BackingEngine) {
    this.#engine = engine;
  }

  /** The answer as it comes; an upgrade is an answer too, its socket in `socket`. */
  async send(wanted: EngineRequest): Promise<EngineAnswer> {
    const request = await this.#open(wanted);
    const answer = new Promise<EngineAnswer>((resolve, reject) => {
      request.on('response', (response) => resolve({ response }));
      request.on('upgrade', (response, socket, head) => resolve({ response, socket, head }));
      request.on('error', (error) => reject(this.#unreachable(error)));
    });
    const { body, signal } = wanted;
    signal?.addEventListener('abort', () => request.destroy(), { once: true });
    if (!body || Buffer.isBuffer(body)) request.end(body);
    else body.pipe(request);
    return answer;
  }

  /** The JSON of an answer. @throws HttpError the engine's refusal, or 503 */
  async json(method: string, path: string): Promise<unknown> {
    const { response } = await this.send({ method, path });
    const chunks: Buffer[] = [];
    for await (const chunk of response) chunks.push(Buffer.from(chunk as Uint8Array));
    const text = Buffer.concat(chunks).toString('utf8');
    const value: unknown = text === '' ? null : JSON.parse(text);
    if ((response.statusCode ?? 500) < 400) return value;
    const { message = text } = (value ?? {}) as { readonly message?: string };
    throw httpError('internal', message);
  }

  async #open({ method, path, headers }: EngineRequest): Promise<ClientRequest> {
    let socket: Socket;
    try {
      socket = (await this.#engine.connect()) as Socket;
    } catch (error) {
      throw this.#unreachable(error);
    }
    return httpRequest({
      createConnection: () => socket,
      method,
      path: `/v${this.#engine.apiVersion}${path}`,
      headers: { ...headers, Host: 'docker', Connection: headers?.['Connection'] ?? 'close' },
    });
  }

  #unreachable(error: unknown): Error {
    const why = error instanceof Error ? error.message : String(error);
    const text = `Cannot connect to the container engine at ${this.#engine.name}. Is it running? (${why})`;
    return httpError('unavailable', text);
  }
}

/** What the engine answered; `socket` is there when it took over the connection. */
export interface EngineAnswer {
  readonly response: IncomingMessage;
  readonly socket?: Socket;
  readonly head?: Buffer;
}
