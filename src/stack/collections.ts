import { emptyRecord, printMap, type Codec } from './codec.ts';
import type { Cursor } from './cursor.ts';
import { requireString, toText } from './scalars.ts';
import { isYamlMap, type YamlMap, type YamlValue } from './yaml-values.ts';

/** A list of anything; a later file's items are appended. A single value is a list of one. */
export function listOf<T>(item: Codec<T>): Codec<readonly T[]> {
  return {
    decode: (value, at) => {
      if (value === null) return undefined;
      const items: readonly YamlValue[] = Array.isArray(value) ? value : [value];
      const result: T[] = [];
      for (let index = 0; index < items.length; index += 1) {
        at.enter(index);
        const decoded = item.decode(items[index] ?? null, at);
        if (decoded !== undefined) result.push(decoded);
        at.leave();
      }
      return result;
    },
    merge: (base, over) => [...base, ...over],
    print: (value) =>
      value.length === 0 ? undefined : value.map((member) => item.print(member) ?? {}),
  };
}

const word: Codec<string> = {
  decode: requireString,
  merge: (_base, over) => over,
  print: (value) => value,
};

/** A list of strings, or one string; a later file's items are appended. */
export const textList: Codec<readonly string[]> = listOf(word);

/** A list of scalars that are formatted whatever they are; a later file's items are appended. */
export const scalarList: Codec<readonly string[]> = listOf({ ...word, decode: toText });

/** Label-like: strings by name, from a mapping or a list of `key=value`. */
export type TextMap = Readonly<Record<string, string>>;

/** Reads a mapping or a list of `key=value`; `empty` stands for null and for a missing `=`. */
export function decodePairs<E extends string | null>(
  value: YamlValue,
  at: Cursor,
  empty: E,
): Readonly<Record<string, string | E>> | undefined {
  if (value === null) return undefined;
  const result = emptyRecord<string | E>();
  if (Array.isArray(value))
    fillFromList(result, { items: value as readonly YamlValue[], at, empty });
  else if (isYamlMap(value)) fillFromMap(result, { map: value, at, empty });
  else at.error({ code: 'invalid-type', reason: 'must be a mapping or a list' });
  return result;
}

function fillFromList<E>(
  result: Record<string, string | E>,
  { items, at, empty }: { items: readonly YamlValue[]; at: Cursor; empty: E },
): void {
  for (let index = 0; index < items.length; index += 1) {
    at.enter(index);
    const line = requireString(items[index] ?? null, at);
    at.leave();
    if (line === undefined) continue;
    const equals = line.indexOf('=');
    if (equals < 0) result[line] = empty;
    else result[line.slice(0, equals)] = line.slice(equals + 1);
  }
}

function fillFromMap<E>(
  result: Record<string, string | E>,
  { map, at, empty }: { map: YamlMap; at: Cursor; empty: E },
): void {
  for (const key of Object.keys(map)) {
    const member = map[key] ?? null;
    if (member === null) {
      result[key] = empty;
      continue;
    }
    at.enter(key);
    const written = toText(member, at);
    at.leave();
    if (written !== undefined) result[key] = written;
  }
}

/** Strings by name; a later file's entries win, also with the empty string. */
export const textMap: Codec<TextMap> = {
  decode: (value, at) => decodePairs(value, at, ''),
  merge: (base, over) => unite(base, over),
  print: (value) => printMap(value, (member) => member),
};

/** Both records in one; the later one wins. */
export function unite<V>(
  base: Readonly<Record<string, V>>,
  over: Readonly<Record<string, V>>,
): Readonly<Record<string, V>> {
  const result = emptyRecord<V>();
  for (const key of Object.keys(base)) result[key] = base[key] as V;
  for (const key of Object.keys(over)) result[key] = over[key] as V;
  return result;
}

/** Whether a record has no members. */
export function isEmpty(record: object): boolean {
  return Object.keys(record).length === 0;
}
