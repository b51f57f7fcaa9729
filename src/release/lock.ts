import { toInstant, type Clock } from '../base/clock.ts';
import { CancelledError, EXIT_CODE, UserError } from '../base/errors.ts';
import type { ReleaseStore, StoredLock } from './release-store.ts';
import type { Actor } from './revision.ts';

/** A holder that has not been heard of for this long is taken to be gone. */
export const LOCK_TTL_MS = 120_000;

/** Tries to take a lock that others take and leave at the same time. */
const MAX_TRIES = 5;

/** What a lock says of its holder. */
export interface LockFacts {
  readonly actor: Actor;
  /** What it does: `deploy`. */
  readonly command: string;
  /** ISO 8601, UTC. */
  readonly since: string;
  readonly expires: string;
  /** Identity of the process; empty when it has none. */
  readonly process: string;
}

/** What locking needs of the world. */
export interface LockPorts {
  readonly clock: Clock;
  /** Identity of this process. */
  readonly process: string;
  /** Whether the process of a lock is known to have ended. */
  readonly isGone: (process: string) => boolean;
  readonly actor: Actor;
}

/** A lock that is held. */
export interface HeldLock {
  /** Aborted with a CancelledError when somebody else has taken it. */
  readonly lost: AbortSignal;
  /** Gives it back; idempotent. */
  release(): Promise<void>;
}

/**
 * Takes the lock of a stack, or that of a holder who is gone, and keeps it until it is released.
 * @throws UserError exit 8 (who holds it, since when), EngineError
 */
export async function takeLock(
  store: ReleaseStore,
  request: { readonly stack: string; readonly command: string },
  ports: LockPorts,
): Promise<HeldLock> {
  const { clock, process, actor } = ports;
  const since = new Date(clock.now()).toISOString();
  const text = (): string => {
    const expires = new Date(clock.now() + LOCK_TTL_MS).toISOString();
    const facts: LockFacts = { actor, command: request.command, since, expires, process };
    return JSON.stringify(facts);
  };
  for (let tries = 0; tries < MAX_TRIES; tries += 1) {
    const { lock: standing } = await store.read();
    if (standing && !isFree(standing, ports)) throw lockedError(request.stack, standing);
    const lock = await store.createLock(text(), standing);
    if (lock) return hold(store, lock, { text, clock, stack: request.stack });
  }
  throw new UserError(`the lock of stack ${request.stack} changes hands all the time`, {
    code: 'stack-locked',
    exitCode: EXIT_CODE.conflict,
    hint: 'Something else deploys the stack again and again; stop it first.',
  });
}

/** What a lock says; undefined when it is not ours to read. */
export function parseLock({ text }: StoredLock): LockFacts | undefined {
  try {
    const facts = JSON.parse(text) as Partial<LockFacts> | null;
    const { actor, command, since, expires, process } = facts ?? {};
    const isWhole = [command, since, expires, process, actor?.user, actor?.host].every(
      (one) => typeof one === 'string',
    );
    return isWhole ? (facts as LockFacts) : undefined;
  } catch {
    return undefined;
  }
}

/** `alice@ci-7 (deploy) since 2026-11-20T12:00:00.000Z`. */
export function describeHolder({ actor, command, since }: LockFacts): string {
  const job = actor.job === undefined ? '' : `, ${actor.job}`;
  return `${actor.user}@${actor.host} (${command}${job}) since ${since}`;
}

/** Whether nobody holds it any more: its time is over, or its process has ended. */
function isFree(lock: StoredLock, { clock, isGone }: LockPorts): boolean {
  const facts = parseLock(lock);
  if (!facts) return false;
  return Date.parse(facts.expires) <= clock.now() || isGone(facts.process);
}

function lockedError(stack: string, lock: StoredLock): UserError {
  const facts = parseLock(lock);
  const holder = facts ? describeHolder(facts) : 'somebody whose lock cannot be read';
  const until = facts ? `, at the latest at ${facts.expires} unless it is renewed` : '';
  return new UserError(`stack ${stack} is locked by ${holder}`, {
    code: 'stack-locked',
    exitCode: EXIT_CODE.conflict,
    hint: `Wait for it to end${until}; if nobody is at work there any more: tstack unlock ${stack}`,
  });
}

function hold(
  store: ReleaseStore,
  first: StoredLock,
  {
    text,
    clock,
    stack,
  }: { readonly text: () => string; readonly clock: Clock; readonly stack: string },
): HeldLock {
  const controller = new AbortController();
  let lock: StoredLock | undefined = first;
  let isReleased = false;
  let cancel = (): void => undefined;
  let renewal: Promise<void> = Promise.resolve();
  const renew = async (): Promise<void> => {
    if (!lock) return;
    try {
      lock = await store.renewLock(lock, text());
    } catch {
      // The next try may succeed before the lock's time is over; until then it is held.
      return;
    }
    if (lock) return;
    const message = `the lock of stack ${stack} was taken by somebody else`;
    controller.abort(new CancelledError(message, EXIT_CODE.conflict));
  };
  const schedule = (): void => {
    cancel = clock.at(toInstant(clock.now() + LOCK_TTL_MS / 3), () => {
      renewal = renew().then(() => {
        if (!isReleased && !controller.signal.aborted) schedule();
      });
    });
  };
  schedule();
  return {
    lost: controller.signal,
    async release() {
      if (isReleased) return;
      isReleased = true;
      cancel();
      await renewal;
      if (lock) await store.removeLock(lock);
    },
  };
}
