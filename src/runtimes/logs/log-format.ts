import type { LogRecord } from '../../orchestrator/agent/executor.ts';

/*
 * A line on disk: `<timestamp> <o|e> <F|P> <data>\n`; F ends a line of the output, P is a piece of a
 * longer one. The timestamp has always nine decimals, so texts compare as instants do.
 */

/** Longest piece of a line in one record, bytes; docker splits at the same length. */
export const MAX_PIECE_BYTES = 16 * 1024;

const NEWLINE = 10;
const NEWLINE_BYTES = Uint8Array.of(NEWLINE);
const TIMESTAMP_LENGTH = 30;
const HEADER_LENGTH = TIMESTAMP_LENGTH + 5;

/** A piece of output: with its newline, or without when more of the line follows. */
export type Piece = Uint8Array;

/** RFC 3339 with nine decimals, UTC, from nanoseconds since the epoch. */
export function formatNanoseconds(ns: bigint): string {
  const seconds = new Date(Number(ns / 1_000_000_000n) * 1000).toISOString().slice(0, 19);
  return `${seconds}.${String(ns % 1_000_000_000n).padStart(9, '0')}Z`;
}

/** One record as it is on disk. */
export function encodeRecord({ stream, timestamp, data }: LogRecord): Buffer {
  const isWhole = data.at(-1) === NEWLINE;
  const header = `${timestamp} ${stream === 'stdout' ? 'o' : 'e'} ${isWhole ? 'F' : 'P'} `;
  const text = isWhole ? data : Buffer.concat([data, NEWLINE_BYTES]);
  return Buffer.concat([Buffer.from(header), text]);
}

/** The record of one line on disk, with or without its newline; undefined when it is damaged. */
export function decodeRecord(line: Buffer): LogRecord | undefined {
  const header = line.toString('latin1', 0, HEADER_LENGTH);
  const match = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z) ([oe]) ([FP]) $/.exec(header);
  const timestamp = match?.[1];
  if (timestamp === undefined || !match) return undefined;
  const end = line.at(-1) === NEWLINE ? line.length - 1 : line.length;
  const text = line.subarray(HEADER_LENGTH, end);
  const data = match[3] === 'F' ? Buffer.concat([text, NEWLINE_BYTES]) : Buffer.from(text);
  return { stream: match[2] === 'o' ? 'stdout' : 'stderr', timestamp, data };
}

/** Cuts a stream of bytes into lines; what has no newline yet is kept until it has, or is long. */
export class LineSplitter {
  #rest: Buffer = Buffer.alloc(0);

  /** The pieces that are complete with this chunk. */
  push(chunk: Uint8Array): readonly Piece[] {
    const bytes = this.#rest.length === 0 ? Buffer.from(chunk) : Buffer.concat([this.#rest, chunk]);
    const pieces: Piece[] = [];
    let from = 0;
    for (;;) {
      const newline = bytes.indexOf(NEWLINE, from);
      const end = newline < 0 ? bytes.length : newline + 1;
      const isLong = end - from > MAX_PIECE_BYTES;
      if (newline < 0 && !isLong) break;
      const to = isLong ? from + MAX_PIECE_BYTES : end;
      pieces.push(bytes.subarray(from, to));
      from = to;
    }
    this.#rest = Buffer.from(bytes.subarray(from));
    return pieces;
  }

  /** What is left when the stream ends; undefined when nothing is. */
  flush(): Piece | undefined {
    const rest = this.#rest;
    this.#rest = Buffer.alloc(0);
    return rest.length > 0 ? rest : undefined;
  }
}
