import type { Instant } from '../../base/clock.ts';
import type { Journal, Revision } from '../../release/revision.ts';
import { describeAge } from '../render/age.ts';
import type { Listing } from '../render/listing.ts';

/** Revisions of a stack, newest first; one that never came to its end stands on top. */
export function listRevisions(
  revisions: readonly Revision[],
  journal: Journal | undefined,
  now: Instant,
): Listing {
  const all = [...revisions, ...(journal ? [journal.revision] : [])].toReversed();
  return {
    titles: {
      Revision: 'REVISION',
      Deployed: 'DEPLOYED',
      Kind: 'KIND',
      Outcome: 'OUTCOME',
      Changes: 'CHANGES',
      Duration: 'DURATION',
      By: 'BY',
      StartedAt: 'STARTED AT',
      ExitCode: 'EXIT CODE',
      Job: 'JOB',
      Tool: 'TOOL',
      Messages: 'MESSAGES',
    },
    columns: ['Revision', 'Deployed', 'Kind', 'Outcome', 'Changes', 'Duration', 'By'],
    rows: all.map((one) => ({
      Revision: String(one.number),
      Deployed: describeAge(one.startedAt, now),
      Kind: one.restores === undefined ? one.kind : `${one.kind} of ${one.restores}`,
      Outcome: one === journal?.revision ? 'unfinished' : one.outcome,
      Changes: changesOf(one),
      // Nobody was there to see how long a killed one took.
      Duration: one.outcome === 'interrupted' && one.durationMs === 0 ? '-' : seconds(one),
      By: `${one.actor.user}@${one.actor.host}`,
      StartedAt: one.startedAt,
      ExitCode: String(one.exitCode),
      Job: one.actor.job ?? '',
      Tool: one.tool,
      Messages: one.messages.join('\n'),
    })),
    quietField: 'Revision',
  };
}

function seconds({ durationMs }: Revision): string {
  return `${(durationMs / 1000).toFixed(1)}s`;
}

/** `2 created, 1 updated`. */
function changesOf({ plan }: Revision): string {
  const count = (verb: string): number =>
    plan.operations.filter(({ kind }) => kind.endsWith(`-${verb}`)).length;
  const parts = [
    [count('create'), 'created'],
    [count('update'), 'updated'],
    [count('remove'), 'removed'],
  ] as const;
  const words = parts.filter(([number]) => number > 0).map(([number, word]) => `${number} ${word}`);
  return words.join(', ') || 'none';
}
