import { formatScalar } from './format-scalar.ts';
import type { PrintValue } from './print-value.ts';
import { YamlFloat, YamlTimestamp } from './yaml-values.ts';

/**
 * YAML text of a value: block style, two blanks a level, lists indented under their key.
 *
 * Strings that YAML would read as something else are quoted as docker's printer does it. The same
 * value always gives the same bytes.
 */
export function printYaml(value: PrintValue): string {
  const out: string[] = [];
  writeBlock(out, value, '');
  return out.join('');
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
function writeBlock(out: string[], value: PrintValue, indent: string): void {
  if (!isNode(value)) {
    out.push(indent);
    writeScalar(out, value, indent);
    out.push('\n');
  } else if (Array.isArray(value)) {
    writeList(out, value as readonly PrintValue[], indent);
  } else writeMap(out, value, { indent, first: indent });
}

function writeList(out: string[], items: readonly PrintValue[], indent: string): void {
  const inner = `${indent}  `;
  for (const item of items) {
    if (isNode(item) && !isEmptyNode(item)) {
      if (Array.isArray(item)) {
        out.push(indent, '-\n');
        writeList(out, item as readonly PrintValue[], inner);
      } else writeMap(out, item, { indent: inner, first: `${indent}- ` });
    } else {
      out.push(indent, '- ');
      writeInline(out, item, inner);
    }
  }
}

function writeMap(
  out: string[],
  value: object,
  { indent, first }: { indent: string; first: string },
): void {
  let lead = first;
  for (const [key, member] of entriesOf(value)) {
    out.push(lead, quote(key), ':');
    lead = indent;
    if (isNode(member) && !isEmptyNode(member)) {
      out.push('\n');
      writeBlock(out, member, `${indent}  `);
    } else {
      out.push(' ');
      writeInline(out, member, `${indent}  `);
    }
  }
}

function writeInline(out: string[], value: PrintValue, indent: string): void {
  if (isNode(value)) out.push(Array.isArray(value) ? '[]' : '{}');
  else writeScalar(out, value, indent);
  out.push('\n');
}

function isEmptyNode(value: object): boolean {
  if (Array.isArray(value)) return value.length === 0;
  return value instanceof Map ? value.size === 0 : Object.keys(value).length === 0;
}

function writeScalar(out: string[], value: Exclude<PrintValue, PrintNode>, indent: string): void {
  if (typeof value === 'string') out.push(isLiteral(value) ? literal(value, indent) : quote(value));
  else if (value === null) out.push('null');
  else if (value instanceof YamlTimestamp) out.push(value.text);
  else out.push(formatScalar(value));
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
// oxlint-disable-next-line no-control-regex -- control characters are what is looked for
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]|[\ud800-\udfff]/u;

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

function doubleQuoted(text: string): string {
  const escaped = JSON.stringify(text).slice(1, -1);
  return `"${escaped.replaceAll(new RegExp(UNPRINTABLE, 'gu'), escapeUnit)}"`;
}

function escapeUnit(char: string): string {
  return `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;
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
