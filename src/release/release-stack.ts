import type { Instant } from '../base/clock.ts';
import { CancelledError, EXIT_CODE, UserError, type ExitCode } from '../base/errors.ts';
import { isEmptyPlan } from '../plan/plan.ts';
import type { DeployOptions } from '../rollout/deploy-stack.ts';
import { assertExecutable } from '../rollout/execute-plan.ts';
import type { RolloutResult } from '../rollout/judge-rollout.ts';
import type { RolloutPorts } from '../rollout/ports.ts';
import { carryOut, HeldEnd, type Readied } from './carry-out.ts';
import { collectVersions } from './collect-versions.ts';
import { takeLock, type HeldLock, type LockPorts } from './lock.ts';
import type { OpenedStore } from './open-store.ts';
import type { ReleaseStore, StoreContent } from './release-store.ts';
import { restoreBefore } from './restore-before.ts';
import { closeJournal, expireRevisions } from './retention.ts';
import {
  imagesOf,
  JOURNAL,
  nextNumber,
  openJournal,
  summarisePlan,
  type Journal,
  type Revision,
  type RevisionOrigin,
} from './revision.ts';
import { storeSnapshot, storeTarget } from './stored-stack.ts';

/** What releasing needs of the world. */
export interface ReleasePorts extends RolloutPorts {
  readonly lock: LockPorts;
}

/** What a deploy is, beside its plan. */
export interface ReleaseRequest {
  readonly origin: RevisionOrigin;
  readonly options: DeployOptions;
  /** Revisions to keep, at least one. */
  readonly keep: number;
  /** Put everything back when it fails. */
  readonly atomic: boolean;
  /** What is left to do once the rollout is proven, before the lock is given back. */
  readonly afterwards?: ((ports: RolloutPorts) => Promise<void>) | undefined;
}

/**
 * Carries a prepared deploy out so that it can be undone: under the stack's lock, with a journal
 * before the first change and a revision after the last.
 *
 * A deploy that changes nothing writes nothing here either. Without a store it is a plain deploy.
 * @throws UserError exit 8 when the stack is locked, and as applyDeploy
 */
export async function releaseStack(
  readied: Readied,
  request: ReleaseRequest,
  { opened, ports }: { readonly opened: OpenedStore | undefined; readonly ports: ReleasePorts },
): Promise<RolloutResult> {
  const { plan } = readied.prepared;
  assertExecutable(plan);
  const isIdle = isEmptyPlan(plan) && opened?.content.records.has(JOURNAL) !== true;
  if (isIdle) return carryOut(readied, request.options, ports);
  const unkept = { ...readied, store: undefined, number: 0 };
  if (!opened) return attempt(unkept, request, ports);
  const lock = await lockStore(opened.store, request, { stack: plan.stack, ports });
  if (!lock) return attempt(unkept, request, ports);
  try {
    return await releaseLocked(readied, request, { opened, ports: guarded(ports, lock) });
  } finally {
    await lock.release();
  }
}

/** Undefined, and said, where this machine cannot keep anything. */
async function lockStore(
  store: ReleaseStore,
  { origin }: ReleaseRequest,
  { stack, ports }: { readonly stack: string; readonly ports: ReleasePorts },
): Promise<HeldLock | undefined> {
  try {
    return await takeLock(store, { stack, command: origin.kind }, ports.lock);
  } catch (error) {
    if (store.kind === 'cluster' || !(error instanceof UserError)) throw error;
    if (!UNUSABLE.has(error.code)) throw error;
    const message = `${error.message}; nothing is kept of this command`;
    ports.emit({ type: 'warning', code: 'history-not-written', subject: stack, message });
    return undefined;
  }
}

/** A home that cannot be written is no reason to fail a deploy. */
const UNUSABLE: ReadonlySet<string> = new Set([
  'history-unusable',
  'directory-not-made',
  'directory-not-private',
]);

/** The same ports, stopped as well when the lock is lost. */
export function guarded(ports: ReleasePorts, lock: HeldLock): ReleasePorts {
  const signals = [lock.lost, ...(ports.signal ? [ports.signal] : [])];
  return { ...ports, signal: AbortSignal.any(signals) };
}

async function releaseLocked(
  readied: Readied,
  request: ReleaseRequest,
  { opened, ports }: { readonly opened: OpenedStore; readonly ports: ReleasePorts },
): Promise<RolloutResult> {
  const { store } = opened;
  const content = await store.read();
  const isInterrupted = openJournal(content) !== undefined;
  await giveUpJournal(store, content, ports);
  // Somebody else has deployed since the plan was made.
  const isMoved = nextNumber(content) !== nextNumber(opened.content);
  const prepared = isMoved ? await readied.again() : readied.prepared;
  assertExecutable(prepared.plan);
  // All that was left was a journal whose revision had been written.
  if (!isInterrupted && isEmptyPlan(prepared.plan)) {
    return carryOut({ ...readied, prepared }, request.options, ports);
  }
  const number = nextNumber(content);
  return attempt({ prepared, again: readied.again, store, number }, request, ports);
}

/** Turns the journal of a deploy that never ended into a revision, so that history tells of it. */
async function giveUpJournal(
  store: ReleaseStore,
  content: StoreContent,
  { emit }: ReleasePorts,
): Promise<void> {
  const journal = openJournal(content);
  if (!journal) {
    // One whose revision was written already, or which cannot be read.
    if (content.records.has(JOURNAL)) await store.remove(JOURNAL);
    return;
  }
  const { number, stack, kind, startedAt } = journal.revision;
  const message = `${kind} ${number} of ${startedAt} was interrupted; this command goes on from what it left`;
  emit({ type: 'warning', code: 'interrupted-release', subject: stack, message });
  await closeJournal(store, journal.revision);
}

interface Attempt extends Readied {
  /** Absent when nothing is kept. */
  readonly store: ReleaseStore | undefined;
  readonly number: number;
}

async function attempt(
  work: Attempt,
  request: ReleaseRequest,
  ports: ReleasePorts,
): Promise<RolloutResult> {
  const { prepared, store } = work;
  const journal = draftJournal(work, request, ports);
  const startedAt = ports.clock.now();
  await store?.write({ name: JOURNAL, text: JSON.stringify(journal) });
  const end = new HeldEnd(ports.emit);
  const inner = { ...ports, emit: end.emit };
  try {
    const result = await apply(work, { request, journal, ports: inner });
    await conclude(work, { result, journal, startedAt, request, ports: inner });
    end.release(prepared.plan.stack, result);
    return result;
  } catch (error) {
    end.release(prepared.plan.stack);
    // An interrupted deploy leaves its journal: resume and rollback read it.
    if (store && !(error instanceof CancelledError)) {
      await recordFailure(store, journal, { error, startedAt, ports });
    }
    throw error;
  }
}

/** Applies; a failure of an atomic deploy becomes the result of putting everything back. */
async function apply(
  work: Attempt,
  context: {
    readonly request: ReleaseRequest;
    readonly journal: Journal;
    readonly ports: ReleasePorts;
  },
): Promise<RolloutResult> {
  const { request, journal, ports } = context;
  if (!request.atomic) return carryOut(work, request.options, ports);
  const failure = await failureOf(work, request, ports);
  if ('result' in failure && failure.result.exitCode === EXIT_CODE.ok) return failure.result;
  const messages = 'result' in failure ? failure.result.messages : [failure.error.message];
  const target = journal.revision.model;
  return restoreBefore({ before: journal.before, target, messages }, request.options, ports);
}

async function failureOf(
  work: Attempt,
  request: ReleaseRequest,
  ports: ReleasePorts,
): Promise<{ readonly result: RolloutResult } | { readonly error: UserError }> {
  try {
    return { result: await carryOut(work, request.options, ports) };
  } catch (error) {
    if (!(error instanceof UserError) || error instanceof CancelledError) throw error;
    return { error };
  }
}

function draftJournal(
  { prepared, number }: Attempt,
  { origin }: ReleaseRequest,
  { clock }: ReleasePorts,
): Journal {
  const { plan, spec, snapshot } = prepared;
  const model = storeTarget(spec, plan, snapshot);
  const previous = number > 1 ? { previous: number - 1 } : {};
  const revision: Revision = {
    format: 1,
    number,
    stack: plan.stack,
    ...origin,
    ...previous,
    startedAt: new Date(clock.now()).toISOString(),
    durationMs: 0,
    model,
    images: imagesOf(model),
    plan: summarisePlan(plan),
    outcome: 'interrupted',
    exitCode: EXIT_CODE.interrupted,
    messages: [],
  };
  return { revision, before: storeSnapshot(snapshot, model) };
}

interface Ending {
  readonly result: RolloutResult;
  readonly journal: Journal;
  readonly startedAt: Instant;
  readonly request: ReleaseRequest;
  readonly ports: ReleasePorts;
}

/** Writes the revision, lets old ones go, and what only they needed. */
async function conclude({ store, prepared }: Attempt, ending: Ending): Promise<void> {
  const { result, journal, startedAt, request, ports } = ending;
  const { outcome, exitCode, messages } = result;
  if (outcome === 'converged') await request.afterwards?.(ports);
  if (!store) return;
  const durationMs = ports.clock.now() - startedAt;
  try {
    await closeJournal(store, { ...journal.revision, durationMs, outcome, exitCode, messages });
    const kept = await expireRevisions(store, request.keep);
    if (outcome === 'converged') await collectVersions({ prepared, kept }, ports);
  } catch (error) {
    if (error instanceof CancelledError || !(error instanceof UserError)) throw error;
    // What was deployed is deployed: a history that cannot be written does not make it a failure.
    const { message } = error;
    const subject = prepared.plan.stack;
    ports.emit({ type: 'warning', code: 'history-not-written', subject, message });
  }
}

/** Keeps what a deploy came to that threw; the error itself is what the user gets to see. */
async function recordFailure(
  store: ReleaseStore,
  journal: Journal,
  facts: { readonly error: unknown; readonly startedAt: Instant; readonly ports: ReleasePorts },
): Promise<void> {
  const { error, startedAt, ports } = facts;
  const exitCode: ExitCode = error instanceof UserError ? error.exitCode : EXIT_CODE.bug;
  const messages = [error instanceof Error ? error.message : String(error)];
  const durationMs = ports.clock.now() - startedAt;
  try {
    const revision = { ...journal.revision, durationMs, outcome: 'failed', exitCode, messages };
    await closeJournal(store, revision as Revision);
  } catch (cause) {
    const message = `the journal stays: ${cause instanceof Error ? cause.message : String(cause)}`;
    const subject = journal.revision.stack;
    ports.emit({ type: 'warning', code: 'history-not-written', subject, message });
  }
}
