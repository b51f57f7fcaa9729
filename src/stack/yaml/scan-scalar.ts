import type { Cursor } from './cursor.ts';
import {
  COLON,
  HASH,
  SPACE,
  TAB,
  codesOf,
  isBlank,
  isBreak,
  isBreakOrEnd,
  isSpaceOrEnd,
} from './characters.ts';

/**
 * White space between two pieces of a folded scalar: blanks inside a line, or a line break and the
 * empty lines after it.
 */
interface Gap {
  /** Blanks as written; dropped when a line break follows. */
  blanks: string;
  /** The first line break; `undefined` while still on the line. */
  firstBreak: string | undefined;
  /** Line breaks after the first. */
  moreBreaks: string;
}

function joinGap(gap: Gap): string {
  if (gap.firstBreak === undefined) return gap.blanks;
  if (gap.firstBreak !== '\n') return gap.firstBreak + gap.moreBreaks;
  return gap.moreBreaks === '' ? ' ' : gap.moreBreaks;
}

/** Takes blanks and line breaks; `minimum` is the column that tabs must not stand before. */
function takeGap(cursor: Cursor, gap: Gap, minimum: number): void {
  for (;;) {
    const code = cursor.code();
    if (isBlank(code)) {
      if (gap.firstBreak === undefined) gap.blanks += String.fromCharCode(code);
      else if (code === TAB && cursor.column < minimum) {
        cursor.fail('found a tab character that violates indentation', 'indent with spaces');
      }
      cursor.at += 1;
    } else if (isBreak(code)) {
      const taken = cursor.takeBreak();
      if (gap.firstBreak === undefined) gap.firstBreak = taken;
      else gap.moreBreaks += taken;
    } else {
      return;
    }
  }
}

/** By ASCII code, whether a run may end there: at a colon only before white space. */
const STOPS = stopsOf('\0\t\n\r :');
const FLOW_STOPS = stopsOf('\0\t\n\r :,?[]{}');
const QUOTED_STOPS = stopsOf('\0\t\n\r \'"\\');

function stopsOf(characters: string): Uint8Array {
  const stops = new Uint8Array(0x80);
  for (const code of codesOf(characters)) stops[code] = 1;
  return stops;
}

/**
 * The first position from `at` on where `stops` or a line break is.
 *
 * Most of a file passes through here, and most commands end before it is optimised: no calls.
 */
function skipRun(text: string, from: number, stops: Uint8Array): number {
  for (let at = from; ; at += 1) {
    const code = text.charCodeAt(at);
    if (code < 0x80 ? stops[code] === 1 : isBreak(code)) return at;
  }
}

/** What a plain scalar's scan found. */
export interface PlainScalar {
  readonly value: string;
  readonly end: number;
  /** The scalar's last line is behind us: a new line has begun. */
  readonly crossedLine: boolean;
}

/** Moves to the end of a run of plain characters on one line. */
function skipPlainRun(cursor: Cursor, inFlow: boolean): void {
  const { text } = cursor;
  const stops = inFlow ? FLOW_STOPS : STOPS;
  let at = skipRun(text, cursor.at, stops);
  while (text.charCodeAt(at) === COLON && !isSpaceOrEnd(text.charCodeAt(at + 1))) {
    at = skipRun(text, at + 1, stops);
  }
  cursor.at = at;
}

/** Reads an unquoted scalar, folding lines that are indented to `minimum` or deeper. */
export function scanPlain(cursor: Cursor, inFlow: boolean, minimum: number): PlainScalar {
  let value = '';
  let end = cursor.at;
  const gap: Gap = { blanks: '', firstBreak: undefined, moreBreaks: '' };
  for (;;) {
    if (cursor.atDocumentMarker() || cursor.code() === HASH) break;
    const start = cursor.at;
    skipPlainRun(cursor, inFlow);
    if (cursor.at > start) {
      value += joinGap(gap) + cursor.text.slice(start, cursor.at);
      end = cursor.at;
      gap.blanks = '';
      gap.firstBreak = undefined;
      gap.moreBreaks = '';
    }
    if (!isBlank(cursor.code()) && !isBreak(cursor.code())) break;
    takeGap(cursor, gap, minimum);
    if (!inFlow && cursor.column < minimum) break;
  }
  return { value, end, crossedLine: gap.firstBreak !== undefined };
}

const ESCAPES: Readonly<Record<string, string>> = {
  '0': '\0',
  a: '\u0007',
  b: '\b',
  t: '\t',
  '\t': '\t',
  n: '\n',
  v: '\v',
  f: '\f',
  r: '\r',
  e: '\u001b',
  ' ': ' ',
  '"': '"',
  "'": "'",
  '\\': '\\',
  N: '\u0085',
  _: '\u00a0',
  L: '\u2028',
  P: '\u2029',
};

const HEX_LENGTH: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 };

/** Reads one `\` sequence that is not an escaped line break. */
function takeEscape(cursor: Cursor): string {
  const letter = cursor.text.charAt(cursor.at + 1);
  const length = HEX_LENGTH[letter];
  if (length === undefined) {
    const value = ESCAPES[letter];
    if (value === undefined) {
      cursor.fail('found unknown escape character', 'use single quotes to keep backslashes');
    }
    cursor.at += 2;
    return value;
  }
  const digits = cursor.text.slice(cursor.at + 2, cursor.at + 2 + length);
  if (!new RegExp(`^[0-9a-fA-F]{${length}}$`).test(digits)) {
    cursor.fail('did not find expected hexdecimal number');
  }
  const point = Number.parseInt(digits, 16);
  if ((point >= 0xd800 && point <= 0xdfff) || point > 0x10ffff) {
    cursor.fail('found invalid Unicode character escape code');
  }
  cursor.at += 2 + length;
  return String.fromCodePoint(point);
}

/** Reads up to blanks, a line break, or the closing quote; true behind an escaped line break. */
function takeQuotedRun(cursor: Cursor, quote: number, pieces: string[]): boolean {
  let start = cursor.at;
  const flush = (): void => {
    if (cursor.at > start) pieces.push(cursor.text.slice(start, cursor.at));
  };
  for (;;) {
    cursor.at = skipRun(cursor.text, cursor.at, QUOTED_STOPS);
    const code = cursor.code();
    if (isSpaceOrEnd(code)) break;
    if (code === quote) {
      if (quote !== 0x27 || cursor.code(1) !== quote) break;
      cursor.at += 1;
      flush();
      cursor.at += 1;
      start = cursor.at;
    } else if (code === 0x5c && quote === 0x22) {
      flush();
      if (isBreak(cursor.code(1))) {
        cursor.at += 1;
        return true;
      }
      pieces.push(takeEscape(cursor));
      start = cursor.at;
    } else {
      cursor.at += 1;
    }
  }
  flush();
  return false;
}

/** Reads a quoted scalar; the cursor stands on the opening quote. */
export function scanQuoted(cursor: Cursor): string {
  const opening = cursor.at;
  const quote = cursor.code();
  const pieces: string[] = [];
  cursor.at += 1;
  for (;;) {
    if (cursor.atDocumentMarker()) cursor.fail('found unexpected document indicator');
    if (cursor.code() === 0) {
      cursor.at = opening;
      cursor.fail('found unexpected end of stream', 'the quote that opens here is never closed');
    }
    const escapedBreak = takeQuotedRun(cursor, quote, pieces);
    if (cursor.code() === quote) break;
    const gap: Gap = { blanks: '', firstBreak: undefined, moreBreaks: '' };
    if (escapedBreak) {
      cursor.takeBreak();
      gap.firstBreak = '';
    }
    takeGap(cursor, gap, 0);
    pieces.push(joinGap(gap));
  }
  cursor.at += 1;
  return pieces.length === 1 ? (pieces[0] ?? '') : pieces.join('');
}

interface BlockHeader {
  readonly chomp: 'clip' | 'strip' | 'keep';
  /** Explicit indentation, 0 when it is to be found out. */
  readonly increment: number;
}

function scanBlockHeader(cursor: Cursor): BlockHeader {
  let chomp: BlockHeader['chomp'] = 'clip';
  let increment = 0;
  for (let seen = 0; seen < 2; seen += 1) {
    const code = cursor.code();
    if (code === 0x2b || code === 0x2d) chomp = code === 0x2b ? 'keep' : 'strip';
    else if (code === 0x30) cursor.fail('found an indentation indicator equal to 0');
    else if (code > 0x30 && code <= 0x39) increment = code - 0x30;
    else break;
    cursor.at += 1;
  }
  cursor.skipBlanks();
  if (cursor.code() === HASH) cursor.skipComment();
  if (!isBreakOrEnd(cursor.code())) cursor.fail('did not find expected comment or line break');
  if (isBreak(cursor.code())) cursor.takeBreak();
  return { chomp, increment };
}

/** Takes indentation and empty lines; finds the indentation out when it is 0. */
function takeBlockBreaks(
  cursor: Cursor,
  indent: number,
  parentIndent: number,
): { readonly breaks: string; readonly indent: number } {
  let breaks = '';
  let deepest = 0;
  for (;;) {
    const limit = indent === 0 ? Infinity : indent;
    while (cursor.column < limit && cursor.code() === SPACE) cursor.at += 1;
    deepest = Math.max(deepest, cursor.column);
    if (cursor.column < limit && cursor.code() === TAB) {
      cursor.fail(
        'found a tab character where an indentation space is expected',
        'indent with spaces',
      );
    }
    if (!isBreak(cursor.code())) break;
    breaks += cursor.takeBreak();
  }
  return { breaks, indent: indent === 0 ? Math.max(deepest, parentIndent + 1, 1) : indent };
}

/** Reads a literal or folded block; the cursor stands on `|` or `>`. */
export function scanBlock(cursor: Cursor, parentIndent: number): string {
  const isLiteral = cursor.code() === 0x7c;
  cursor.at += 1;
  const { chomp, increment } = scanBlockHeader(cursor);
  const explicit = increment === 0 ? 0 : Math.max(parentIndent, 0) + increment;
  let { breaks: trailing, indent } = takeBlockBreaks(cursor, explicit, parentIndent);
  const pieces: string[] = [];
  let lineBreak = '';
  let wasBlank = false;
  while (cursor.column === indent && cursor.code() !== 0) {
    const isBlankLine = isBlank(cursor.code());
    const folds = !isLiteral && lineBreak === '\n' && !wasBlank && !isBlankLine;
    if (!folds) pieces.push(lineBreak);
    else if (trailing === '') pieces.push(' ');
    pieces.push(trailing);
    wasBlank = isBlankLine;
    const start = cursor.at;
    cursor.skipComment();
    pieces.push(cursor.text.slice(start, cursor.at));
    lineBreak = isBreak(cursor.code()) ? cursor.takeBreak() : '';
    ({ breaks: trailing, indent } = takeBlockBreaks(cursor, indent, parentIndent));
  }
  if (chomp !== 'strip') pieces.push(lineBreak);
  if (chomp === 'keep') pieces.push(trailing);
  return pieces.join('');
}
