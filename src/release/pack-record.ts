import { gunzipSync, gzipSync } from 'node:zlib';

/** Bytes of one part: older managers refuse configs of 500 KiB and more. */
const PART_BYTES = 450_000;

/** No record is as long; a config that unpacks to more is not ours. */
const LONGEST_RECORD_BYTES = 256 * 1024 * 1024;

/** A text as base64 parts, each small enough for a config; never empty. */
export function packRecord(text: string): readonly string[] {
  const bytes = gzipSync(text);
  const count = Math.ceil(bytes.length / PART_BYTES);
  return Array.from({ length: count }, (_, at) =>
    bytes.subarray(at * PART_BYTES, (at + 1) * PART_BYTES).toString('base64'),
  );
}

/** The text of all parts in order; undefined when they are not what `packRecord` gave. */
export function unpackRecord(parts: readonly string[]): string | undefined {
  try {
    const bytes = Buffer.concat(parts.map((part) => Buffer.from(part, 'base64')));
    return gunzipSync(bytes, { maxOutputLength: LONGEST_RECORD_BYTES }).toString('utf8');
  } catch {
    return undefined;
  }
}
