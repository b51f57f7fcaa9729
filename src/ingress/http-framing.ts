/** What the head of a message says about its end. */
export interface MessageHead {
  /** The first line, without its line break. */
  readonly startLine: string;
  /** Names in lower case; values of repeated names joined by commas. */
  readonly headers: ReadonlyMap<string, string>;
}

/** How long a message's body is. */
export type BodyLength =
  | { readonly kind: 'bytes'; readonly count: number }
  | { readonly kind: 'chunked' }
  /** Until the connection closes, or something else than messages follows. */
  | { readonly kind: 'endless' };

type Phase =
  | { readonly kind: 'head' }
  | { readonly kind: 'body'; readonly left: number }
  | { readonly kind: 'chunk-size' }
  | { readonly kind: 'chunk'; readonly left: number }
  | { readonly kind: 'trailer' }
  | { readonly kind: 'endless' };

/** Longest head or chunk size line that is waited for, bytes. */
const MAX_LINE_BYTES = 64 * 1024;

/**
 * Follows one direction of an HTTP/1 connection, chunk by chunk, and tells where messages begin and
 * end. It changes nothing and keeps no bodies.
 * @source RFC 9112 sections 2.2, 6 and 7.1
 */
export class HttpFraming {
  readonly #onHead: (head: MessageHead) => BodyLength;
  readonly #onEnd: () => void;
  #phase: Phase = { kind: 'head' };
  /** Bytes of a head or line that is not complete. */
  #line = '';

  /**
   * @param onHead - tells how long the body is
   * @param onEnd - called when a message is complete
   */
  constructor(onHead: (head: MessageHead) => BodyLength, onEnd: () => void) {
    this.#onHead = onHead;
    this.#onEnd = onEnd;
  }

  /** Whether a message could begin with the next byte. */
  get isBetween(): boolean {
    return this.#phase.kind === 'head' && this.#line === '';
  }

  /** False when this is not HTTP/1, or not to be followed any further. */
  push(chunk: Uint8Array): boolean {
    const phase = this.#phase;
    // Most bytes are in the middle of bodies.
    if ((phase.kind === 'body' || phase.kind === 'chunk') && phase.left > chunk.length) {
      this.#phase = { kind: phase.kind, left: phase.left - chunk.length };
      return true;
    }
    // One character per byte: lengths are counted in bytes.
    let rest = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength).toString('latin1');
    while (rest !== '') {
      const taken = this.#take(rest);
      if (taken === undefined) return false;
      rest = rest.slice(taken);
    }
    return this.#phase.kind !== 'endless';
  }

  /** How many bytes were used; undefined when they are not HTTP/1. */
  #take(text: string): number | undefined {
    const phase = this.#phase;
    switch (phase.kind) {
      case 'head':
        return this.#takeUntil(text, '\r\n\r\n', (head) => this.#head(head));
      case 'chunk-size':
        return this.#takeUntil(text, '\r\n', (line) => this.#chunkSize(line));
      case 'trailer':
        return this.#takeUntil(text, '\r\n', (line) => this.#trailer(line));
      case 'body':
      case 'chunk': {
        const count = Math.min(phase.left, text.length);
        this.#spend(phase, phase.left - count);
        return count;
      }
      case 'endless':
        return text.length;
    }
  }

  #takeUntil(text: string, end: string, use: (line: string) => boolean): number | undefined {
    const before = this.#line.length;
    const line = this.#line + text;
    const at = line.indexOf(end, Math.max(0, before - end.length));
    if (at < 0) {
      this.#line = line;
      return line.length > MAX_LINE_BYTES ? undefined : text.length;
    }
    this.#line = '';
    return use(line.slice(0, at)) ? at + end.length - before : undefined;
  }

  #head(text: string): boolean {
    const [startLine = '', ...lines] = text.split('\r\n');
    const headers = new Map<string, string>();
    for (const line of lines) {
      const colon = line.indexOf(':');
      if (colon <= 0) return false;
      const name = line.slice(0, colon).toLowerCase();
      const value = line.slice(colon + 1).trim();
      const former = headers.get(name);
      headers.set(name, former === undefined ? value : `${former},${value}`);
    }
    if (!/^(\S+ \S+ HTTP\/1\.[01]|HTTP\/1\.[01] \d{3}( .*)?)$/.test(startLine)) return false;
    const length = this.#onHead({ startLine, headers });
    if (length.kind === 'bytes') this.#spend({ kind: 'body' }, length.count);
    else this.#phase = length.kind === 'chunked' ? { kind: 'chunk-size' } : { kind: 'endless' };
    return true;
  }

  #chunkSize(line: string): boolean {
    const digits = /^\s*([0-9a-f]{1,12})\s*(;.*)?$/i.exec(line)?.[1];
    if (digits === undefined) return false;
    const size = Number.parseInt(digits, 16);
    // The line break behind a chunk belongs to it.
    this.#phase = size === 0 ? { kind: 'trailer' } : { kind: 'chunk', left: size + 2 };
    return true;
  }

  #trailer(line: string): boolean {
    if (line === '') this.#complete();
    return true;
  }

  #spend({ kind }: { readonly kind: 'body' | 'chunk' }, left: number): void {
    if (left > 0) this.#phase = { kind, left };
    else if (kind === 'chunk') this.#phase = { kind: 'chunk-size' };
    else this.#complete();
  }

  #complete(): void {
    this.#phase = { kind: 'head' };
    this.#onEnd();
  }
}
