import type { Instant } from '../base/clock.ts';

/** One event, serialised once for all who read it. */
export interface LoggedEvent {
  readonly type: string;
  readonly action: string;
  readonly scope: 'swarm' | 'local';
  readonly actorId: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** Nanoseconds since the epoch. */
  readonly timeNs: bigint;
  /** A line of JSON, newline included. */
  readonly line: Buffer;
}

/** What an event is made of. */
export interface EventFacts {
  readonly type: string;
  readonly action: string;
  readonly scope: 'swarm' | 'local';
  readonly id: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly at: Instant;
}

const KEPT = 256;

/**
 * The events of this daemon: the last 256 for late readers, and everybody who listens now.
 * @source spec/engine-api.md section 3
 */
export class EventLog {
  readonly #listeners = new Set<(event: LoggedEvent) => void>();
  #kept: LoggedEvent[] = [];

  /** Adds an event and tells it to all listeners. */
  add(facts: EventFacts): void {
    const event = toLoggedEvent(facts);
    this.#kept.push(event);
    if (this.#kept.length >= 2 * KEPT) this.#kept = this.#kept.slice(-KEPT);
    for (const tell of this.#listeners) tell(event);
  }

  /** The last events, oldest first. */
  recent(): readonly LoggedEvent[] {
    return this.#kept.slice(-KEPT);
  }

  /** Tells every later event; the returned function ends that. */
  listen(tell: (event: LoggedEvent) => void): () => void {
    this.#listeners.add(tell);
    return () => this.#listeners.delete(tell);
  }

  /** How many listen. */
  get size(): number {
    return this.#listeners.size;
  }
}

/** Containers and images still carry the fields of old API versions. @source spec/engine-api.md section 3 */
const OLD_FORM: ReadonlySet<string> = new Set(['container', 'image']);

function toLoggedEvent(facts: EventFacts): LoggedEvent {
  const { type, action, scope, id, attributes, at } = facts;
  const timeNs = BigInt(Math.trunc(at)) * 1_000_000n;
  const old = OLD_FORM.has(type)
    ? { status: action, id, ...(attributes['image'] && { from: attributes['image'] }) }
    : {};
  const Actor = { ID: id, Attributes: attributes };
  const value = { ...old, Type: type, Action: action, Actor, scope, time: Math.trunc(at / 1000) };
  // The nanoseconds do not fit a number: they are pasted in as text.
  const text = `${JSON.stringify(value).slice(0, -1)},"timeNano":${timeNs}}\n`;
  return { type, action, scope, actorId: id, attributes, timeNs, line: Buffer.from(text) };
}
