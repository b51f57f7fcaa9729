import {
  HASH,
  SPACE,
  TAB,
  codesOf,
  isBlank,
  isBreak,
  isLetter,
  isSpaceOrEnd,
  isWord,
} from './characters.ts';
import { Cursor } from './cursor.ts';
import { scanBlock, scanPlain, scanQuoted } from './scan-scalar.ts';
import { scanTag } from './scan-tag.ts';
import type { Token, TokenKind } from './token.ts';
import { failSyntax } from './yaml-error.ts';

/** Deepest nesting of flow collections and of block indentation. */
export const MAX_DEPTH = 200;

/** A key written without `?` must fit on one line and into this many characters. */
const MAX_SIMPLE_KEY_LENGTH = 1024;

/** Where a simple key may have begun; a `:` later turns it into one. */
interface SimpleKey {
  /** Number of the token, counted over the whole stream. */
  readonly token: number;
  readonly at: number;
  readonly line: number;
  readonly column: number;
  /** At the mapping's own indentation, only a key makes sense. */
  readonly isRequired: boolean;
}

const NOT_PLAIN_START = codesOf('-?:,[]{}#&*!|>\'"%@`');
const AFTER_ANCHOR = codesOf('?:,]}%@`');

/**
 * Turns text into tokens, with block structure made explicit.
 *
 * Accepts what go-yaml v3 accepts: the same look-ahead for simple keys, the same indentation rules.
 * @source spec/stack-file.md section 4
 */
export class Scanner {
  private readonly cursor: Cursor;
  /** Tokens wait from `head` to `tail`; the array keeps its length, to be filled again. */
  private readonly queue: Token[] = [];
  private head = 0;
  private tail = 0;
  private taken = 0;
  private isReady = false;
  private indent = -1;
  private readonly indents: number[] = [];
  private mayStartKey = true;
  /** One per flow level, the block context first. */
  private readonly simpleKeys: (SimpleKey | undefined)[] = [undefined];
  private readonly fetchers: ReadonlyMap<number, (next: number) => boolean>;

  constructor(text: string) {
    this.cursor = new Cursor(text);
    this.fetchers = this.createFetchers();
  }

  /** The next token, without taking it. */
  peek(): Token {
    if (!this.isReady) {
      while (this.head >= this.tail || this.headMayBecomeKey()) this.fetch();
      this.isReady = true;
    }
    return this.queue[this.head] as Token;
  }

  take(): Token {
    const token = this.peek();
    this.head += 1;
    this.taken += 1;
    this.isReady = false;
    if (this.head === this.tail) {
      this.head = 0;
      this.tail = 0;
    }
    return token;
  }

  private get flowLevel(): number {
    return this.simpleKeys.length - 1;
  }

  private headMayBecomeKey(): boolean {
    for (let level = 0; level < this.simpleKeys.length; level += 1) {
      if (this.simpleKeys[level]?.token === this.taken && this.validKey(level)) return true;
    }
    return false;
  }

  /** The possible simple key of a level, unless it has become too long or crossed a line. */
  private validKey(level: number): SimpleKey | undefined {
    const key = this.simpleKeys[level];
    if (!key) return undefined;
    const { cursor } = this;
    if (key.line === cursor.line && key.at + MAX_SIMPLE_KEY_LENGTH >= cursor.at) return key;
    this.dropKey(level);
    return undefined;
  }

  private dropKey(level = this.flowLevel): void {
    const key = this.simpleKeys[level];
    this.simpleKeys[level] = undefined;
    if (key?.isRequired !== true) return;
    const line = this.cursor.text.slice(key.at).search(/[\n\r\0]/);
    failSyntax("could not find expected ':'", { start: key.at, end: key.at + Math.max(line, 1) });
  }

  private saveKey(): void {
    if (!this.mayStartKey) return;
    this.dropKey();
    const { at, line, column } = this.cursor;
    this.simpleKeys[this.flowLevel] = {
      token: this.taken + this.tail - this.head,
      at,
      line,
      column,
      isRequired: this.flowLevel === 0 && this.indent === column,
    };
  }

  private push(kind: TokenKind, start: number, value = ''): void {
    this.insert(this.tail, { kind, start, end: this.cursor.at, value });
  }

  private insert(position: number, token: Token): void {
    for (let at = this.tail; at > position; at -= 1) {
      this.queue[at] = this.queue[at - 1] as Token;
    }
    this.queue[position] = token;
    this.tail += 1;
  }

  private rollIndent(column: number, kind: TokenKind, at: number, position?: number): void {
    if (this.flowLevel > 0 || this.indent >= column) return;
    this.indents.push(this.indent);
    this.indent = column;
    if (this.indents.length > MAX_DEPTH) this.failDepth();
    this.insert(position ?? this.tail, { kind, start: at, end: at, value: '' });
  }

  private unrollIndent(column: number): void {
    if (this.flowLevel > 0) return;
    while (this.indent > column) {
      this.push('block-end', this.cursor.at);
      this.indent = this.indents.pop() ?? -1;
    }
  }

  private failDepth(): never {
    return this.cursor.fail(
      `exceeded max depth of ${MAX_DEPTH}`,
      'a stack file needs fewer than twenty levels',
    );
  }

  /** Skips blanks, comments and line breaks. */
  private skipToToken(): void {
    const { cursor } = this;
    const { text } = cursor;
    for (;;) {
      let { at } = cursor;
      let code = text.charCodeAt(at);
      while (code === SPACE || (code === TAB && (this.flowLevel > 0 || !this.mayStartKey))) {
        at += 1;
        code = text.charCodeAt(at);
      }
      cursor.at = at;
      if (code === HASH) cursor.skipComment();
      else if (code > SPACE && code < 0x80) return;
      if (!isBreak(cursor.code())) return;
      cursor.takeBreak();
      if (this.flowLevel === 0) this.mayStartKey = true;
    }
  }

  private fetch(): void {
    this.skipToToken();
    const { cursor } = this;
    this.unrollIndent(cursor.column);
    const code = cursor.code();
    if (code === 0) return this.fetchStreamEnd();
    if (cursor.column === 0 && code === 0x25) return this.fetchDirective();
    if (isLetter(code)) return this.fetchPlain();
    if (cursor.atDocumentMarker()) return this.fetchDocumentMarker(code);
    const next = cursor.code(1);
    if (this.fetchers.get(code)?.(next) === true) return undefined;
    if (!this.startsPlain(code, next)) {
      const hint = code === TAB ? 'indent with spaces, not with tabs' : 'quote the whole value';
      cursor.fail('found character that cannot start any token', hint);
    }
    return this.fetchPlain();
  }

  private startsPlain(code: number, next: number): boolean {
    if (code === TAB) return false;
    if (!NOT_PLAIN_START.has(code)) return true;
    if (code === 0x2d) return !isBlank(next);
    return (code === 0x3f || code === 0x3a) && this.flowLevel === 0 && !isSpaceOrEnd(next);
  }

  /** What each indicator character starts; a fetcher answers false when it is not one here. */
  private createFetchers(): ReadonlyMap<number, (next: number) => boolean> {
    const always = (fetch: () => void) => () => {
      fetch();
      return true;
    };
    const inFlowOrSpaced = (fetch: () => void) => (next: number) => {
      if (this.flowLevel === 0 && !isSpaceOrEnd(next)) return false;
      fetch();
      return true;
    };
    const block = () => this.flowLevel === 0 && this.fetchBlockScalar();
    const fetchers: readonly (readonly [string, (next: number) => boolean])[] = [
      ['[', always(() => this.fetchFlowStart('flow-sequence-start'))],
      ['{', always(() => this.fetchFlowStart('flow-mapping-start'))],
      [']', always(() => this.fetchFlowEnd('flow-sequence-end'))],
      ['}', always(() => this.fetchFlowEnd('flow-mapping-end'))],
      [',', always(() => this.fetchFlowEntry())],
      ['-', (next) => isSpaceOrEnd(next) && this.fetchBlockEntry()],
      ['?', inFlowOrSpaced(() => this.fetchKey())],
      [':', inFlowOrSpaced(() => this.fetchValue())],
      ['*', always(() => this.fetchAnchor('alias'))],
      ['&', always(() => this.fetchAnchor('anchor'))],
      ['!', always(() => this.fetchTag())],
      ['|', block],
      ['>', block],
      ["'", always(() => this.fetchQuoted())],
      ['"', always(() => this.fetchQuoted())],
    ];
    return new Map(fetchers.map(([one, fetch]) => [one.charCodeAt(0), fetch]));
  }

  private fetchStreamEnd(): void {
    this.unrollIndent(-1);
    // Also those outside open flow collections: no `:` can come any more.
    for (let level = this.flowLevel; level >= 0; level -= 1) this.dropKey(level);
    this.mayStartKey = false;
    this.push('stream-end', this.cursor.at);
  }

  private fetchDirective(): void {
    this.unrollIndent(-1);
    this.dropKey();
    this.mayStartKey = false;
    const start = this.cursor.at;
    this.cursor.skipComment();
    this.push('directive', start, this.cursor.text.slice(start, this.cursor.at));
  }

  private fetchDocumentMarker(code: number): void {
    this.unrollIndent(-1);
    this.dropKey();
    this.mayStartKey = false;
    const start = this.cursor.at;
    this.cursor.at += 3;
    this.push(code === 0x2d ? 'document-start' : 'document-end', start);
  }

  private fetchFlowStart(kind: TokenKind): void {
    this.saveKey();
    this.simpleKeys.push(undefined);
    if (this.flowLevel > MAX_DEPTH) this.failDepth();
    this.mayStartKey = true;
    this.cursor.at += 1;
    this.push(kind, this.cursor.at - 1);
  }

  private fetchFlowEnd(kind: TokenKind): void {
    this.dropKey();
    if (this.flowLevel > 0) this.simpleKeys.pop();
    this.mayStartKey = false;
    this.cursor.at += 1;
    this.push(kind, this.cursor.at - 1);
  }

  private fetchFlowEntry(): void {
    this.dropKey();
    this.mayStartKey = true;
    this.cursor.at += 1;
    this.push('flow-entry', this.cursor.at - 1);
  }

  private fetchBlockEntry(): true {
    const { cursor } = this;
    if (this.flowLevel === 0) {
      if (!this.mayStartKey) {
        cursor.fail('block sequence entries are not allowed in this context');
      }
      this.rollIndent(cursor.column, 'block-sequence-start', cursor.at);
    }
    this.dropKey();
    this.mayStartKey = true;
    cursor.at += 1;
    this.push('block-entry', cursor.at - 1);
    return true;
  }

  private fetchKey(): void {
    const { cursor } = this;
    if (this.flowLevel === 0) {
      if (!this.mayStartKey) cursor.fail('mapping keys are not allowed in this context');
      this.rollIndent(cursor.column, 'block-mapping-start', cursor.at);
    }
    this.dropKey();
    this.mayStartKey = this.flowLevel === 0;
    cursor.at += 1;
    this.push('key', cursor.at - 1);
  }

  private fetchValue(): void {
    const { cursor } = this;
    const key = this.validKey(this.flowLevel);
    if (key) {
      const position = this.head + key.token - this.taken;
      this.insert(position, { kind: 'key', start: key.at, end: key.at, value: '' });
      this.rollIndent(key.column, 'block-mapping-start', key.at, position);
      this.simpleKeys[this.flowLevel] = undefined;
      this.mayStartKey = false;
    } else {
      if (this.flowLevel === 0) {
        if (!this.mayStartKey) {
          cursor.fail(
            'mapping values are not allowed in this context',
            'quote a value that holds ": ", or put the key on a line of its own',
          );
        }
        this.rollIndent(cursor.column, 'block-mapping-start', cursor.at);
      }
      this.mayStartKey = this.flowLevel === 0;
    }
    cursor.at += 1;
    this.push('value', cursor.at - 1);
  }

  private fetchAnchor(kind: 'anchor' | 'alias'): void {
    this.saveKey();
    this.mayStartKey = false;
    const { cursor } = this;
    const start = cursor.at;
    cursor.at += 1;
    while (isWord(cursor.code())) cursor.at += 1;
    const name = cursor.text.slice(start + 1, cursor.at);
    if (name === '' || (!isSpaceOrEnd(cursor.code()) && !AFTER_ANCHOR.has(cursor.code()))) {
      cursor.fail('did not find expected alphabetic or numeric character');
    }
    this.push(kind, start, name);
  }

  private fetchTag(): void {
    this.saveKey();
    this.mayStartKey = false;
    const start = this.cursor.at;
    const tag = scanTag(this.cursor);
    if (!isSpaceOrEnd(this.cursor.code())) {
      this.cursor.fail('did not find expected whitespace or line break');
    }
    this.push('tag', start, tag);
  }

  private fetchQuoted(): void {
    this.saveKey();
    this.mayStartKey = false;
    const start = this.cursor.at;
    const value = scanQuoted(this.cursor);
    this.push('quoted', start, value);
  }

  private fetchBlockScalar(): true {
    this.dropKey();
    this.mayStartKey = true;
    const start = this.cursor.at;
    const value = scanBlock(this.cursor, this.indent);
    this.push('quoted', start, value);
    return true;
  }

  private fetchPlain(): void {
    this.saveKey();
    this.mayStartKey = false;
    const start = this.cursor.at;
    const { value, end, crossedLine } = scanPlain(this.cursor, this.flowLevel > 0, this.indent + 1);
    this.insert(this.tail, { kind: 'plain', start, end, value });
    if (crossedLine) this.mayStartKey = true;
  }
}
