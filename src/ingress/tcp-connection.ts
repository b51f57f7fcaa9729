import type { Socket } from 'node:net';
import { dial, type Dialled, type DialOptions } from './dial.ts';
import type { Connected } from './endpoint-pool.ts';
import type { Frontend } from './endpoints.ts';
import { HttpExchanges } from './http-exchanges.ts';

/** The side towards the task. */
interface Upstream extends Dialled {
  readonly leave: () => void;
}

/**
 * One client's connection, carried to a task, and between two HTTP exchanges to another one when the
 * task is about to be stopped, or has closed its side.
 */
export class TcpConnection implements Connected {
  readonly #client: Socket;
  readonly #frontendNow: () => Frontend | undefined;
  readonly #options: DialOptions;
  readonly #abort = new AbortController();
  #exchanges = new HttpExchanges();
  #upstream: Upstream | undefined;
  #isDialling = false;
  #isLeaving = false;
  #clientHasEnded = false;
  /** What the client sent while there was no upstream. */
  #pending: Uint8Array[] = [];

  /** Begins at once: some protocols have the server speak first. */
  constructor(client: Socket, frontendNow: () => Frontend | undefined, options: DialOptions) {
    this.#client = client;
    this.#frontendNow = frontendNow;
    this.#options = options;
    client.on('data', (chunk: Uint8Array) => this.#fromClient(chunk));
    client.on('end', () => this.#clientEnded());
    client.on('drain', () => this.#upstream?.socket.resume());
    client.on('error', () => this.destroy());
    client.on('close', () => this.destroy());
    this.#attach();
  }

  /** Lets the task go now, or when the exchange under way is over. */
  leave(): void {
    this.#isLeaving = true;
    this.#leaveIfBetween();
  }

  destroy(): void {
    this.#abort.abort();
    this.#client.destroy();
    this.#drop()?.destroy();
  }

  #attach(): void {
    if (this.#isDialling) return;
    this.#isDialling = true;
    dial(this.#frontendNow, this.#options, this.#abort.signal).then(
      (dialled) => this.#dialled(dialled),
      () => this.#refuse(),
    );
  }

  #dialled(dialled: Dialled | undefined): void {
    this.#isDialling = false;
    if (this.#abort.signal.aborted) dialled?.socket.destroy();
    else if (!dialled) this.#refuse();
    else this.#carry(dialled);
  }

  #carry(dialled: Dialled): void {
    const { socket, task } = dialled;
    this.#upstream = { ...dialled, leave: this.#options.pool.join(task, this) };
    this.#isLeaving = false;
    this.#exchanges = new HttpExchanges();
    socket.on('data', (chunk: Uint8Array) => this.#fromServer(chunk));
    socket.on('drain', () => this.#client.resume());
    socket.on('end', () => this.#serverEnded());
    socket.on('error', () => this.#serverFailed(socket));
    socket.on('close', () => this.#serverFailed(socket));
    const pending = this.#pending;
    this.#pending = [];
    for (const chunk of pending) this.#fromClient(chunk);
    this.#client.resume();
    if (this.#clientHasEnded) socket.end();
  }

  #fromClient(chunk: Uint8Array): void {
    const { socket } = this.#upstream ?? {};
    if (!socket) {
      this.#pending.push(chunk);
      this.#client.pause();
      this.#attach();
      return;
    }
    this.#exchanges.fromClient(chunk);
    if (!socket.write(chunk)) this.#client.pause();
  }

  #fromServer(chunk: Uint8Array): void {
    this.#exchanges.fromServer(chunk);
    if (!this.#client.write(chunk)) this.#upstream?.socket.pause();
    if (this.#isLeaving) this.#leaveIfBetween();
  }

  #leaveIfBetween(): void {
    if (!this.#upstream || !this.#exchanges.isBetween || this.#exchanges.isClosing) return;
    const { isFresh } = this.#exchanges;
    this.#drop()?.destroy();
    if (isFresh) this.#attach();
  }

  #clientEnded(): void {
    this.#clientHasEnded = true;
    if (this.#upstream) this.#upstream.socket.end();
    else if (!this.#isDialling) this.destroy();
  }

  /** A server may close a connection that idles; the client need not know. */
  #serverEnded(): void {
    const { isBetween, isFresh, isClosing } = this.#exchanges;
    if (isBetween && !isFresh && !isClosing && !this.#clientHasEnded) {
      this.#drop()?.destroy();
      return;
    }
    this.#client.end();
  }

  #serverFailed(socket: Socket): void {
    if (this.#upstream?.socket !== socket) return;
    const isClean = socket.readableEnded;
    this.#drop();
    if (isClean) this.#client.end();
    else this.#client.resetAndDestroy();
  }

  /** Nobody takes it: the client gets what a closed port gives. */
  #refuse(): void {
    this.#client.resetAndDestroy();
  }

  #drop(): Socket | undefined {
    const upstream = this.#upstream;
    this.#upstream = undefined;
    upstream?.leave();
    upstream?.socket.removeAllListeners();
    upstream?.socket.on('error', () => undefined);
    return upstream?.socket;
  }
}
