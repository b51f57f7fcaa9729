import { compareStrings } from './compare.ts';
import type { Diagnostic, SourceFile, Span } from './diagnostic.ts';
import { characterWidth } from './display-width.ts';

/** Most diagnostics that are shown at once; the rest is counted. */
export const MAX_DIAGNOSTICS = 100;

/** Columns of source text in an excerpt. */
const EXCERPT_WIDTH = 100;
const TAB_WIDTH = 4;
/** Characters around a place that are looked at; more than an excerpt can show. */
const NEAR = 2 * EXCERPT_WIDTH;

/** What a piece of the text is, for those who have colour. */
export type Role = 'place' | 'error' | 'warning' | 'note' | 'gutter' | 'caret' | 'hint';

/** Wraps a piece in colour, or returns it as it is. */
export type Paint = (role: Role, text: string) => string;

const PLAIN: Paint = (_role, text) => text;

/**
 * Diagnostics as text, in file and line order: place, message, excerpt with carets, hint.
 *
 * Excerpts show the source as written, never values that came from the environment; control
 * characters in it cannot reach the terminal. Ends without a line feed; empty without diagnostics.
 * @param sources - the texts that spans refer to; a diagnostic of another file has no excerpt
 */
export function renderDiagnostics(
  diagnostics: readonly Diagnostic[],
  sources: readonly SourceFile[],
  paint: Paint = PLAIN,
): string {
  const { shown, omitted } = selectDiagnostics(diagnostics);
  const lines = new Map(sources.map(({ file, text }) => [file, text.split(/\r\n|\n|\r/)]));
  const parts = shown.map((one) => renderOne(one, lines, paint));
  if (omitted > 0) parts.push(`… and ${omitted} more`);
  return parts.join('\n');
}

/** The same as data, for `--format json`: what is shown, and how many were left out. */
export function diagnosticsToJson(diagnostics: readonly Diagnostic[]): {
  readonly diagnostics: readonly Diagnostic[];
  readonly omitted: number;
} {
  const { shown, omitted } = selectDiagnostics(diagnostics);
  return { diagnostics: shown, omitted };
}

function selectDiagnostics(diagnostics: readonly Diagnostic[]): {
  readonly shown: readonly Diagnostic[];
  readonly omitted: number;
} {
  // Errors survive the cap before warnings do.
  const rank = ({ severity }: Diagnostic): number => (severity === 'error' ? 0 : 1);
  const kept = [...diagnostics].sort((a, b) => rank(a) - rank(b)).slice(0, MAX_DIAGNOSTICS);
  return { shown: kept.sort(byPlace(diagnostics)), omitted: diagnostics.length - kept.length };
}

/** Files in the order in which they are first mentioned; what has no place comes first. */
function byPlace(all: readonly Diagnostic[]): (a: Diagnostic, b: Diagnostic) => number {
  const files = [...new Set(all.map((one) => one.span?.file ?? ''))];
  const order = new Map(files.map((file, at) => [file, file === '' ? -1 : at]));
  const rank = (one: Diagnostic): readonly [number, number, number] => [
    order.get(one.span?.file ?? '') ?? 0,
    one.span?.start.line ?? 0,
    one.span?.start.column ?? 0,
  ];
  return (a, b) => compareNumbers(rank(a), rank(b)) || compareStrings(a.code, b.code);
}

/** By the first number that differs. */
function compareNumbers(a: readonly number[], b: readonly number[]): number {
  const at = a.findIndex((number, index) => number !== b[index]);
  return at === -1 ? 0 : (a[at] ?? 0) - (b[at] ?? 0);
}

type Lines = ReadonlyMap<string, readonly string[]>;

function renderOne(diagnostic: Diagnostic, lines: Lines, paint: Paint): string {
  const { span, severity, code, message, hint, related = [] } = diagnostic;
  const place = span ? `${paint('place', placeOf(span))} ` : '';
  const output = [`${place}${paint(severity, `${severity} ${code}:`)} ${printable(message)}`];
  if (span) output.push(...excerpt(span, lines, paint));
  for (const other of related) {
    output.push(`  ${paint('place', placeOf(other.span))} ${printable(other.message)}`);
    output.push(...excerpt(other.span, lines, paint));
  }
  if (hint !== undefined) output.push(`  ${paint('hint', 'hint:')} ${printable(hint)}`);
  return output.join('\n');
}

function placeOf({ file, start }: Span): string {
  return `${printable(file)}:${start.line}:${start.column}:`;
}

/** The line before, the line itself, and carets under it. */
function excerpt(span: Span, lines: Lines, paint: Paint): string[] {
  const text = lines.get(span.file);
  const line = text?.[span.start.line - 1];
  if (text === undefined || line === undefined) return [];
  const width = Math.max(5, String(span.start.line).length + 2);
  const gutter = (label: string): string => paint('gutter', `${label.padStart(width)} |`);
  const before = text[span.start.line - 2];
  const isMultiLine = span.end.line > span.start.line;
  const endColumn = isMultiLine ? line.trimEnd().length + 1 : span.end.column;
  const shown = layOut(line, span.start.column - 1, endColumn - 1);
  const output: string[] = [];
  if (before !== undefined && before.trim() !== '') {
    const context = layOut(before, 0, 0).text.trimEnd();
    output.push(`${gutter(String(span.start.line - 1))} ${context}`);
  }
  output.push(`${gutter(String(span.start.line))} ${shown.text.trimEnd()}`);
  output.push(`${gutter('')} ${' '.repeat(shown.from)}${paint('caret', '^'.repeat(shown.length))}`);
  return output;
}

interface LaidOut {
  readonly text: string;
  /** Columns before the carets, and how many there are. */
  readonly from: number;
  readonly length: number;
}

/** A source line as a terminal shows it, cut to a window that holds the marked part's start. */
function layOut(line: string, start: number, end: number): LaidOut {
  // A line may be the whole of a huge file; a window of it costs nothing.
  if (start > 2 * NEAR) return layOut(line.slice(start - NEAR), NEAR, end - start + NEAR);
  const cells = toCells(line.slice(0, start + NEAR));
  const columnAt = (offset: number): number =>
    cells.find((cell) => cell.offset >= offset)?.column ?? totalWidth(cells);
  const from = columnAt(start);
  const to = Math.max(from + 1, columnAt(end));
  const left = from > EXCERPT_WIDTH - 20 ? from - 40 : 0;
  const right = left + EXCERPT_WIDTH;
  const visible = cells.filter((cell) => cell.column >= left && cell.column + cell.width <= right);
  const shift = left - (left > 0 ? 1 : 0);
  const skipped = (visible[0]?.column ?? left) - left;
  const cut = totalWidth(cells) > right ? '…' : '';
  const text = visible.map((cell) => cell.text).join('');
  return {
    text: `${left > 0 ? '…' : ''}${' '.repeat(skipped)}${text}${cut}`,
    from: from - shift,
    length: Math.min(to, right) - from,
  };
}

interface Cell {
  /** UTF-16 offset in the line. */
  readonly offset: number;
  readonly column: number;
  readonly width: number;
  readonly text: string;
}

function toCells(line: string): readonly Cell[] {
  const cells: Cell[] = [];
  let offset = 0;
  let column = 0;
  for (const character of line) {
    const isTab = character === '\t';
    const width = isTab ? TAB_WIDTH - (column % TAB_WIDTH) : characterWidth(character);
    cells.push({ offset, column, width, text: isTab ? ' '.repeat(width) : printable(character) });
    offset += character.length;
    column += width;
  }
  return cells;
}

function totalWidth(cells: readonly Cell[]): number {
  const last = cells.at(-1);
  return last ? last.column + last.width : 0;
}

// oxlint-disable-next-line no-control-regex -- control characters are what it looks for
const STEERING = /[\0-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g;

/** Control and direction characters as a replacement, so that a file cannot steer the terminal. */
function printable(text: string): string {
  return text.replaceAll(STEERING, '\ufffd');
}
