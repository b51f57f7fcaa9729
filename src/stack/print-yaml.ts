import { formatScalar } from './format-scalar.ts';
import type { PrintValue } from './print-value.ts';
import { YamlFloat, YamlTimestamp } from './yaml-values.ts';

/**
 * YAML text of a value: block style, two blanks a level, lists indented under their key.
 *
 * Strings that YAML would read as something else are quoted as docker's printer does it. The same
 * value always gives the same bytes.
 * @param indent - blanks before every line
 */
export function printYaml(value: PrintValue, indent = ''): string {
  const lines: string[] = [];
  writeBlock(lines, value, indent);
  return lines.join('');
}

type PrintNode =
  | readonly PrintValue[]
  | ReadonlyMap<string, PrintValue>
  | { readonly [key: string]: PrintValue };

function isNode(value: PrintValue): value is PrintNode {
  return (
    typeof value === 'object' &&
    value !== null &&
    !(value instanceof YamlFloat) &&
    !(value instanceof YamlTimestamp)
  );
}

function entriesOf(value: object): Iterable<readonly [string, PrintValue]> {
  return value instanceof Map
    ? (value as ReadonlyMap<string, PrintValue>)
    : Object.entries(value as Readonly<Record<string, PrintValue>>);
}

/** Writes a value that stands on lines of its own, each starting with `indent`. */
function writeBlock(lines: string[], value: PrintValue, indent: string): void {
  if (!isNode(value) || isEmptyNode(value)) lines.push(`${indent}${inline(value, indent)}\n`);
  else if (Array.isArray(value)) writeList(lines, value as readonly PrintValue[], indent);
  else writeMap(lines, value, { indent, first: indent });
}

function writeList(lines: string[], items: readonly PrintValue[], indent: string): void {
  const inner = `${indent}  `;
  for (const item of items) {
    if (!isNode(item) || isEmptyNode(item)) lines.push(`${indent}- ${inline(item, inner)}\n`);
    else if (Array.isArray(item)) {
      lines.push(`${indent}-\n`);
      writeList(lines, item as readonly PrintValue[], inner);
    } else writeMap(lines, item, { indent: inner, first: `${indent}- ` });
  }
}

function writeMap(
  lines: string[],
  value: object,
  { indent, first }: { indent: string; first: string },
): void {
  const inner = `${indent}  `;
  let lead = first;
  for (const [key, member] of entriesOf(value)) {
    if (!isNode(member) || isEmptyNode(member)) {
      lines.push(`${lead}${printKey(key)}: ${inline(member, inner)}\n`);
    } else {
      lines.push(`${lead}${printKey(key)}:\n`);
      writeBlock(lines, member, inner);
    }
    lead = indent;
  }
}

function isEmptyNode(value: object): boolean {
  if (Array.isArray(value)) return value.length === 0;
  return value instanceof Map ? value.size === 0 : Object.keys(value).length === 0;
}

/** A scalar, or an empty list or mapping. */
function inline(value: PrintValue, indent: string): string {
  if (typeof value === 'string') return isLiteral(value) ? literal(value, indent) : quote(value);
  if (value === null) return 'null';
  if (value instanceof YamlTimestamp) return value.text;
  if (isNode(value)) return Array.isArray(value) ? '[]' : '{}';
  return formatScalar(value);
}

/** Words that YAML 1.1 or 1.2 reads as something else than a string. */
const RESERVED = new Set(
  'null ~ true false yes no on off y n'
    .split(' ')
    .flatMap((word) => [word, word.toUpperCase(), word[0]?.toUpperCase() + word.slice(1)]),
);

const PLAIN_WORD = /^[A-Za-z_/][\w./=@%+,~$-]*$/;
const NUMBER_LIKE =
  /^[-+]?(?:0x[\da-fA-F_]+|0o?[0-7_]+|0b[01_]+|\.?\d[\d_]*(?:\.[\d_]*)?(?:[eE][-+]?\d+)?|\.(?:inf|Inf|INF)|\d[\d_]*(?::[0-5]?\d)+(?:\.[\d_]*)?)$/;
const DATE_LIKE = /^\d{4}-\d\d?-\d\d?(?:$|[Tt\s])/;
const SPECIAL_WORD = /^(?:\.(?:nan|NaN|NAN)|<<|=)$/;

/** Starts like an indicator, or holds `: ` or ` #`, or starts or ends with a blank. */
const NOT_PLAIN = /^[#,[\]{}&*!|>'"%@`\s]|^[-?:](?:\s|$)|^(?:---|\.\.\.)|:(?:\s|$)|\s#|\s$/;
const UNPRINTABLE =
  // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
  /[\u0000-\u001f\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff\u{10000}-\u{10ffff}]|[\ud800-\udfff]/u;

/** A mapping's key on one line. */
export function printKey(key: string): string {
  return quote(key);
}

/** A string on one line: plain, single-quoted, or double-quoted with escapes. */
function quote(text: string): string {
  if (PLAIN_WORD.test(text)) return RESERVED.has(text) ? `"${text}"` : text;
  if (text === '') return '""';
  if (UNPRINTABLE.test(text)) return doubleQuoted(text);
  if (RESERVED.has(text) || isNumberLike(text)) return `"${text}"`;
  return NOT_PLAIN.test(text) ? `'${text.replaceAll("'", "''")}'` : text;
}

function isNumberLike(text: string): boolean {
  return NUMBER_LIKE.test(text) || DATE_LIKE.test(text) || SPECIAL_WORD.test(text);
}

/** Escapes with a letter of their own. */
const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['"', '\\"'],
  ['\\', '\\\\'],
  ['\0', '\\0'],
  ['\x07', '\\a'],
  ['\b', '\\b'],
  ['\t', '\\t'],
  ['\n', '\\n'],
  ['\v', '\\v'],
  ['\f', '\\f'],
  ['\r', '\\r'],
  ['\x1b', '\\e'],
  ['\x85', '\\N'],
  ['\u2028', '\\L'],
  ['\u2029', '\\P'],
]);

const ESCAPED = new RegExp(`["\\\\]|${UNPRINTABLE.source}`, 'gu');

function doubleQuoted(text: string): string {
  return `"${text.replaceAll(ESCAPED, (char) => ESCAPES.get(char) ?? escapeByNumber(char))}"`;
}

/** `\x7F`, `\uFEFF`, `\U0001F44D`: as few digits as hold the character. */
function escapeByNumber(char: string): string {
  const digits = (char.codePointAt(0) ?? 0).toString(16).toUpperCase();
  if (digits.length <= 2) return `\\x${digits.padStart(2, '0')}`;
  return digits.length <= 4 ? `\\u${digits.padStart(4, '0')}` : `\\U${digits.padStart(8, '0')}`;
}

/** Whether a text can be a literal block: lines, no blanks at their edges that YAML would eat. */
function isLiteral(text: string): boolean {
  if (!text.includes('\n') || /^\s|[ \t]\n|[ \t]$/.test(text)) return false;
  return !UNPRINTABLE.test(text.replaceAll(/[\n\t]/g, ''));
}

function literal(text: string, indent: string): string {
  const ending = /\n*$/.exec(text)?.[0].length ?? 0;
  const chomping = ending === 0 ? '-' : ending === 1 ? '' : '+';
  const body = text.endsWith('\n') ? text.slice(0, -1) : text;
  const lines = body.split('\n').map((line) => (line === '' ? '' : indent + line));
  return `|${chomping}\n${lines.join('\n')}`;
}
