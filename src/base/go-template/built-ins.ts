import { printf } from './printf.ts';
import {
  getMember,
  isMap,
  isTruthy,
  printValue,
  type TemplateMethod,
  type TemplateValue,
} from './value.ts';

/** Functions by name. They throw Error with Go's wording of what is wrong. */
export type FunctionTable = Readonly<Record<string, TemplateMethod>>;

/** Evaluated by the executor itself, which stops at the first decisive argument. */
export const LAZY_FUNCTIONS = new Set(['and', 'or']);

/** Go's built-ins. @source Go text/template documentation, Functions */
export const BUILT_INS: FunctionTable = {
  not: (value) => !isTruthy(value),
  len: (value) => lengthOf(value),
  index: (value, ...keys) => keys.reduce(indexValue, value),
  slice: (value, ...bounds) => sliceValue(value, bounds),
  print: (...values) => printAll(values),
  println: (...values) => `${values.map(printValue).join(' ')}\n`,
  printf: (format, ...values) => printf(toText(format, 'printf'), values),
  html: (...values) => printAll(values).replace(/[&<>"']/g, (one) => HTML_ENTITIES[one] ?? one),
  js: (...values) =>
    printAll(values).replace(
      /['"\\<>&=\p{Cc}\u2028\u2029]/gu,
      (one) => JS_ESCAPES[one] ?? toJsEscape(one),
    ),
  urlquery: (...values) => encodeURIComponent(printAll(values)).replaceAll('%20', '+'),
  eq: (first, ...others) => {
    if (others.length === 0) throw new Error('missing argument for comparison');
    return others.some((other) => isEqual(first, other));
  },
  ne: (a, b) => !isEqual(a, b),
  lt: (a, b) => order(a, b) < 0,
  le: (a, b) => order(a, b) <= 0,
  gt: (a, b) => order(a, b) > 0,
  ge: (a, b) => order(a, b) >= 0,
};

const HTML_ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&#34;',
  "'": '&#39;',
};

const JS_ESCAPES: Readonly<Record<string, string>> = { "'": "\\'", '"': '\\"', '\\': '\\\\' };

function toJsEscape(character: string): string {
  return `\\u${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
}

/** Blanks stand between two values when neither is a string. */
function printAll(values: readonly TemplateValue[]): string {
  return values
    .map((value, index) => {
      const before = values[index - 1];
      const apart = index > 0 && typeof value !== 'string' && typeof before !== 'string';
      return (apart ? ' ' : '') + printValue(value);
    })
    .join('');
}

function lengthOf(value: TemplateValue): number {
  if (typeof value === 'string') return byteLength(value);
  if (Array.isArray(value)) return value.length;
  if (isMap(value)) return Object.keys(value).length;
  throw new Error(
    value === undefined || value === null ? 'len of nil pointer' : 'len of wrong type',
  );
}

function indexValue(value: TemplateValue, key: TemplateValue): TemplateValue {
  if (isMap(value)) return getMember(value, toText(key, 'index'));
  if (typeof value !== 'string' && !Array.isArray(value)) {
    throw new Error(value === undefined ? 'index of untyped nil' : "can't index item");
  }
  const at = toCount(key);
  if (at >= value.length) throw new Error(`index out of range: ${at}`);
  return typeof value === 'string' ? value.charCodeAt(at) : value[at];
}

function sliceValue(value: TemplateValue, bounds: readonly TemplateValue[]): TemplateValue {
  if (typeof value !== 'string' && !Array.isArray(value)) throw new Error("can't slice item");
  const [start = 0, end = value.length] = bounds.map(toCount);
  if (start > end || end > value.length) throw new Error(`index out of range: ${end}`);
  return value.slice(start, end);
}

function isEqual(a: TemplateValue, b: TemplateValue): boolean {
  if (isEmptyValue(a) || isEmptyValue(b)) return isEmptyValue(a) && isEmptyValue(b);
  if (typeof a === 'object' || typeof b === 'object') {
    throw new Error('non-comparable type for comparison');
  }
  if (typeof a !== typeof b) throw new Error('incompatible types for comparison');
  return a === b;
}

function isEmptyValue(value: TemplateValue): boolean {
  return value === undefined || value === null;
}

function order(a: TemplateValue, b: TemplateValue): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  if (typeof a !== 'string' || typeof b !== 'string') {
    throw new Error(
      typeof a === typeof b ? 'invalid type for comparison' : 'incompatible types for comparison',
    );
  }
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** A text argument. @throws Error in Go's words when it is none */
export function toText(value: TemplateValue, name: string): string {
  if (typeof value === 'string') return value;
  throw new Error(`wrong type for value of ${name}; expected string; got ${kindOf(value)}`);
}

/** A whole, non-negative number argument. @throws Error when it is none */
export function toCount(value: TemplateValue): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0) return value;
  throw new Error(`expected a whole number, got ${printValue(value)}`);
}

function kindOf(value: TemplateValue): string {
  if (value === undefined || value === null) return 'nil';
  return Array.isArray(value) ? 'list' : typeof value;
}

/** Go counts bytes of UTF-8. */
function byteLength(text: string): number {
  let bytes = 0;
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    if (code < 0x80) bytes += 1;
    else if (code < 0x8_00) bytes += 2;
    else bytes += code < 0x1_00_00 ? 3 : 4;
  }
  return bytes;
}
