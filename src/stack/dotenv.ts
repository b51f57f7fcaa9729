import { expand, type Lookup } from './template.ts';

/** Variables of a dotenv file with the lines they stand on, or the first thing wrong with it. */
export type ParsedDotenv =
  | {
      readonly kind: 'ok';
      /** null: a name without a value, which takes that of the environment. */
      readonly variables: ReadonlyMap<string, string | null>;
      /** 1-based line of each variable. */
      readonly lines: ReadonlyMap<string, number>;
      /** Whether a value depends on variables of other places. */
      readonly isOpen: boolean;
    }
  | { readonly kind: 'error'; readonly line: number; readonly reason: string };

/** Longest text of all values, in characters: expansion must not make much of little. */
const MAX_TOTAL_LENGTH = 16 * 1024 * 1024;

const INVALID = 'a $ in the value begins no variable; write $$ for a dollar';

const BLANK = /[ \t\v\f\r\u0085\u00a0]*/y;
const EXPORT = /export[ \t]+/y;
const NAME = /[A-Za-z0-9_.\-[\]]+/y;
const REST = /[^\n]*/y;

/**
 * Reads a dotenv file as docker compose does: quotes, escapes, `export`, comments, values over
 * several lines, variables in values that are not single-quoted.
 *
 * Later lines win. A variable in a value is looked up outside first, then in the lines above.
 * @param lookup - variables of other places
 * @source compose-spec 05-services.md (env_file format); docker docs, env file syntax
 */
export function parseDotenv(bytes: Uint8Array, lookup: Lookup): ParsedDotenv {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return { kind: 'error', line: 1, reason: 'the file is not UTF-8 text' };
  }
  const reader = new DotenvReader(text, lookup);
  try {
    reader.read();
  } catch (error) {
    if (!(error instanceof DotenvError)) throw error;
    return { kind: 'error', line: error.line, reason: error.message };
  }
  return { kind: 'ok', ...reader.result };
}

class DotenvError extends Error {
  readonly line: number;
  constructor(line: number, reason: string) {
    super(reason);
    this.line = line;
  }
}

interface Draft {
  readonly variables: Map<string, string | null>;
  readonly lines: Map<string, number>;
  isOpen: boolean;
}

class DotenvReader {
  readonly result: Draft = { variables: new Map(), lines: new Map(), isOpen: false };
  private readonly text: string;
  private readonly outside: Lookup;
  private at = 0;
  private line = 1;
  private total = 0;

  constructor(text: string, outside: Lookup) {
    this.text = text;
    this.outside = outside;
  }

  /** @throws DotenvError */
  read(): void {
    for (; this.at < this.text.length; this.endLine()) {
      this.take(BLANK);
      const next = this.text[this.at];
      if (next === '#') this.take(REST);
      else if (next !== '\n' && next !== undefined) this.statement();
    }
  }

  private endLine(): void {
    this.at += 1;
    this.line += 1;
  }

  private take(pattern: RegExp): string {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text)?.[0] ?? '';
    this.at += found.length;
    return found;
  }

  private fail(reason: string): never {
    throw new DotenvError(this.line, reason);
  }

  private statement(): void {
    const { line } = this;
    this.take(EXPORT);
    const name = this.take(NAME);
    this.take(BLANK);
    const next = this.text[this.at];
    if (name === '') this.fail(`unexpected character ${shown(next)} where a name should be`);
    if (next === undefined || next === '\n' || next === '#') {
      this.take(REST);
      this.put(name, null, line);
      return;
    }
    if (next !== '=' && next !== ':') this.fail(`unexpected character ${shown(next)} in a name`);
    this.at += 1;
    this.take(BLANK);
    this.put(name, this.value(), line);
  }

  private put(name: string, value: string | null, line: number): void {
    this.total += value?.length ?? 0;
    if (this.total > MAX_TOTAL_LENGTH) this.fail('the values are too long');
    this.result.variables.set(name, value);
    this.result.lines.set(name, line);
  }

  private value(): string {
    const quote = this.text[this.at];
    return quote === '"' || quote === "'" ? this.quoted(quote) : this.plain();
  }

  private plain(): string {
    const line = this.take(REST);
    const comment = /(?:^|\s)#/.exec(line)?.index ?? line.length;
    return this.expanded(line.slice(0, comment).trimEnd());
  }

  private quoted(quote: '"' | "'"): string {
    const start = this.at + 1;
    let end = start;
    while (end < this.text.length && this.text[end] !== quote) {
      end += this.text[end] === '\\' ? 2 : 1;
    }
    if (end >= this.text.length) this.fail('the quoted value has no closing quote');
    const raw = this.text.slice(start, end);
    const value = quote === '"' ? this.expanded(unescape(raw)) : raw.replaceAll("\\'", "'");
    this.line += raw.split('\n').length - 1;
    this.at = end + 1;
    const rest = this.take(REST).trim();
    if (rest !== '' && !rest.startsWith('#')) this.fail('there is text behind the closing quote');
    return value;
  }

  private expanded(value: string): string {
    if (!value.includes('$')) return value;
    const result = expand(value, (name) => this.lookUp(name));
    // What is quoted of a malformed one is the value itself.
    if (result.kind === 'error') {
      const isMissing = result.code === 'variable-required';
      this.fail(isMissing ? result.quoted : INVALID);
    }
    return result.text;
  }

  private lookUp(name: string): string | undefined {
    this.result.isOpen = true;
    return this.outside(name) ?? this.result.variables.get(name) ?? undefined;
  }
}

function shown(character: string | undefined): string {
  return JSON.stringify(character ?? 'end of file');
}

const ESCAPES: Readonly<Record<string, string>> = {
  a: '\u0007',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '"': '"',
  '\\': '\\',
  // A dollar that is no variable is two dollars to the expansion.
  $: '$$',
};

/** Escapes of a double-quoted value; unknown ones stay as they are. */
function unescape(raw: string): string {
  return raw.replaceAll(/\\([abfnrtv"\\$])/g, (_all, letter: string) => ESCAPES[letter] ?? letter);
}
