import { sleepUntil, toInstant, type Instant } from '../base/clock.ts';
import { CancelledError, EngineError } from '../base/errors.ts';
import { isEqual } from '../plan/diff.ts';
import type { JsonValue } from '../base/brand.ts';
import type { Filters } from '../engine/client.ts';
import { LABEL_NAMESPACE } from '../swarm/stack-labels.ts';
import {
  startConvergence,
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

/**
 * Watches services until each is converged or beyond hope, or the deadline has passed.
 *
 * Three list calls per look, however many services there are. Emits `service` events when something
 * about a service has changed.
 * @throws EngineError when the engine stays away, CancelledError (saying what state is left)
 */
export async function watchRollout(
  stack: string,
  targets: readonly WatchTarget[],
  watch: { readonly ports: RolloutPorts; readonly timeoutMs: number | undefined },
): Promise<readonly ServiceView[]> {
  const { clock, emit } = watch.ports;
  const deadline =
    watch.timeoutMs === undefined ? undefined : toInstant(clock.now() + watch.timeoutMs);
  emit({ type: 'waiting', stack, services: targets.map((one) => one.name), deadline });
  const watcher = new RolloutWatcher(stack, targets, watch.ports);
  try {
    for (;;) {
      const { isSettled, wakeAt } = await watcher.look();
      if (isSettled) return watcher.state.views;
      if (deadline !== undefined && clock.now() >= deadline) return watcher.timeOut();
      await watcher.pause(earliest(wakeAt, deadline));
    }
  } catch (error) {
    if (isCancelled(error)) throw interruption(error, stack, watcher.state.views);
    throw error;
  }
}

class RolloutWatcher {
  state: ConvergenceState;
  readonly #ports: RolloutPorts;
  readonly #filters: Filters;
  #pauseMs = FIRST_PAUSE_MS;
  #failedLooks = 0;

  constructor(stack: string, targets: readonly WatchTarget[], ports: RolloutPorts) {
    this.#ports = ports;
    this.#filters = { label: [`${LABEL_NAMESPACE}=${stack}`] };
    this.state = startConvergence(targets);
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

  async pause(until: Instant | undefined): Promise<void> {
    const { clock, signal } = this.#ports;
    const next = toInstant(clock.now() + this.#pauseMs);
    this.#pauseMs = Math.min(this.#pauseMs * 1.5, LONGEST_PAUSE_MS);
    await sleepUntil(clock, earliest(next, until) ?? next, signal);
  }

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
    for (const [index, view] of views.entries()) {
      const before = this.state.views[index];
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
