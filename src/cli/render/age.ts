import type { Instant } from '../../base/clock.ts';
import type { Timestamp } from '../../swarm/object.ts';

const HOURS_PER_DAY = 24;
const HOURS_PER_WEEK = 7 * HOURS_PER_DAY;
const HOURS_PER_MONTH = 30 * HOURS_PER_DAY;
const HOURS_PER_YEAR = 365 * HOURS_PER_DAY;

/** Go's durations end at 2^63 ns, 292 years: the age of a time that was never set. */
const LONGEST_MS = 2 ** 63 / 1e6;

/**
 * A duration in docker's words: `less than a second`, `about a minute`, `3 weeks`.
 * @source spec/stack-file.md section 2.4, Ages (docker/go-units HumanDuration)
 */
export function describeDuration(durationMs: number): string {
  const seconds = Math.trunc(Math.min(durationMs, LONGEST_MS) / 1000);
  if (seconds < 1) return 'less than a second';
  if (seconds === 1) return '1 second';
  if (seconds < 60) return `${seconds} seconds`;
  const minutes = Math.trunc(seconds / 60);
  if (minutes === 1) return 'about a minute';
  if (minutes < 60) return `${minutes} minutes`;
  return describeHours(Math.trunc(seconds / 3600 + 0.5));
}

function describeHours(hours: number): string {
  if (hours === 1) return 'about an hour';
  if (hours < 2 * HOURS_PER_DAY) return `${hours} hours`;
  if (hours < 2 * HOURS_PER_WEEK) return `${Math.trunc(hours / HOURS_PER_DAY)} days`;
  if (hours < 2 * HOURS_PER_MONTH) return `${Math.trunc(hours / HOURS_PER_WEEK)} weeks`;
  if (hours < 2 * HOURS_PER_YEAR) return `${Math.trunc(hours / HOURS_PER_MONTH)} months`;
  return `${Math.trunc(hours / HOURS_PER_YEAR)} years`;
}

/** `5 minutes ago`; empty for a time the engine did not tell. */
export function describeAge(then: Timestamp | undefined, now: Instant): string {
  const instant = Date.parse(then ?? '');
  return Number.isNaN(instant) ? '' : `${describeDuration(now - instant)} ago`;
}
