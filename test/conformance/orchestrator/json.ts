/** JSON as scenarios hold it. */
export type Json =
  | null
  | boolean
  | number
  | string
  | readonly Json[]
  | { readonly [key: string]: Json };
export type JsonObject = { readonly [key: string]: Json };

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** JSON merge patch (RFC 7396). */
export function mergePatch(target: Json | undefined, patch: Json): Json {
  if (!isObject(patch)) return patch;
  const merged: Record<string, Json> = isObject(target) ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete merged[key];
    else merged[key] = mergePatch(merged[key], value);
  }
  return merged;
}

/** The value at a JSON pointer; undefined when there is none. */
export function pointer(value: unknown, path: string): unknown {
  if (path === '') return value;
  return path
    .slice(1)
    .split('/')
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce<unknown>((at, key) => (at as JsonObject | null | undefined)?.[key], value);
}

/** The same value with the keys of every object in order. */
export function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map((key) => [key, sortKeys(value[key])]),
  );
}

const CONDITIONS: Readonly<Record<string, (wanted: never, got: never) => boolean>> = {
  $lte: (wanted: number, got: number) => got <= wanted,
  $gte: (wanted: number, got: number) => got >= wanted,
  $oneOf: (wanted: readonly Json[], got: Json) => wanted.some((one) => !mismatch(one, got)),
  $match: (wanted: string, got: unknown) =>
    typeof got === 'string' && new RegExp(wanted, 's').test(got),
  $type: (wanted: string, got: unknown) => typeof got === wanted,
  $len: (wanted: number, got: { length?: number } | null) => got?.length === wanted,
};

/** What differs between an expectation and a value; undefined when it holds. */
export function mismatch(expected: unknown, got: unknown, at = ''): string | undefined {
  if (Array.isArray(expected)) return listMismatch(expected, got, at);
  if (!isObject(expected)) return expected === got ? undefined : differs(at, expected, got);
  const keys = Object.keys(expected);
  if (keys.length > 0 && keys.every((key) => key.startsWith('$'))) {
    const failed = keys.find(
      (key) => CONDITIONS[key]?.(expected[key] as never, got as never) !== true,
    );
    return failed && `${at}: ${show(got)} does not meet ${failed} ${show(expected[failed])}`;
  }
  if (!isObject(got)) return differs(at, expected, got);
  for (const key of new Set([...keys, ...Object.keys(got)])) {
    if (!(key in expected)) return `${at}/${key}: unexpected ${show(got[key])}`;
    if (!(key in got)) return `${at}/${key}: missing, expected ${show(expected[key])}`;
    const found = mismatch(expected[key], got[key], `${at}/${key}`);
    if (found !== undefined) return found;
  }
  return undefined;
}

function listMismatch(expected: readonly unknown[], got: unknown, at: string): string | undefined {
  if (!Array.isArray(got) || got.length !== expected.length) return differs(at, expected, got);
  for (const [index, one] of expected.entries()) {
    const found = mismatch(one, got[index], `${at}/${index}`);
    if (found !== undefined) return found;
  }
  return undefined;
}

function differs(at: string, expected: unknown, got: unknown): string {
  return `${at}: expected ${show(expected)}, got ${show(got)}`;
}

export function show(value: unknown): string {
  return JSON.stringify(value) ?? 'nothing';
}
