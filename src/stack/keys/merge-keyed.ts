import type { MergeContext } from '../codec.ts';

interface KeyedRules<T> {
  readonly key: (item: T) => string;
  /** Order of the result; equal items keep theirs. */
  readonly order: (a: T, b: T) => number;
  readonly context: MergeContext;
}

/**
 * Merges lists whose items have an identity: a later file's item replaces the earlier ones with
 * its key; the result is sorted.
 *
 * Parity: sorted also when the later file has the service but not the list: a deploy after docker's
 * must not restart tasks for the order of their mounts (D-0310).
 * Deviates: docker also lets items of *one* file replace each other; D-0060.
 * @source spec/stack-file.md section 7 (ports, volumes, secrets and configs of a service)
 */
export function mergeKeyed<T>(
  base: readonly T[],
  over: readonly T[],
  { key, order, context }: KeyedRules<T>,
): readonly T[] {
  if (context.compat === 'docker') {
    return [...new Map([...base, ...over].map((item) => [key(item), item])).values()].sort(order);
  }
  const replaced = new Set(over.map(key));
  return [...base.filter((item) => !replaced.has(key(item))), ...over].sort(order);
}
