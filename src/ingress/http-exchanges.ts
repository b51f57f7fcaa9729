import { HttpFraming, type BodyLength, type MessageHead } from './http-framing.ts';

/**
 * Watches both directions of a connection and tells when it could go on with another server without
 * anybody noticing: before a byte was exchanged, and between two HTTP/1 exchanges.
 */
export class HttpExchanges {
  #isOpaque = false;
  #hasBytes = false;
  /** Methods of requests whose response is not complete, oldest first. */
  readonly #open: string[] = [];
  readonly #requests = new HttpFraming(
    (head) => this.#request(head),
    () => undefined,
  );
  readonly #responses = new HttpFraming(
    (head) => this.#response(head),
    () => this.#responseEnd(),
  );
  #isInterim = false;
  #isClosing = false;

  /** The server has announced that it closes the connection after this exchange. */
  get isClosing(): boolean {
    return this.#isClosing;
  }

  /** Nothing was said yet, whatever the protocol. */
  get isFresh(): boolean {
    return !this.#hasBytes;
  }

  /** No exchange is under way, and the next bytes of the client begin one. */
  get isBetween(): boolean {
    if (this.isFresh) return true;
    return (
      !this.#isOpaque &&
      this.#open.length === 0 &&
      this.#requests.isBetween &&
      this.#responses.isBetween
    );
  }

  fromClient(chunk: Uint8Array): void {
    this.#hasBytes = true;
    if (!this.#isOpaque && !this.#requests.push(chunk)) this.#isOpaque = true;
  }

  fromServer(chunk: Uint8Array): void {
    this.#hasBytes = true;
    if (!this.#isOpaque && !this.#responses.push(chunk)) this.#isOpaque = true;
  }

  #request({ startLine, headers }: MessageHead): BodyLength {
    const method = startLine.slice(0, startLine.indexOf(' '));
    // A status line from the client, a tunnel, or another protocol from here on.
    if (method.startsWith('HTTP/') || method === 'CONNECT') this.#isOpaque = true;
    this.#open.push(method);
    return lengthOf(headers, { kind: 'bytes', count: 0 });
  }

  #response({ startLine, headers }: MessageHead): BodyLength {
    const status = Number(startLine.slice(9, 12));
    const method = this.#open[0];
    // A server that speaks first, or a request line from it.
    if (method === undefined || !startLine.startsWith('HTTP/')) this.#isOpaque = true;
    this.#isInterim = status >= 100 && status < 200;
    const connection = headers.get('connection')?.toLowerCase() ?? '';
    const isOld = startLine.startsWith('HTTP/1.0');
    this.#isClosing = isOld ? !connection.includes('keep-alive') : connection.includes('close');
    if (status === 101) return { kind: 'endless' };
    const isBare = this.#isInterim || status === 204 || status === 304 || method === 'HEAD';
    if (isBare) return { kind: 'bytes', count: 0 };
    return lengthOf(headers, { kind: 'endless' });
  }

  #responseEnd(): void {
    if (!this.#isInterim) this.#open.shift();
  }
}

/** @source RFC 9112 section 6.3 */
function lengthOf(headers: ReadonlyMap<string, string>, otherwise: BodyLength): BodyLength {
  const coding = headers.get('transfer-encoding');
  if (coding !== undefined) {
    return /(^|,)\s*chunked$/i.test(coding) ? { kind: 'chunked' } : { kind: 'endless' };
  }
  const length = headers.get('content-length');
  if (length === undefined) return otherwise;
  return /^\d{1,15}$/.test(length) ? { kind: 'bytes', count: Number(length) } : { kind: 'endless' };
}
