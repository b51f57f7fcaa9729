import type { StringMap } from '../swarm/object.ts';
import { httpError } from './http-errors.ts';
import type { Query } from './query.ts';

/** Filters of a list request: values by key; a key without values is absent. */
export type ListFilters = ReadonlyMap<string, readonly string[]>;

/**
 * Reads the `filters` parameter in either of its two shapes.
 * @param known - the keys that the endpoint has; absent: any
 * @throws HttpError 400 not JSON, or an unknown key
 * @source spec/engine-api.md section 1.6
 */
export function readFilters(query: Query, known?: readonly string[]): ListFilters {
  const filters = parseFilters(query.text('filters') ?? '');
  for (const key of filters.keys()) {
    if (known && !known.includes(key)) {
      throw httpError('invalid-argument', `invalid filter '${key}'`);
    }
  }
  return filters;
}

function parseFilters(text: string): ListFilters {
  if (text === '') return new Map();
  const entries = membersOf(parseOrRefuse(text));
  return new Map(entries.map(([key, values]) => [key, valuesOf(values)]));
}

function parseOrRefuse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw invalidFilter();
  }
}

function membersOf(value: unknown): [string, unknown][] {
  if (value === null) return [];
  if (typeof value !== 'object' || Array.isArray(value)) throw invalidFilter();
  return Object.entries(value);
}

/** `["a"]` or `{"a":true}`. */
function valuesOf(values: unknown): readonly string[] {
  if (Array.isArray(values)) {
    if (values.every((one) => typeof one === 'string')) return values;
    throw invalidFilter();
  }
  const entries = membersOf(values);
  if (!entries.every(([, isSet]) => typeof isSet === 'boolean')) throw invalidFilter();
  return entries.filter(([, isSet]) => isSet === true).map(([value]) => value);
}

function invalidFilter(): Error {
  return httpError('invalid-argument', 'invalid filter');
}

/** Whether a value equals one of the filter's, or the filter is absent. */
export function matchesExactly(filters: ListFilters, key: string, value: string): boolean {
  return matchesAny(filters, key, (one) => one === value);
}

/** Whether a value begins with one of the filter's, or the filter is absent. */
export function matchesPrefix(filters: ListFilters, key: string, value: string): boolean {
  return matchesAny(filters, key, (one) => value.startsWith(one));
}

/** Whether a value holds one of the filter's, or the filter is absent. */
export function matchesPart(filters: ListFilters, key: string, value: string): boolean {
  return matchesAny(filters, key, (one) => value.includes(one));
}

/**
 * Whether an object has all the labels that the filter asks for: `key`, or `key=value`, an empty
 * value being any.
 */
export function matchesLabels(
  filters: ListFilters,
  key: string,
  labels: StringMap | null | undefined,
): boolean {
  return (filters.get(key) ?? []).every((wanted) => hasLabel(labels ?? {}, wanted));
}

function hasLabel(labels: StringMap, wanted: string): boolean {
  const at = wanted.indexOf('=');
  const name = at < 0 ? wanted : wanted.slice(0, at);
  const value = at < 0 ? '' : wanted.slice(at + 1);
  return Object.hasOwn(labels, name) && (value === '' || labels[name] === value);
}

/** Whether one of the filter's values passes the test, or the filter is absent. */
export function matchesAny(
  filters: ListFilters,
  key: string,
  test: (wanted: string) => boolean,
): boolean {
  const values = filters.get(key);
  return values === undefined || values.length === 0 || values.some(test);
}
