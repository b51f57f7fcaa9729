import { httpError } from './http-errors.ts';

/** The parameters of a request's URL, with the engine's ways of reading them. */
export class Query {
  readonly #params: URLSearchParams;

  constructor(search: string) {
    this.#params = new URLSearchParams(search);
  }

  /** The first value; undefined when absent. */
  text(name: string): string | undefined {
    return this.#params.get(name) ?? undefined;
  }

  /** All values of a repeated parameter. */
  all(name: string): readonly string[] {
    return this.#params.getAll(name);
  }

  /**
   * A bare boolean: true unless empty, `0`, `no`, `false` or `none`.
   * @source spec/engine-api.md section 4 (leave)
   */
  flag(name: string): boolean {
    const word = (this.text(name) ?? '').trim().toLowerCase();
    return !['', '0', 'no', 'false', 'none'].includes(word);
  }

  /**
   * A strictly read boolean; absent and empty are false.
   * @throws HttpError 400
   * @source spec/engine-api.md section 6.2
   */
  strictFlag(name: string): boolean {
    const word = this.text(name) ?? '';
    if (word === '') return false;
    const value = parseGoBool(word);
    if (value !== undefined) return value;
    const why = `strconv.ParseBool: parsing ${JSON.stringify(word)}: invalid syntax`;
    throw httpError('invalid-argument', `invalid value for ${name}: ${word}: ${why}`);
  }

  /**
   * The version index that an update quotes.
   * @throws HttpError 400
   * @source spec/engine-api.md section 18
   */
  version(noun: string): number {
    const word = this.text('version') ?? '';
    const value = parseUint64(word);
    if (typeof value === 'number') return value;
    const why = `strconv.ParseUint: parsing ${JSON.stringify(word)}: ${value}`;
    throw httpError('invalid-argument', `invalid ${noun} version '${word}': ${why}`);
  }
}

const TRUE = new Set(['1', 't', 'T', 'TRUE', 'true', 'True']);
const FALSE = new Set(['0', 'f', 'F', 'FALSE', 'false', 'False']);

/** What strconv.ParseBool takes; undefined for anything else. */
export function parseGoBool(word: string): boolean | undefined {
  if (TRUE.has(word)) return true;
  return FALSE.has(word) ? false : undefined;
}

/** What strconv.ParseUint takes, or its complaint. */
export function parseUint64(word: string): number | 'invalid syntax' | 'value out of range' {
  if (!/^\d{1,100}$/.test(word)) return 'invalid syntax';
  return BigInt(word) < 2n ** 64n ? Number(word) : 'value out of range';
}
