import { compareStrings } from '../base/compare.ts';

/**
 * The indices of the first item of a JSON list that stands there twice, and of its repetition.
 *
 * In linear time, whatever the items are: a hostile list may be long.
 */
export function firstDuplicate(
  items: readonly unknown[],
): readonly [first: number, second: number] | undefined {
  const seen = new Map<string, number>();
  for (const [index, item] of items.entries()) {
    const key = canonical(item);
    const first = seen.get(key);
    if (first !== undefined) return [first, index];
    seen.set(key, index);
  }
  return undefined;
}

/** Equal texts for equal values: JSON with sorted keys. */
function canonical(item: unknown): string {
  if (typeof item === 'string') return JSON.stringify(item);
  if (typeof item !== 'object' || item === null) return String(item);
  if (Array.isArray(item)) return `[${item.map(canonical).join(',')}]`;
  const entries = Object.entries(item).sort(([a], [b]) => compareStrings(a, b));
  return `{${entries.map(([key, value]) => `${JSON.stringify(key)}:${canonical(value)}`).join(',')}}`;
}
