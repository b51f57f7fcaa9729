import { parseBytes } from '../base/bytes.ts';
import { didYouMean } from '../base/did-you-mean.ts';
import { parseDuration } from '../base/duration.ts';

const NS_PER_MS = 1e6;

/** A mapping of plain values. */
export type Fields = Readonly<Record<string, unknown>>;

/** Keys and indices from the top of the scenario: `['events', 0, 'drain']`. */
export type ScenarioPath = readonly (string | number)[];

/** One thing that is wrong with a scenario. */
export interface ScenarioProblem {
  readonly path: ScenarioPath;
  readonly message: string;
  /** It is the key that is wrong, not its value. */
  readonly isKey?: boolean;
  /** The next step. */
  readonly hint?: string | undefined;
}

/** A path as people write it: `events[0].drain`; empty at the top. */
export function formatPath(path: ScenarioPath): string {
  return path
    .map((part, at) => (typeof part === 'number' ? `[${part}]` : `${at === 0 ? '' : '.'}${part}`))
    .join('');
}

/**
 * Reads members of plain values and notes what is wrong with them, with the place.
 *
 * A member that is absent or wrong reads as undefined.
 */
export class FieldReader {
  readonly problems: ScenarioProblem[] = [];

  note(path: ScenarioPath, problem: string, more: Partial<ScenarioProblem> = {}): undefined {
    const place = formatPath(path);
    this.problems.push({
      path,
      message: place === '' ? problem : `${place}: ${problem}`,
      ...more,
    });
    return undefined;
  }

  /** A mapping; keys that are not `known` are problems, unless any key is. */
  mapping(value: unknown, path: ScenarioPath, known?: readonly string[]): Fields {
    if (value === undefined || value === null) return {};
    if (typeof value !== 'object' || Array.isArray(value)) {
      this.note(path, 'must be a mapping');
      return {};
    }
    if (known) this.#noteUnknown(Object.keys(value), path, known);
    return value as Fields;
  }

  list(value: unknown, path: ScenarioPath): readonly unknown[] {
    if (value === undefined || value === null) return [];
    if (Array.isArray(value)) return value;
    this.note(path, 'must be a list');
    return [];
  }

  text(value: unknown, path: ScenarioPath): string | undefined {
    if (value === undefined) return undefined;
    if (typeof value === 'string' && value !== '') return value;
    return this.note(path, 'must be a text');
  }

  /** One of a closed set of words. */
  word<W extends string>(value: unknown, path: ScenarioPath, words: readonly W[]): W | undefined {
    if (value === undefined) return undefined;
    const found = words.find((word) => word === value);
    return found ?? this.note(path, `must be ${words.join(' or ')}`);
  }

  /** A whole number, zero or more. */
  count(value: unknown, path: ScenarioPath): number | undefined {
    if (value === undefined) return undefined;
    if (typeof value === 'number' && Number.isInteger(value) && value >= 0) return value;
    return this.note(path, 'must be a whole number, zero or more');
  }

  positive(value: unknown, path: ScenarioPath): number | undefined {
    if (value === undefined) return undefined;
    if (typeof value === 'number' && value > 0) return value;
    return this.note(path, 'must be a number above zero');
  }

  /** A probability. */
  share(value: unknown, path: ScenarioPath): number | undefined {
    if (value === undefined) return undefined;
    if (typeof value === 'number' && value >= 0 && value <= 1) return value;
    return this.note(path, 'must be a number from 0 to 1');
  }

  /** `30s`, `1m30s`, `0`; in ms. */
  duration(value: unknown, path: ScenarioPath): number | undefined {
    if (value === undefined) return undefined;
    if (typeof value !== 'string' && typeof value !== 'number') {
      return this.note(path, 'must be a duration such as 30s');
    }
    const parsed = parseDuration(String(value));
    if (parsed.kind === 'error') return this.note(path, `${parsed.reason}; write 30s or 1m30s`);
    return parsed.ns < 0 ? this.note(path, 'must not be negative') : parsed.ns / NS_PER_MS;
  }

  /** `4G`, `512M` or a number of bytes. */
  bytes(value: unknown, path: ScenarioPath): number | undefined {
    if (value === undefined) return undefined;
    if (typeof value !== 'string' && typeof value !== 'number') {
      return this.note(path, 'must be a size such as 4G');
    }
    const parsed = parseBytes(String(value));
    return parsed.kind === 'error' ? this.note(path, parsed.reason) : parsed.bytes;
  }

  #noteUnknown(keys: readonly string[], path: ScenarioPath, known: readonly string[]): void {
    for (const key of keys) {
      if (known.includes(key)) continue;
      const guess = didYouMean(key, known);
      const hint = guess === undefined ? `known are ${known.join(', ')}` : `do you mean ${guess}?`;
      this.note([...path, key], `unknown key; ${hint}`, { isKey: true });
    }
  }
}
