import {
  closeSync,
  fstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../../base/clock.ts';
import type { LogQuery, LogRecord } from '../../orchestrator/agent/executor.ts';
import { decodeRecord, encodeRecord, formatNanoseconds } from './log-format.ts';
import type { LogLimits } from './log-limits.ts';

const BLOCK_BYTES = 64 * 1024;
const NEWLINE = 10;

/**
 * The output of one task, in numbered files of one directory (`1.log`, `2.log` …), the oldest of
 * which go when there are too many.
 *
 * One writer, any number of readers. A reader that follows and is slower than the rotation misses
 * what went meanwhile, and goes on with the oldest file there is.
 */
export class TaskLog {
  readonly #directory: string;
  readonly #clock: Clock;
  #limits: LogLimits;
  #number = 0;
  #fd: number | undefined;
  #bytes = 0;
  #lastNs = 0n;
  #hasEnded = false;
  readonly #waiting = new Set<() => void>();

  /** @param directory - absolute; created when the first record is written */
  constructor(directory: string, clock: Clock, limits: LogLimits) {
    this.#directory = directory;
    this.#clock = clock;
    this.#limits = limits;
  }

  /** Whether somebody reads and follows. */
  get isFollowed(): boolean {
    return this.#waiting.size > 0;
  }

  setLimits(limits: LogLimits): void {
    this.#limits = limits;
  }

  /** Writes pieces of output that came now; their timestamps differ and grow. */
  append(stream: LogRecord['stream'], pieces: readonly Uint8Array[]): void {
    if (pieces.length === 0 || this.#limits.maxFiles === 0 || this.#hasEnded) return;
    const lines = pieces.map((data) => encodeRecord({ stream, timestamp: this.#stamp(), data }));
    const bytes = Buffer.concat(lines);
    if (this.#fd === undefined || this.#bytes >= this.#limits.maxBytes) this.#openNext();
    writeSync(this.#fd as number, bytes);
    this.#bytes += bytes.length;
    this.#wake();
  }

  /** No more will come: readers that follow end. */
  end(): void {
    this.#hasEnded = true;
    if (this.#fd !== undefined) closeSync(this.#fd);
    this.#fd = undefined;
    this.#wake();
  }

  /**
   * The records that a query asks for; see LogQuery. Tail counts the lines of both streams.
   *
   * The iterator's `return` ends a reader that waits for more at once.
   */
  read(query: LogQuery): AsyncIterableIterator<LogRecord> {
    const reader = { isClosed: false };
    const records = this.#records(query, reader);
    const iterator: AsyncIterableIterator<LogRecord> = {
      [Symbol.asyncIterator]: () => iterator,
      next: () => records.next(),
      return: () => {
        reader.isClosed = true;
        this.#wake();
        return records.return(undefined);
      },
    };
    return iterator;
  }

  async *#records(
    query: LogQuery,
    reader: { readonly isClosed: boolean },
  ): AsyncGenerator<LogRecord, undefined> {
    const since =
      query.sinceMs === undefined
        ? ''
        : formatNanoseconds(BigInt(Math.trunc(query.sinceMs)) * 1_000_000n);
    let at = query.tail === undefined ? this.#first() : this.#tailPosition(query.tail);
    for (;;) {
      const hasEnded = this.#hasEnded;
      const batch = this.#readBlock(at);
      at = batch.next;
      for (const record of batch.records) {
        if (query[record.stream] && record.timestamp >= since) yield record;
      }
      if (batch.isAtEnd) {
        if (!query.follow || hasEnded || reader.isClosed) return undefined;
        await this.#more();
      }
    }
  }

  #stamp(): string {
    const now = BigInt(this.#clock.now()) * 1_000_000n;
    this.#lastNs = now > this.#lastNs ? now : this.#lastNs + 1n;
    return formatNanoseconds(this.#lastNs);
  }

  /** The first file of this life goes on from the last one's; later ones begin anew. */
  #openNext(): void {
    const isFirst = this.#fd === undefined;
    if (this.#fd !== undefined) closeSync(this.#fd);
    if (isFirst) mkdirSync(this.#directory, { recursive: true, mode: 0o700 });
    const last = this.#files().at(-1) ?? 0;
    this.#number = isFirst ? Math.max(1, last) : this.#number + 1;
    this.#fd = openSync(this.#path(this.#number), 'a', 0o600);
    this.#bytes = fstatSync(this.#fd).size;
    // A crash may have left half a line.
    if (this.#bytes > 0) writeSync(this.#fd, '\n');
    for (const old of this.#files()) {
      if (old <= this.#number - this.#limits.maxFiles) unlinkSync(this.#path(old));
    }
  }

  #files(): number[] {
    let names: string[];
    try {
      names = readdirSync(this.#directory);
    } catch {
      return [];
    }
    return names
      .flatMap((name) => /^(\d+)\.log$/.exec(name)?.[1] ?? [])
      .map(Number)
      .sort((a, b) => a - b);
  }

  #path(number: number): string {
    return join(this.#directory, `${number}.log`);
  }

  #first(): Position {
    return { number: this.#files()[0] ?? 1, offset: 0 };
  }

  #readBlock(at: Position): Block {
    const files = this.#files();
    const number = files.find((one) => one >= at.number);
    if (number === undefined) return { records: [], next: at, isAtEnd: true };
    const offset = number === at.number ? at.offset : 0;
    const { lines, bytes } = readLines(this.#path(number), offset);
    const records = lines.flatMap((line) => decodeRecord(line) ?? []);
    if (bytes > 0) return { records, next: { number, offset: offset + bytes }, isAtEnd: false };
    const hasNext = files.some((one) => one > number);
    const next = hasNext ? { number: number + 1, offset: 0 } : { number, offset };
    return { records, next, isAtEnd: !hasNext };
  }

  /** Where the last so many lines begin. */
  #tailPosition(count: number): Position {
    let missing = count;
    const files = this.#files();
    const last = files.at(-1);
    if (last === undefined) return this.#first();
    if (count === 0) return { number: last, offset: sizeOf(this.#path(last)) };
    for (const number of files.toReversed()) {
      const found = tailOffset(this.#path(number), missing);
      if (found.missing === 0) return { number, offset: found.offset };
      missing = found.missing;
    }
    return this.#first();
  }

  #more(): Promise<void> {
    return new Promise((resolve) => this.#waiting.add(resolve));
  }

  #wake(): void {
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const resume of waiting) resume();
  }
}

interface Position {
  readonly number: number;
  readonly offset: number;
}

interface Block {
  readonly records: readonly LogRecord[];
  readonly next: Position;
  readonly isAtEnd: boolean;
}

function withFile<T>(path: string, work: (fd: number) => T): T {
  const fd = openSync(path, 'r');
  try {
    return work(fd);
  } finally {
    closeSync(fd);
  }
}

function sizeOf(path: string): number {
  return withFile(path, (fd) => fstatSync(fd).size);
}

/** The whole lines of about a block from the offset on; no bytes when there is none. */
function readLines(path: string, offset: number): { lines: readonly Buffer[]; bytes: number } {
  return withFile(path, (fd) => {
    const block = Buffer.alloc(BLOCK_BYTES);
    const length = readSync(fd, block, 0, BLOCK_BYTES, offset);
    const lines: Buffer[] = [];
    let from = 0;
    for (let end = block.indexOf(NEWLINE); end >= 0 && end < length;) {
      lines.push(block.subarray(from, end + 1));
      from = end + 1;
      end = block.indexOf(NEWLINE, from);
    }
    return { lines, bytes: from };
  });
}

/** Where the last `count` lines of a file begin, and how many it is short of that. */
function tailOffset(path: string, count: number): { offset: number; missing: number } {
  return withFile(path, (fd) => {
    let end = fstatSync(fd).size;
    // The newline at the end closes the last line, it does not begin another.
    let missing = count + 1;
    const block = Buffer.alloc(BLOCK_BYTES);
    while (end > 0) {
      const start = Math.max(0, end - BLOCK_BYTES);
      const length = readSync(fd, block, 0, end - start, start);
      for (let at = length - 1; at >= 0; at -= 1) {
        if (block[at] !== NEWLINE) continue;
        missing -= 1;
        if (missing === 0) return { offset: start + at + 1, missing: 0 };
      }
      end = start;
    }
    return missing === 1 ? { offset: 0, missing: 0 } : { offset: 0, missing: missing - 1 };
  });
}
