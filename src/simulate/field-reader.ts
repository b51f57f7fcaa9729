import { parseBytes } from '../base/bytes.ts';
import { didYouMean } from '../base/did-you-mean.ts';
import { parseDuration } from '../base/duration.ts';

const NS_PER_MS = 1e6;

/** A mapping of plain values. */
export type Fields = Readonly<Record<string, unknown>>;

/**
 * Reads members of plain values and notes what is wrong with them, with the place.
 *
 * A member that is absent or wrong reads as undefined.
 */
export class FieldReader {
  readonly problems: string[] = [];

  note(place: string, problem: string): undefined {
    this.problems.push(`${place}: ${problem}`);
    return undefined;
  }

  /** A mapping; keys that are not `known` are problems, unless any key is. */
  mapping(value: unknown, place: string, known?: readonly string[]): Fields {
    if (value === undefined || value === null) return {};
    if (typeof value !== 'object' || Array.isArray(value)) {
      this.note(place, 'must be a mapping');
      return {};
    }
    if (known) this.#noteUnknown(Object.keys(value), place, known);
    return value as Fields;
  }

  list(value: unknown, place: string): readonly unknown[] {
    if (value === undefined || value === null) return [];
    if (Array.isArray(value)) return value;
    this.note(place, 'must be a list');
    return [];
  }

  text(value: unknown, place: string): string | undefined {
    if (value === undefined) return undefined;
    if (typeof value === 'string' && value !== '') return value;
    return this.note(place, 'must be a text');
  }

  /** A whole number, zero or more. */
  count(value: unknown, place: string): number | undefined {
    if (value === undefined) return undefined;
    if (typeof value === 'number' && Number.isInteger(value) && value >= 0) return value;
    return this.note(place, 'must be a whole number, zero or more');
  }

  positive(value: unknown, place: string): number | undefined {
    if (value === undefined) return undefined;
    if (typeof value === 'number' && value > 0) return value;
    return this.note(place, 'must be a number above zero');
  }

  /** `30s`, `1m30s`, `0`; in ms. */
  duration(value: unknown, place: string): number | undefined {
    if (value === undefined) return undefined;
    if (typeof value !== 'string' && typeof value !== 'number') {
      return this.note(place, 'must be a duration such as 30s');
    }
    const parsed = parseDuration(String(value));
    if (parsed.kind === 'error') return this.note(place, `${parsed.reason}; write 30s or 1m30s`);
    return parsed.ns < 0 ? this.note(place, 'must not be negative') : parsed.ns / NS_PER_MS;
  }

  /** `4G`, `512M` or a number of bytes. */
  bytes(value: unknown, place: string): number | undefined {
    if (value === undefined) return undefined;
    if (typeof value !== 'string' && typeof value !== 'number') {
      return this.note(place, 'must be a size such as 4G');
    }
    const parsed = parseBytes(String(value));
    return parsed.kind === 'error' ? this.note(place, parsed.reason) : parsed.bytes;
  }

  #noteUnknown(keys: readonly string[], place: string, known: readonly string[]): void {
    for (const key of keys) {
      if (known.includes(key)) continue;
      const guess = didYouMean(key, known);
      const hint = guess === undefined ? `known are ${known.join(', ')}` : `do you mean ${guess}?`;
      this.note(place === '' ? key : `${place}.${key}`, `unknown key; ${hint}`);
    }
  }
}
