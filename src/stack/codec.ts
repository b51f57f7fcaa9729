import type { Compat } from './read-stack.ts';
import type { Cursor } from './cursor.ts';
import type { PrintValue } from './print-value.ts';
import { isYamlMap, type YamlMap, type YamlValue } from './yaml-values.ts';

/** What merging depends on. */
export interface MergeContext {
  readonly compat: Compat;
}

/**
 * Everything a value of a stack file can do: be read, be merged with a later one, be printed.
 *
 * Methods, not function members, so that a `Codec<string>` is a `Codec<unknown>`.
 */
export interface Codec<T> {
  /** The value in its one normal form; undefined when it says nothing (null, or a reported error). */
  decode(value: YamlValue, at: Cursor): T | undefined;
  /** Both files have a value; `over` is the later file's. */
  merge(base: T, over: T, context: MergeContext): T;
  /**
   * Only the earlier file has a value, although the later one has the same service.
   * Absent: the value stays as it is.
   */
  keep?(base: T, context: MergeContext): T;
  /** What `config` shows; undefined when nothing. */
  print(value: T): PrintValue | undefined;
}

/** The codecs of a mapping's members, in print order. */
export type Members<T> = {
  readonly [K in Exclude<keyof T, 'extensions'> & string]-?: Codec<NonNullable<T[K]>>;
};

interface StructOptions {
  /** Printed as `{}` when nothing is in it (docker: a pointer). */
  readonly keepEmpty?: boolean;
}

/** A mapping with known keys: decoded, merged and printed member by member; `x-` keys are kept. */
export function struct<T extends object>(
  members: Members<T>,
  options: StructOptions = {},
): Codec<T> {
  const table = members as Readonly<Record<string, Codec<unknown>>>;
  const names = Object.keys(table);
  const isMember = (key: string): boolean => Object.hasOwn(table, key);
  return {
    decode: (value, at) => {
      if (!isYamlMap(value)) {
        if (value !== null) at.error({ code: 'invalid-type', reason: 'must be a mapping' });
        return undefined;
      }
      const result: Record<string, unknown> = {};
      let extensions: Record<string, YamlValue> | undefined;
      for (const key of Object.keys(value)) {
        if (isMember(key)) decodeMember(result, key, { value: value[key] ?? null, table, at });
        else if (key.startsWith('x-')) (extensions ??= emptyRecord())[key] = value[key] ?? null;
        else warnOfUnknown(key, at);
      }
      if (extensions) result['extensions'] = extensions;
      return result as T;
    },
    merge: (base, over, context) => mergeMembers(table, base, over, context) as T,
    print: (value) => printMembers(table, { names, options }, value),
  };
}

/** The schema refuses unknown keys in most places; where it does not, docker drops them silently. */
function warnOfUnknown(key: string, at: Cursor): void {
  // The key table has checked every key of a compose file, and said what becomes of it.
  if (at.context.compat === 'docker' || at.context.format === 'compose') return;
  at.enter(key);
  const hint = 'remove it, or check its spelling';
  at.warn({ code: 'key-without-effect', reason: `${at.toString()} has no effect`, hint });
  at.leave();
}

/** Members of a plain tree that start with `x-`; undefined when there are none. */
export function extensionsOf(value: YamlMap): YamlMap | undefined {
  let extensions: Record<string, YamlValue> | undefined;
  for (const key of Object.keys(value)) {
    if (key.startsWith('x-')) (extensions ??= emptyRecord())[key] = value[key] ?? null;
  }
  return extensions;
}

interface MemberInput {
  readonly value: YamlValue;
  readonly table: Readonly<Record<string, Codec<unknown>>>;
  readonly at: Cursor;
}

function decodeMember(result: Record<string, unknown>, key: string, input: MemberInput): void {
  input.at.enter(key);
  const decoded = input.table[key]?.decode(input.value, input.at);
  if (decoded !== undefined) result[key] = decoded;
  input.at.leave();
}

function mergeMembers(
  table: Readonly<Record<string, Codec<unknown>>>,
  base: object,
  over: object,
  context: MergeContext,
): Record<string, unknown> {
  const result: Record<string, unknown> = { ...base };
  const later = over as Record<string, unknown>;
  for (const key of Object.keys(result)) {
    const codec = table[key];
    if (codec?.keep && !Object.hasOwn(later, key)) result[key] = codec.keep(result[key], context);
  }
  for (const key of Object.keys(later)) {
    if (!Object.hasOwn(result, key)) result[key] = later[key];
    else if (key === 'extensions') {
      result[key] = mergeRaw(result[key] as YamlMap, later[key] as YamlMap);
    } else result[key] = table[key]?.merge(result[key], later[key], context);
  }
  return result;
}

function printMembers(
  table: Readonly<Record<string, Codec<unknown>>>,
  { names, options }: { names: readonly string[]; options: StructOptions },
  value: object,
): PrintValue | undefined {
  const source = value as Record<string, unknown>;
  const result: Record<string, PrintValue> = {};
  for (const name of names) {
    const member = source[name];
    if (member === undefined) continue;
    const printed = table[name]?.print(member);
    if (printed !== undefined) result[name] = printed;
  }
  const extensions = source['extensions'] as YamlMap | undefined;
  if (extensions) {
    for (const key of Object.keys(extensions).sort()) result[key] = extensions[key] ?? null;
  }
  return options.keepEmpty === true || hasKeys(result) ? result : undefined;
}

function hasKeys(value: object): boolean {
  for (const key in value) if (Object.hasOwn(value, key)) return true;
  return false;
}

/** A record that has no inherited members, so any key of a file is safe in it. */
export function emptyRecord<V>(): Record<string, V> {
  return Object.create(null) as Record<string, V>;
}

/** Mappings are united recursively; anything else is replaced by the later value. */
export function mergeRaw(base: YamlMap, over: YamlMap): YamlMap {
  const result = emptyRecord<YamlValue>();
  for (const key of Object.keys(base)) result[key] = base[key] ?? null;
  for (const key of Object.keys(over)) {
    const [before, after] = [result[key] ?? null, over[key] ?? null];
    result[key] = isYamlMap(before) && isYamlMap(after) ? mergeRaw(before, after) : after;
  }
  return result;
}

/** A mapping from names to values of one kind, printed in key order. */
export function mapOf<V>(
  item: Codec<V>,
  options: {
    /** Also for a null entry: what it decodes to. */
    readonly empty?: V;
    /** A key in both files: the later entry as a whole, or (default) merged. */
    readonly onBoth?: 'replace' | 'merge';
  } = {},
): Codec<Readonly<Record<string, V>>> {
  return {
    decode: (value, at) => {
      if (!isYamlMap(value)) {
        if (value !== null) at.error({ code: 'invalid-type', reason: 'must be a mapping' });
        return undefined;
      }
      const result = emptyRecord<V>();
      for (const key of Object.keys(value)) {
        at.enter(key);
        const decoded = item.decode(value[key] ?? null, at) ?? options.empty;
        if (decoded !== undefined) result[key] = decoded;
        at.leave();
      }
      return result;
    },
    merge: (base, over, context) => {
      const result = emptyRecord<V>();
      for (const key of Object.keys(base)) result[key] = base[key] as V;
      for (const key of Object.keys(over)) {
        const both = Object.hasOwn(result, key) && options.onBoth !== 'replace';
        result[key] = both
          ? item.merge(result[key] as V, over[key] as V, context)
          : (over[key] as V);
      }
      return result;
    },
    print: (value) => printMap(value, (member) => item.print(member) ?? {}),
  };
}

/** Prints a record as a mapping sorted by key; undefined when empty. */
export function printMap<V>(
  value: Readonly<Record<string, V>>,
  print: (member: V) => PrintValue,
): PrintValue | undefined {
  const keys = Object.keys(value);
  if (keys.length === 0) return undefined;
  if (keys.length > 1) keys.sort();
  const result = new Map<string, PrintValue>();
  for (const key of keys) result.set(key, print(value[key] as V));
  return result;
}
