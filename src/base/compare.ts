/** Byte-wise (code unit) order, never the locale's. */
export function compareStrings(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** Orders by a string derived from each item. */
export function byString<T>(key: (item: T) => string): (a: T, b: T) => number {
  return (a, b) => compareStrings(key(a), key(b));
}

/** A map's entries ordered by key. */
export function sortedEntries<V>(
  map: Readonly<Record<string, V>>,
): readonly (readonly [string, V])[] {
  return Object.entries(map).sort(([a], [b]) => compareStrings(a, b));
}
