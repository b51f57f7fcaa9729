import type { Healthcheck } from '../swarm/service.ts';

/** A health check with docker's defaults filled in; durations in ms. */
export interface HealthPlan {
  /** Ready to execute; CMD-SHELL has become `/bin/sh -c`. */
  readonly argv: readonly [string, ...string[]];
  readonly intervalMs: number;
  readonly timeoutMs: number;
  readonly retries: number;
  readonly startPeriodMs: number;
  readonly startIntervalMs: number;
}

/** What the probes so far mean. */
export interface Health {
  readonly status: 'starting' | 'healthy' | 'unhealthy';
  /** Failed probes in a row. */
  readonly failures: number;
}

export const STARTING: Health = { status: 'starting', failures: 0 };

const MS = 1e6;

/**
 * What a health check asks to be done; undefined when there is none (`NONE`, or nothing given).
 * @throws Error when the test has a form that docker does not know
 * @source Engine API, HealthConfig; moby daemon/health.go (defaults)
 */
export function planHealth(check: Healthcheck | undefined): HealthPlan | undefined {
  const [form, ...rest] = check?.Test ?? [];
  if (check === undefined || form === undefined || form === 'NONE') return undefined;
  return {
    argv: toArgv(form, rest),
    intervalMs: orDefault(check.Interval, 30_000),
    timeoutMs: orDefault(check.Timeout, 30_000),
    retries: check.Retries || 3,
    startPeriodMs: (check.StartPeriod ?? 0) / MS,
    startIntervalMs: orDefault(check.StartInterval, 5_000),
  };
}

function orDefault(ns: number | undefined, defaultMs: number): number {
  return ns ? ns / MS : defaultMs;
}

function toArgv(form: string, rest: readonly string[]): HealthPlan['argv'] {
  if (form === 'CMD-SHELL') return ['/bin/sh', '-c', rest.join(' ')];
  const [program, ...args] = rest;
  if (form === 'CMD' && program !== undefined) return [program, ...args];
  throw new Error(`unknown form of health check: ${[form, ...rest].join(' ')}`);
}

/**
 * The health after one more probe. A success counts at once; failures while starting do not count
 * within the start period.
 * @param sinceStartMs - from the task's start to the probe's
 * @source moby daemon/health.go (handleProbeResult)
 */
export function afterProbe(
  health: Health,
  isPassed: boolean,
  plan: HealthPlan,
  sinceStartMs: number,
): Health {
  if (isPassed) return { status: 'healthy', failures: 0 };
  if (health.status === 'starting' && sinceStartMs < plan.startPeriodMs) return health;
  const failures = health.failures + 1;
  return { status: failures >= plan.retries ? 'unhealthy' : health.status, failures };
}

/** The pause before the next probe, ms. @source moby daemon/health.go (getInterval) */
export function probeDelayMs(health: Health, plan: HealthPlan, sinceStartMs: number): number {
  const isStarting = health.status === 'starting' && sinceStartMs < plan.startPeriodMs;
  return isStarting ? plan.startIntervalMs : plan.intervalMs;
}
