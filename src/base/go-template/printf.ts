import { printValue, type TemplateValue } from './value.ts';

interface Verb {
  readonly flags: string;
  readonly width: number;
  readonly precision: number | undefined;
  readonly verb: string;
}

const VERB = /%([-+# 0]*)(\*|\d*)(?:\.(\*|\d*))?(?:\[(\d+)\])?(.)?/gsu;

/** Go gives up on wider fields, too. */
const MAX_WIDTH = 1_000_000;

/**
 * Go's Sprintf for the verbs templates use: v s q d t c x X o b e f g T and %%.
 *
 * As in Go nothing throws: a value that does not fit prints as `%!d(string=x)`.
 * @source Go fmt documentation
 */
export function printf(format: string, values: readonly TemplateValue[]): string {
  let next = 0;
  let isReordered = false;
  const take = (text: string): number =>
    text === '*' ? Number(values[next++] ?? 0) : Number(text);
  const text = format.replace(VERB, (_match, flags: string, ...rest: (string | undefined)[]) => {
    const [width = '', precision, index, verb = ''] = rest;
    if (verb === '%') return '%';
    if (verb === '') return '%!(NOVERB)';
    const widthNumber = take(width);
    const precisionNumber = precision === undefined ? undefined : take(precision);
    if (index !== undefined) {
      isReordered = true;
      next = Number(index) - 1;
      if (next < 0 || next >= values.length) return `%!${verb}(BADINDEX)`;
    }
    if (next >= values.length) return `%!${verb}(MISSING)`;
    const value = values[next];
    next += 1;
    const isLeft = widthNumber < 0;
    return formatVerb(
      {
        flags: isLeft ? `${flags}-` : flags,
        width: Math.min(Math.abs(widthNumber), MAX_WIDTH),
        precision: precisionNumber,
        verb,
      },
      value,
    );
  });
  const unused = isReordered ? [] : values.slice(next);
  const extra = unused.map((value) => `${typeName(value)}=${printValue(value)}`);
  return extra.length === 0 ? text : `${text}%!(EXTRA ${extra.join(', ')})`;
}

function formatVerb(verb: Verb, value: TemplateValue): string {
  const body = VERBS[verb.verb]?.(value, verb);
  return pad(body ?? `%!${verb.verb}(${typeName(value)}=${printValue(value)})`, verb);
}

function pad(text: string, { flags, width, verb }: Verb): string {
  const length = Array.from(text).length;
  if (length >= width) return text;
  if (flags.includes('-')) return text + ' '.repeat(width - length);
  if (!flags.includes('0') || !'dxXobefg'.includes(verb)) return ' '.repeat(width - length) + text;
  const sign = /^[+-]/.exec(text)?.[0] ?? '';
  return sign + '0'.repeat(width - length) + text.slice(sign.length);
}

type Formatter = (value: TemplateValue, verb: Verb) => string | undefined;

const VERBS: Readonly<Record<string, Formatter>> = {
  v: (value, verb) => cut(value === undefined ? '<nil>' : printValue(value), verb, value),
  s: (value, verb) => (isPlainText(value) ? cut(printValue(value), verb, value) : undefined),
  q: (value) => (isPlainText(value) ? JSON.stringify(printValue(value)) : undefined),
  t: (value) => (typeof value === 'boolean' ? String(value) : undefined),
  T: (value) => typeName(value),
  c: (value) => (isWhole(value) ? String.fromCodePoint(value) : undefined),
  d: (value, verb) => inBase(value, 10, verb),
  o: (value, verb) => inBase(value, 8, verb),
  b: (value, verb) => inBase(value, 2, verb),
  x: (value, verb) => (typeof value === 'string' ? toHex(value) : inBase(value, 16, verb)),
  X: (value, verb) =>
    (typeof value === 'string' ? toHex(value) : inBase(value, 16, verb))?.toUpperCase(),
  f: (value, verb) => asFloat(value, verb, (number) => number.toFixed(verb.precision ?? 6)),
  e: (value, verb) =>
    asFloat(value, verb, (number) =>
      number.toExponential(verb.precision ?? 6).replace(/e([+-])(\d)$/, 'e$10$2'),
    ),
  g: (value, verb) => asFloat(value, verb, String),
};

function cut(text: string, { precision }: Verb, value: TemplateValue): string {
  if (precision === undefined || typeof value !== 'string') return text;
  return Array.from(text).slice(0, precision).join('');
}

function isPlainText(value: TemplateValue): boolean {
  return typeof value === 'string' || Array.isArray(value);
}

function isWhole(value: TemplateValue): value is number {
  return typeof value === 'number' && Number.isInteger(value);
}

function inBase(value: TemplateValue, base: number, { flags }: Verb): string | undefined {
  return isWhole(value) ? signed(value.toString(base), flags) : undefined;
}

function asFloat(
  value: TemplateValue,
  { flags }: Verb,
  format: (number: number) => string,
): string | undefined {
  return typeof value === 'number' ? signed(format(value), flags) : undefined;
}

function signed(text: string, flags: string): string {
  return flags.includes('+') && !text.startsWith('-') ? `+${text}` : text;
}

function toHex(text: string): string {
  return Buffer.from(text).toString('hex');
}

function typeName(value: TemplateValue): string {
  if (value === undefined || value === null) return '<nil>';
  if (Array.isArray(value)) return '[]interface {}';
  if (typeof value === 'number') return Number.isInteger(value) ? 'int' : 'float64';
  if (typeof value === 'boolean') return 'bool';
  return typeof value === 'string' ? 'string' : 'map[string]interface {}';
}
