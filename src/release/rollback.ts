import { EXIT_CODE, UserError } from '../base/errors.ts';
import type { StoreContent } from './release-store.ts';
import { isGood, openJournal, revisionOf, revisionsOf, type Revision } from './revision.ts';
import type { StoredStack } from './stored-stack.ts';

/** What a rollback goes back to. */
export interface RollbackTarget {
  readonly model: StoredStack;
  /** Absent when it is the state before a first deploy that was interrupted. */
  readonly number: number | undefined;
  /** Services that other revisions have declared and this one does not. */
  readonly removable: ReadonlySet<string>;
  /** Networks that other revisions have declared and this one does not. */
  readonly addedNetworks: ReadonlySet<string>;
}

/**
 * Chooses what to go back to.
 *
 * Without a number: from a failed or interrupted revision to the newest good one, from a good one to
 * the good one before it.
 * @throws UserError exit 1 when there is none
 */
export function chooseRollback(
  stack: string,
  content: StoreContent,
  wanted: number | undefined,
): RollbackTarget {
  const revisions = revisionsOf(content);
  const journal = openJournal(content);
  const models = [
    ...revisions.map((one) => one.model),
    ...(journal ? [journal.revision.model] : []),
  ];
  if (wanted !== undefined) {
    const revision = findRevision(stack, content, wanted);
    return targetOf(revision.model, wanted, models);
  }
  const head = journal?.revision ?? revisions.at(-1);
  const good = revisions.findLast((one) => isGood(one) && one !== head);
  if (good) return targetOf(good.model, good.number, models);
  if (journal) return targetOf(journal.before, undefined, models);
  throw noRevision(stack, revisions);
}

/** A revision that is kept. @throws UserError exit 1 */
export function findRevision(stack: string, content: StoreContent, number: number): Revision {
  const revision = revisionOf(content, number);
  if (revision) return revision;
  throw new UserError(`revision ${number} of stack ${stack} is not kept`, {
    code: 'revision-not-found',
    exitCode: EXIT_CODE.failed,
    hint: `tstack history ${stack} lists those that are.`,
  });
}

function targetOf(
  model: StoredStack,
  number: number | undefined,
  models: readonly StoredStack[],
): RollbackTarget {
  const others = (list: 'services' | 'networks'): ReadonlySet<string> => {
    const own = new Set(model[list].map((one) => one.Name));
    const all = models.flatMap((one) => one[list].map(({ Name }) => Name));
    return new Set(all.filter((name) => !own.has(name)));
  };
  return { model, number, removable: others('services'), addedNetworks: others('networks') };
}

function noRevision(stack: string, revisions: readonly Revision[]): UserError {
  const message =
    revisions.length === 0
      ? `no revisions of stack ${stack} are kept here`
      : `no revision of stack ${stack} before this one came to a good end`;
  return new UserError(message, {
    code: 'no-revision',
    exitCode: EXIT_CODE.failed,
    hint: `tstack rollback --previous ${stack} goes back to what the cluster itself remembers of each service; tstack deploy from now on keeps revisions.`,
  });
}
