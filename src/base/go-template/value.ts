import { compareStrings } from '../compare.ts';

/**
 * What a template works on: JSON-like data, and methods (`{{.Label "x"}}`).
 *
 * `undefined` is a value that is not there; it prints as `<no value>`.
 */
export type TemplateValue =
  | undefined
  | null
  | boolean
  | number
  | string
  | readonly TemplateValue[]
  | TemplateMethod
  | { readonly [key: string]: TemplateValue };

export type TemplateMethod = (...args: readonly TemplateValue[]) => TemplateValue;

export type TemplateMap = { readonly [key: string]: TemplateValue };

export function isMap(value: TemplateValue): value is TemplateMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** `Array.isArray` that also narrows readonly arrays. */
export function isList(value: TemplateValue): value is readonly TemplateValue[] {
  return Array.isArray(value);
}

/** Own members only, so a template cannot reach the prototype. */
export function getMember(map: TemplateMap, key: string): TemplateValue {
  return Object.hasOwn(map, key) ? map[key] : undefined;
}

/** Go's notion of truth: not zero, not empty. */
export function isTruthy(value: TemplateValue): boolean {
  if (isList(value)) return value.length > 0;
  return isMap(value) ? Object.keys(value).length > 0 : Boolean(value);
}

/** Text of a value as `%v` prints it. */
export function printValue(value: TemplateValue): string {
  if (value === undefined) return '<no value>';
  if (value === null) return '<nil>';
  if (isList(value)) return `[${value.map(printValue).join(' ')}]`;
  if (typeof value === 'function') return '<func>';
  if (!isMap(value)) return String(value);
  const members = sortedKeys(value).map((key) => `${key}:${printValue(value[key])}`);
  return `map[${members.join(' ')}]`;
}

/** Compact JSON as Go writes it: keys sorted, `<`, `>`, `&` and line separators escaped. */
export function toGoJson(value: TemplateValue): string {
  return escape(toSortedJson(value), /[<>&\u2028\u2029]/g);
}

/** The same without what is escaped for HTML alone. */
export function toPlainJson(value: TemplateValue): string {
  return escape(toSortedJson(value), /[\u2028\u2029]/g);
}

function toSortedJson(value: TemplateValue): string {
  if (isList(value)) return `[${value.map(toSortedJson).join(',')}]`;
  if (isMap(value)) {
    const members = sortedKeys(value)
      .filter((key) => typeof value[key] !== 'function')
      .map((key) => `${toSortedJson(key)}:${toSortedJson(value[key])}`);
    return `{${members.join(',')}}`;
  }
  return JSON.stringify(value ?? null) ?? 'null';
}

function sortedKeys(map: TemplateMap): string[] {
  return Object.keys(map).sort(compareStrings);
}

/** Such characters stand in strings only. */
function escape(json: string, characters: RegExp): string {
  return json.replace(
    characters,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
