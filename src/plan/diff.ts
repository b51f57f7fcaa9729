import type { JsonValue } from '../base/brand.ts';
import { compareStrings } from '../base/compare.ts';
import type { FieldChange } from './plan.ts';

/**
 * The fields in which two JSON values differ, sorted by path.
 *
 * Objects are compared member by member (absent ones as empty), lists of equal length item by item when their items are
 * objects, other lists as a whole.
 */
export function diffValues(from: JsonValue, to: JsonValue): readonly FieldChange[] {
  const changes: FieldChange[] = [];
  collect({ from, to, path: '' }, changes);
  return changes;
}

interface Pair {
  readonly from: JsonValue | undefined;
  readonly to: JsonValue | undefined;
  readonly path: string;
}

type JsonObject = { readonly [key: string]: JsonValue };

function collect({ from, to, path }: Pair, changes: FieldChange[]): void {
  if (isEqual(from, to)) return;
  const keys = memberNames(from, to);
  if (keys.length > 0) {
    for (const key of keys) {
      const pair = { from: memberOf(from, key), to: memberOf(to, key) };
      collect({ ...pair, path: path ? `${path}.${key}` : key }, changes);
    }
    return;
  }
  const pairs = itemPairs(from, to);
  if (pairs) {
    pairs.forEach((pair, index) => collect({ ...pair, path: `${path}[${index}]` }, changes));
    return;
  }
  changes.push({
    path,
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
  });
}

/** Members to compare; none unless both are objects, or one is and the other is absent. */
function memberNames(from: JsonValue | undefined, to: JsonValue | undefined): readonly string[] {
  if (![from, to].every((one) => one === undefined || isObject(one))) return [];
  return [...new Set([...Object.keys(from ?? {}), ...Object.keys(to ?? {})])].sort(compareStrings);
}

function memberOf(value: JsonValue | undefined, key: string): JsonValue | undefined {
  return isObject(value) ? value[key] : undefined;
}

/** Items of two lists that correspond to each other: as many, and objects. */
function itemPairs(
  from: JsonValue | undefined,
  to: JsonValue | undefined,
): readonly Omit<Pair, 'path'>[] | undefined {
  if (!isList(from) || !isList(to) || from.length !== to.length) return undefined;
  if (![...from, ...to].every(isObject)) return undefined;
  return from.map((item, index) => ({ from: item, to: to[index] }));
}

/** Deep equality of JSON values; the order of members does not matter. */
export function isEqual(a: JsonValue | undefined, b: JsonValue | undefined): boolean {
  if (a === b) return true;
  if (isList(a) && isList(b)) {
    return a.length === b.length && a.every((item, index) => isEqual(item, b[index]));
  }
  if (!isObject(a) || !isObject(b)) return false;
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => isEqual(a[key], b[key]));
}

function isList(value: JsonValue | undefined): value is readonly JsonValue[] {
  return Array.isArray(value);
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
