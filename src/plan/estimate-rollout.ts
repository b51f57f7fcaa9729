import type { Operation } from './plan.ts';
import { parseTimestamp } from '../base/timestamp.ts';
import type { ObservedTask } from '../orchestrator/scheduler/observed-cluster.ts';
import { isAvailable } from '../orchestrator/update/plan-update.ts';
import { resolveUpdateConfig } from '../orchestrator/update/update-config.ts';
import type { ServiceSpec } from '../swarm/service.ts';

/** What a task takes to start when nothing is known of it, ms: the image is there. */
export const ASSUMED_START_MS = 2000;
/** What a task takes to stop, ms; SIGTERM is obeyed. */
export const ASSUMED_STOP_MS = 1000;
/** Docker's interval of health checks, ms. */
const DEFAULT_INTERVAL_MS = 30_000;
/** A start that took longer is no measure: somebody waited for room. ms */
const LONGEST_START_MS = 10 * 60_000;
const NS_PER_MS = 1e6;

/** How long a task of a service takes from its creation until it runs. */
export interface StartTime {
  readonly ms: number;
  /** The median of so many running tasks; 0 = assumed. */
  readonly measuredOn: number;
}

/** Measured on the service's running tasks; else assumed, with the first health check. */
export function startTimeOf(spec: ServiceSpec, tasks: readonly ObservedTask[]): StartTime {
  const measured = tasks
    .filter(isAvailable)
    .map(
      ({ CreatedAt, Status }) =>
        (parseTimestamp(Status.Timestamp ?? '') ?? NaN) - (parseTimestamp(CreatedAt) ?? NaN),
    )
    .filter((ms) => ms >= 0 && ms <= LONGEST_START_MS)
    .sort((a, b) => a - b);
  const median = measured[measured.length >> 1];
  if (median !== undefined) return { ms: median, measuredOn: measured.length };
  const check = spec.TaskTemplate.ContainerSpec?.Healthcheck;
  const isChecked = check?.Test !== undefined && check.Test[0] !== 'NONE';
  const interval = check?.StartInterval || check?.Interval;
  const firstCheckMs = interval ? interval / NS_PER_MS : DEFAULT_INTERVAL_MS;
  return { ms: ASSUMED_START_MS + (isChecked ? firstCheckMs : 0), measuredOn: 0 };
}

/**
 * How long the orchestrator works on an update of so many slots, its monitoring at the end
 * included, ms.
 * @source spec/orchestrator.md 13.2, 13.5
 */
export function estimateUpdateMs(spec: ServiceSpec, slots: number, startMs: number): number {
  const { parallelism, delayMs, monitorMs, order } = resolveUpdateConfig(spec, false);
  const rounds = Math.ceil(slots / (parallelism || slots));
  const workMs = startMs + (order === 'stop-first' ? ASSUMED_STOP_MS : 0);
  const watchMs = delayMs >= monitorMs ? delayMs + 1000 : monitorMs;
  return rounds * (workMs + delayMs) + watchMs;
}

/** Until the last service is done, ms, when each begins as those that it waits for are. */
export function longestCourseMs(
  operations: readonly Operation[],
  services: ReadonlyMap<string, { readonly durationMs?: number }>,
): number {
  const ends = new Map<string, number>();
  for (const { kind, name, waitsFor } of operations) {
    if (!kind.startsWith('service-')) continue;
    const waited = waitsFor.filter(({ condition }) => condition !== 'order');
    const start = Math.max(0, ...waited.map(({ service }) => ends.get(service) ?? 0));
    ends.set(name, start + (services.get(name)?.durationMs ?? 0));
  }
  return Math.max(0, ...ends.values());
}
