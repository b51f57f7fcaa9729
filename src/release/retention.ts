import type { ReleaseStore } from './release-store.ts';
import { isGood, JOURNAL, revisionName, revisionsOf, type Revision } from './revision.ts';

/** Writes the revision that a journal has become, then removes the journal. */
export async function closeJournal(store: ReleaseStore, revision: Revision): Promise<void> {
  await store.write({ name: revisionName(revision.number), text: JSON.stringify(revision) });
  await store.remove(JOURNAL);
}

/**
 * Removes the oldest revisions until `keep` are left.
 *
 * The newest good one stays however old it is: it is what a rollback goes to.
 * @returns those that are kept, oldest first
 */
export async function expireRevisions(
  store: ReleaseStore,
  keep: number,
): Promise<readonly Revision[]> {
  const all = revisionsOf(await store.read());
  const newestGood = all.findLast(isGood);
  const kept = all.filter((one, at) => at >= all.length - Math.max(1, keep) || one === newestGood);
  const expired = all.filter((one) => !kept.includes(one));
  for (const one of expired) await store.remove(revisionName(one.number));
  return kept;
}
