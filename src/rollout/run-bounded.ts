/** What became of one item. */
export type Settled<T> =
  | { readonly item: T; readonly status: 'done' }
  | { readonly item: T; readonly status: 'failed'; readonly error: unknown }
  | { readonly item: T; readonly status: 'skipped' };

/**
 * Runs `work` on every item, at most `limit` at once, in order of the items.
 *
 * Never rejects. After a failure for which `stopsAll` holds, no further item is begun.
 */
export async function runBounded<T>(
  items: readonly T[],
  limit: number,
  run: {
    readonly work: (item: T) => Promise<void>;
    readonly stopsAll: (error: unknown) => boolean;
  },
): Promise<readonly Settled<T>[]> {
  const results: Settled<T>[] = items.map((item) => ({ item, status: 'skipped' }));
  let next = 0;
  let isStopped = false;
  const worker = async (): Promise<void> => {
    while (next < items.length && !isStopped) {
      const at = next++;
      const item = items[at] as T;
      try {
        await run.work(item);
        results[at] = { item, status: 'done' };
      } catch (error) {
        results[at] = { item, status: 'failed', error };
        isStopped ||= run.stopsAll(error);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, worker));
  return results;
}
