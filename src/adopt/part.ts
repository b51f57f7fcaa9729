import type { JsonValue } from '../base/brand.ts';
import type { StringMap } from '../swarm/object.ts';

/** Some keys of a stack file; a member that is absent or undefined is not written. */
export type Part = { readonly [key: string]: JsonValue | undefined };

/** The keys that are there; undefined when none is. */
export function written(part: Part): { readonly [key: string]: JsonValue } | undefined {
  const members = Object.entries(part).flatMap(([key, value]) =>
    value === undefined ? [] : [[key, value] as const],
  );
  return members.length === 0 ? undefined : Object.fromEntries(members);
}

/** A list that says something. */
export function filled<T extends JsonValue>(
  items: readonly T[] | null | undefined,
): readonly T[] | undefined {
  return items && items.length > 0 ? items : undefined;
}

/** A text, number or switch that says something. */
export function set<T extends string | number | boolean>(
  value: T | null | undefined,
): T | undefined {
  return value === undefined || value === null || value === '' || value === 0 || value === false
    ? undefined
    : value;
}

/** A value that is not what saying nothing means. */
export function unless<T extends string | number>(
  value: T | null | undefined,
  usual: T,
): T | undefined {
  return value === usual ? undefined : set(value);
}

/** A map without some of its keys; undefined when nothing is left. */
export function mapWithout(
  map: StringMap | null | undefined,
  keys: readonly string[] = [],
): StringMap | undefined {
  const left = Object.entries(map ?? {}).filter(([key]) => !keys.includes(key));
  return left.length === 0 ? undefined : Object.fromEntries(left);
}
