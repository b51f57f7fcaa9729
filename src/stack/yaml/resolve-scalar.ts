import { YamlFloat, type YamlScalar, YamlTimestamp } from '../yaml-values.ts';

const WORDS: ReadonlyMap<string, YamlScalar> = new Map<string, YamlScalar>([
  ['', null],
  ['~', null],
  ...['null', 'Null', 'NULL'].map((word) => [word, null] as const),
  ...['true', 'True', 'TRUE'].map((word) => [word, true] as const),
  ...['false', 'False', 'FALSE'].map((word) => [word, false] as const),
  ...['.nan', '.NaN', '.NAN'].map((word) => [word, Number.NaN] as const),
  ...['.inf', '.Inf', '.INF', '+.inf', '+.Inf', '+.INF'].map((word) => [word, Infinity] as const),
  ...['-.inf', '-.Inf', '-.INF'].map((word) => [word, -Infinity] as const),
]);

const INTEGER = /^[-+]?(?:0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO]?[0-7]+|0|[1-9][0-9]*)$/;
const FLOAT = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/;
const DATE = String.raw`\d{4}-(?<month>\d{1,2})-(?<day>\d{1,2})`;
const TIME = String.raw`(?<hour>\d{1,2}):(?<minute>\d{1,2}):(?<second>\d{1,2})(?:[.,]\d+)?`;
/** A zone belongs to the forms with `T`, and only to them. */
const ZONE = String.raw`(?:(?<=[Tt].*)(?:Z|[-+]\d\d:\d\d)|(?<= .*))`;
const TIMESTAMP = new RegExp(`^${DATE}(?:[Tt ]${TIME}${ZONE})?$`);

/**
 * Reads an unquoted scalar as go-yaml does.
 *
 * Infinite and not-a-number values come out as such; the caller refuses them.
 * @source spec/stack-file.md section 4
 */
export function resolveScalar(text: string): YamlScalar {
  const first = text.charCodeAt(0);
  const isNumeric = (first >= 0x30 && first <= 0x39) || first === 0x2b || first === 0x2d;
  if (!isNumeric && first !== 0x2e) {
    if (text.length > 5) return text;
    const word = WORDS.get(text);
    return word === undefined ? text : word;
  }
  const word = WORDS.get(text);
  if (word !== undefined) return word;
  return isNumeric ? resolveNumeric(text) : resolveLeadingDot(text);
}

function resolveNumeric(text: string): YamlScalar {
  if (isTimestamp(text)) return new YamlTimestamp(text);
  const plain = text.includes('_') ? text.replaceAll('_', '') : text;
  if (INTEGER.test(plain)) return toInteger(plain);
  return FLOAT.test(plain) ? toFloat(plain, text) : text;
}

function resolveLeadingDot(text: string): YamlScalar {
  return FLOAT.test(text) ? toFloat(text, text) : text;
}

/** Go's parser refuses what overflows, so such a text stays a string. */
function toFloat(digits: string, text: string): YamlScalar {
  const value = Number(digits);
  if (!Number.isFinite(value)) return text;
  return Number.isInteger(value) ? new YamlFloat(value) : value;
}

const INT64_MIN = -(2n ** 63n);
const UINT64_MAX = 2n ** 64n - 1n;

function toInteger(plain: string): YamlScalar {
  const isNegative = plain.startsWith('-');
  const digits = plain.replace(/^[-+]/, '');
  const isDecimal = digits === '0' || !digits.startsWith('0');
  if (isDecimal && digits.length < 16) return (isNegative ? -1 : 1) * Number(digits) + 0;
  // An old-style octal has no letter: 0777 is 0o777.
  const literal = /^0[0-7]/.test(digits) ? `0o${digits.slice(1)}` : digits.toLowerCase();
  const value = isNegative ? -BigInt(literal) : BigInt(literal);
  if (value > UINT64_MAX || value < INT64_MIN) {
    return isDecimal ? toFloat(plain, plain) : plain;
  }
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

/** Whether Go's time package would take it: also the ranges, with the month's length. */
function isTimestamp(text: string): boolean {
  if (text.charCodeAt(4) !== 0x2d) return false;
  const fields = TIMESTAMP.exec(text)?.groups;
  if (!fields) return false;
  const number = (name: string): number => Number(fields[name] ?? 0);
  return (
    isDate(Number(text.slice(0, 4)), number('month'), number('day')) &&
    number('hour') < 24 &&
    number('minute') < 60 &&
    number('second') < 60
  );
}

function isDate(year: number, month: number, day: number): boolean {
  if (month < 1 || month > 12 || day < 1) return false;
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  if (month === 2) return day <= (isLeap ? 29 : 28);
  return day <= ([4, 6, 9, 11].includes(month) ? 30 : 31);
}

/** The short tag of a value, as messages name it. */
export function tagOf(value: YamlScalar): string {
  if (value === null) return '!!null';
  if (typeof value === 'boolean') return '!!bool';
  if (typeof value === 'string') return '!!str';
  if (value instanceof YamlTimestamp) return '!!timestamp';
  if (value instanceof YamlFloat) return '!!float';
  return typeof value === 'bigint' || Number.isInteger(value) ? '!!int' : '!!float';
}
