import type { JsonValue } from './brand.ts';

type JsonObject = { readonly [key: string]: JsonValue };

/**
 * The value after a JSON merge patch: objects are merged member by member, null takes a member away,
 * everything else (lists too) replaces.
 * @source RFC 7396
 */
export function applyMergePatch(target: JsonValue | undefined, patch: JsonValue): JsonValue {
  if (!isJsonObject(patch)) return patch;
  const members = new Map(isJsonObject(target) ? Object.entries(target) : []);
  for (const [key, member] of Object.entries(patch)) {
    if (member === null) members.delete(key);
    else members.set(key, applyMergePatch(members.get(key), member));
  }
  return Object.fromEntries(members);
}

/**
 * The patch that makes `to` of `from`; undefined when they are equal.
 *
 * `to` holds no null outside of lists: in a patch it takes away.
 */
export function mergePatchBetween(
  from: JsonValue | undefined,
  to: JsonValue | undefined,
): JsonValue | undefined {
  if (to === undefined) return from === undefined ? undefined : null;
  if (!isJsonObject(from) || !isJsonObject(to)) {
    return JSON.stringify(from) === JSON.stringify(to) ? undefined : to;
  }
  const keys = new Set([...Object.keys(from), ...Object.keys(to)]);
  const members = [...keys].flatMap((key) => {
    const member = mergePatchBetween(ownMember(from, key), ownMember(to, key));
    return member === undefined ? [] : [[key, member] as const];
  });
  return members.length === 0 ? undefined : Object.fromEntries(members);
}

/** Whether a value is an object of JSON. */
export function isJsonObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function ownMember(value: JsonObject, key: string): JsonValue | undefined {
  return Object.hasOwn(value, key) ? value[key] : undefined;
}
