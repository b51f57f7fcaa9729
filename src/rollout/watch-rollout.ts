import { sleepUntil, toInstant, type Instant } from '../base/clock.ts';
import { CancelledError, EngineError } from '../base/errors.ts';
import { isEqual } from '../plan/diff.ts';
import type { JsonValue } from '../base/brand.ts';
import type { Filters } from '../engine/client.ts';
import { LABEL_NAMESPACE } from '../swarm/stack-labels.ts';
import {
  addTargets,
  NO_CONVERGENCE,
  stepConvergence,
  timeOut,
  type ClusterView,
  type ConvergenceState,
} from './convergence.ts';
import type { ServiceView } from './events.ts';
import type { RolloutPorts } from './ports.ts';
import { isCancelled } from './rollout-errors.ts';
import type { WatchTarget } from './service-watch.ts';

/** First pause between two looks; each further one is longer by half, until something changes. */
const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 2000;

/** Looks in a row that may fail (a manager restarts) before the watch is given up. */
const MAX_FAILED_LOOKS = 8;

/** A watch of the services of one stack; services may join while it goes on. */
export interface WatchOptions {
  readonly ports: RolloutPorts;
  /** How long to wait, from the announcement on; undefined means for ever. */
  readonly timeoutMs: number | undefined;
}

/**
 * Watches services until each is converged or beyond hope, or the deadline has passed.
 * @throws as {@link RolloutWatch.untilSettled}
 */
export async function watchRollout(
  stack: string,
  targets: readonly WatchTarget[],
  options: WatchOptions,
): Promise<readonly ServiceView[]> {
  const watch = new RolloutWatch(stack, options);
  watch.announce(targets.map((one) => one.name));
  watch.add(targets);
  return watch.untilSettled();
}

/**
 * Looks at services again and again: three list calls per look, however many services there are.
 * Emits `service` events when something about a service has changed.
 */
export class RolloutWatch {
  state: ConvergenceState = NO_CONVERGENCE;
  readonly #stack: string;
  readonly #ports: RolloutPorts;
  readonly #timeoutMs: number | undefined;
  readonly #filters: Filters;
  #deadline: Instant | undefined;
  #isAnnounced = false;
  #pauseMs = FIRST_PAUSE_MS;
  #failedLooks = 0;

  constructor(stack: string, { ports, timeoutMs }: WatchOptions) {
    this.#stack = stack;
    this.#ports = ports;
    this.#timeoutMs = timeoutMs;
    this.#filters = { label: [`${LABEL_NAMESPACE}=${stack}`] };
  }

  /** Says what is waited for, and starts the clock; once. */
  announce(services: readonly string[]): void {
    if (this.#isAnnounced) return;
    this.#isAnnounced = true;
    const { clock, emit } = this.#ports;
    this.#deadline =
      this.#timeoutMs === undefined ? undefined : toInstant(clock.now() + this.#timeoutMs);
    emit({ type: 'waiting', stack: this.#stack, services, deadline: this.#deadline });
  }

  get isOverdue(): boolean {
    return this.#deadline !== undefined && this.#ports.clock.now() >= this.#deadline;
  }

  /** More services to watch; known ones are passed over. */
  add(targets: readonly WatchTarget[]): void {
    this.state = addTargets(this.state, targets);
    this.#pauseMs = FIRST_PAUSE_MS;
  }

  /**
   * Looks until every service is converged or beyond hope, or the deadline has passed.
   * @throws EngineError when the engine stays away, CancelledError (saying what state is left)
   */
  async untilSettled(): Promise<readonly ServiceView[]> {
    try {
      for (;;) {
        const { isSettled, wakeAt } = await this.look();
        if (isSettled) return this.state.views;
        if (this.isOverdue) return this.timeOut();
        await this.pause(wakeAt);
      }
    } catch (error) {
      if (isCancelled(error)) throw interruption(error, this.#stack, this.state.views);
      throw error;
    }
  }

  /** One look at the cluster; a failed one changes nothing. */
  async look(): Promise<{ readonly isSettled: boolean; readonly wakeAt: Instant | undefined }> {
    const view = await this.#observe();
    if (!view) return { isSettled: false, wakeAt: undefined };
    const step = stepConvergence(this.state, view, this.#ports.clock.now());
    this.#report(step.state.views);
    this.state = step.state;
    return step;
  }

  /** Waits a moment, until `until` or the deadline at most. */
  async pause(until?: Instant): Promise<void> {
    const { clock, signal } = this.#ports;
    const next = toInstant(clock.now() + this.#pauseMs);
    this.#pauseMs = Math.min(this.#pauseMs * 1.5, LONGEST_PAUSE_MS);
    const wakeAt = earliest(earliest(next, until), this.#deadline);
    await sleepUntil(clock, wakeAt ?? next, signal);
  }

  /** What has not got there has timed out. */
  timeOut(): readonly ServiceView[] {
    const views = timeOut(this.state);
    this.#report(views);
    return views;
  }

  async #observe(): Promise<ClusterView | undefined> {
    const { engine, signal } = this.#ports;
    try {
      const [services, tasks, nodes] = await Promise.all([
        engine.services.list({ filters: this.#filters }, { signal }),
        engine.tasks.list({ filters: this.#filters }, { signal }),
        engine.nodes.list({}, { signal }),
      ]);
      this.#failedLooks = 0;
      return { services, tasks, nodes };
    } catch (error) {
      this.#failedLooks += 1;
      if (!(error instanceof EngineError) || this.#failedLooks >= MAX_FAILED_LOOKS) throw error;
      return undefined;
    }
  }

  #report(views: readonly ServiceView[]): void {
    const known = new Map(this.state.views.map((one) => [one.serviceId, one]));
    for (const view of views) {
      const before = known.get(view.serviceId);
      if (isEqual(before as unknown as JsonValue, view as unknown as JsonValue)) continue;
      this.#pauseMs = FIRST_PAUSE_MS;
      this.#ports.emit({ type: 'service', ...view });
    }
  }
}

function earliest(a: Instant | undefined, b: Instant | undefined): Instant | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return toInstant(Math.min(a, b));
}

/** Says what state an interrupted watch leaves behind. */
function interruption(
  reason: CancelledError,
  stack: string,
  views: readonly ServiceView[],
): CancelledError {
  const open = views.filter((one) => one.phase !== 'converged');
  const states = open.map((one) => `${one.service} ${one.done}/${one.wanted}`).join(', ');
  const text = open.length > 0 ? `; not converged yet: ${states}` : '';
  return new CancelledError(
    `${reason.message}${text}. All of stack ${stack} is written; the cluster goes on by itself`,
    reason.exitCode,
  );
}
