import { httpError, type HttpError } from '../http-errors.ts';

/** A number as it was written: `1e9` is not an integer to a Go decoder. */
export class JsonNumber {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** An object's members as they were written: in order, names may repeat. */
export class JsonMembers {
  readonly entries: readonly (readonly [string, JsonTree])[];
  constructor(entries: readonly (readonly [string, JsonTree])[]) {
    this.entries = entries;
  }
}

export type JsonTree = null | boolean | string | JsonNumber | JsonMembers | readonly JsonTree[];

/** Nesting beyond this is refused; no request comes near it. */
const MAX_DEPTH = 500;

/**
 * Reads one JSON value as a Go decoder does, with its complaints.
 * @throws HttpError 400 `invalid JSON: …`, or `unexpected content after JSON`
 * @source spec/engine-api.md section 1.3; Go encoding/json scanner.go
 */
export function parseJson(text: string): JsonTree {
  const parser = new Parser(text);
  const value = parser.document();
  // Parity: Go's Decoder.More takes a closing bracket for the end.
  if (/^[\]}]|^$/.test(parser.rest())) return value;
  throw httpError('invalid-argument', 'unexpected content after JSON');
}

const SPACE = /[ \t\r\n]*/y;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const NUMBER_START = /-?(?:0|[1-9]\d*)?(?:(?<=\d)\.\d*)?(?:(?<=\d)[eE][+-]?\d*)?/y;
// oxlint-disable-next-line no-control-regex -- control characters are what JSON forbids in strings
const PLAIN = /[^"\\\u0000-\u001f]*/y;
const ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};
const LITERALS: Readonly<Record<string, readonly [string, boolean | null]>> = {
  t: ['true', true],
  f: ['false', false],
  n: ['null', null],
};

class Parser {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  document(): JsonTree {
    this.#skipSpace();
    if (this.#at === this.#text.length) throw invalid('got EOF while reading request body');
    return this.#value(0);
  }

  /** What follows the value, without leading blanks. */
  rest(): string {
    this.#skipSpace();
    return this.#text.slice(this.#at);
  }

  #value(depth: number): JsonTree {
    if (depth > MAX_DEPTH) throw invalid('exceeded max depth');
    const char = this.#text[this.#at] ?? '';
    if (char === '{') return this.#object(depth);
    if (char === '[') return this.#array(depth);
    if (char === '"') return this.#string();
    return Object.hasOwn(LITERALS, char) ? this.#literal(char) : this.#number();
  }

  #object(depth: number): JsonMembers {
    const entries: [string, JsonTree][] = [];
    this.#at += 1;
    this.#skipSpace();
    if (this.#take('}')) return new JsonMembers(entries);
    for (;;) {
      if (this.#text[this.#at] !== '"')
        throw this.#bad('looking for beginning of object key string');
      const key = this.#string();
      this.#skipSpace();
      if (!this.#take(':')) throw this.#bad('after object key');
      this.#skipSpace();
      entries.push([key, this.#value(depth + 1)]);
      this.#skipSpace();
      if (this.#take('}')) return new JsonMembers(entries);
      if (!this.#take(',')) throw this.#bad('after object key:value pair');
      this.#skipSpace();
    }
  }

  #array(depth: number): readonly JsonTree[] {
    const items: JsonTree[] = [];
    this.#at += 1;
    this.#skipSpace();
    if (this.#take(']')) return items;
    for (;;) {
      items.push(this.#value(depth + 1));
      this.#skipSpace();
      if (this.#take(']')) return items;
      if (!this.#take(',')) throw this.#bad('after array element');
      this.#skipSpace();
    }
  }

  #string(): string {
    let value = '';
    this.#at += 1;
    for (;;) {
      value += this.#match(PLAIN);
      if (this.#take('"')) return value;
      if (!this.#take('\\')) throw this.#bad('in string literal');
      value += this.#escape();
    }
  }

  #escape(): string {
    const char = this.#text[this.#at] ?? '';
    const known = Object.hasOwn(ESCAPES, char) ? ESCAPES[char] : undefined;
    if (known !== undefined) {
      this.#at += 1;
      return known;
    }
    if (char !== 'u') throw this.#bad('in string escape code');
    this.#at += 1;
    const end = this.#at + 4;
    const digits = this.#text.slice(this.#at, end);
    this.#at += /^[\da-fA-F]*/.exec(digits)?.[0].length ?? 0;
    if (this.#at < end) throw this.#bad('in \\u hexadecimal character escape');
    return String.fromCharCode(Number.parseInt(digits, 16));
  }

  #literal(first: string): boolean | null {
    const [word, value] = LITERALS[first] ?? ['', null];
    for (const expected of word) {
      if (!this.#take(expected)) throw this.#bad(`in literal ${word} (expecting '${expected}')`);
    }
    return value;
  }

  #number(): JsonNumber {
    const text = this.#match(NUMBER);
    const start = this.#at - text.length;
    this.#at = start;
    const begun = this.#match(NUMBER_START);
    if (begun === '') throw this.#bad('looking for beginning of value');
    if (begun === text) return new JsonNumber(text);
    throw this.#bad('in numeric literal');
  }

  #take(char: string): boolean {
    if (this.#text[this.#at] !== char) return false;
    this.#at += 1;
    return true;
  }

  #skipSpace(): void {
    this.#match(SPACE);
  }

  #match(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0] ?? '';
    this.#at += found.length;
    return found;
  }

  #bad(where: string): HttpError {
    const char = this.#text[this.#at];
    return char === undefined
      ? invalid('unexpected EOF')
      : invalid(`invalid character ${quoteChar(char)} ${where}`);
  }
}

function invalid(why: string): HttpError {
  return httpError('invalid-argument', `invalid JSON: ${why}`);
}

function quoteChar(char: string): string {
  if (char === "'") return String.raw`'\''`;
  if (char === '"') return `'"'`;
  return `'${JSON.stringify(char).slice(1, -1)}'`;
}
