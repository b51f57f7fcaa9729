import { toInstant, type Clock } from '../../base/clock.ts';
import { matchesEvent } from '../event-filters.ts';
import type { LoggedEvent } from '../event-log.ts';
import { httpError } from '../http-errors.ts';
import { readFilters } from '../list-filters.ts';
import type { AnswerSink, Route, RouteContext } from '../route.ts';
import { parseQueryTime } from '../time-stamp.ts';

/** Events that a slow reader may fall behind by; then it is dropped. */
const MAX_WAITING = 4096;

/** @source spec/engine-api.md section 3 */
export const eventRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/events',
    handle: ({ query }, context) => {
      const since = parseQueryTime(query.text('since'));
      const until = parseQueryTime(query.text('until'));
      if (since !== undefined && until !== undefined && until < since) {
        const text = `\`since\` time (${query.text('since')}) cannot be after \`until\` time (${query.text('until')})`;
        throw httpError('invalid-argument', text);
      }
      const filters = readFilters(query);
      const isWanted = (event: LoggedEvent): boolean => matchesEvent(event, filters);
      return {
        kind: 'stream',
        contentType: 'application/json',
        run: (sink) => follow(sink, context, { since, until, isWanted }),
      };
    },
  },
];

interface EventQuery {
  /** Nanoseconds since the epoch; absent: only what happens from now on. */
  readonly since: bigint | undefined;
  readonly until: bigint | undefined;
  readonly isWanted: (event: LoggedEvent) => boolean;
}

/** Writes what is remembered, then what happens, until the time is up or the client leaves. */
async function follow(
  sink: AnswerSink,
  { events, backend: { clock } }: RouteContext,
  { since, until, isWanted }: EventQuery,
): Promise<void> {
  const past = since === undefined && until === undefined ? [] : events.recent();
  const waiting = past.filter(
    (event) =>
      event.timeNs >= (since ?? 0n) &&
      (until === undefined || event.timeNs <= until) &&
      isWanted(event),
  );
  const end = new EndOfStream(sink.signal);
  const now = BigInt(clock.now()) * 1_000_000n;
  if (until !== undefined && until < now) end.reach();
  const cancel = until === undefined ? undefined : endAt(clock, until, end);
  const stop = events.listen((event) => {
    if (!isWanted(event)) return;
    waiting.push(event);
    if (waiting.length > MAX_WAITING) end.reach();
    end.wake();
  });
  try {
    await pump(sink, waiting, end);
  } finally {
    stop();
    cancel?.();
  }
}

async function pump(sink: AnswerSink, waiting: LoggedEvent[], end: EndOfStream): Promise<void> {
  for (;;) {
    for (const event of waiting.splice(0)) await sink.write(event.line);
    if (waiting.length > 0) continue;
    if (end.isReached) return;
    await end.next();
  }
}

function endAt(clock: Clock, until: bigint, end: EndOfStream): () => void {
  return clock.at(toInstant(Number(until / 1_000_000n)), () => end.reach());
}

/** Waiting for the next event, or for there being none any more. */
class EndOfStream {
  isReached = false;
  #wake: (() => void) | undefined;

  constructor(signal: AbortSignal) {
    if (signal.aborted) this.reach();
    else signal.addEventListener('abort', () => this.reach(), { once: true });
  }

  reach(): void {
    this.isReached = true;
    this.wake();
  }

  wake(): void {
    this.#wake?.();
    this.#wake = undefined;
  }

  next(): Promise<void> {
    if (this.isReached) return Promise.resolve();
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }
}
