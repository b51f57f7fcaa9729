import { formatDuration, parseDuration } from '../../base/duration.ts';
import { UsageError } from '../../base/errors.ts';
import { toInstant, type Instant } from '../../base/clock.ts';
import { parseTimestamp } from '../../base/timestamp.ts';

const NS_PER_MS = 1e6;
const MS_PER_S = 1000;

/**
 * A point in time as people write it: `10m` (ago), an RFC 3339 time, a date, or seconds since 1970.
 * @throws UsageError
 */
export function parsePointInTime(text: string, flag: string, now: Instant): Instant {
  if (/^\d+(?:\.\d+)?$/.test(text)) return toInstant(Number(text) * MS_PER_S);
  const duration = parseDuration(text);
  if (duration.kind === 'ok') return toInstant(now - duration.ns / NS_PER_MS);
  const instant = /^\d{4}-\d{2}-\d{2}/.test(text) ? parseTimestamp(text) : undefined;
  if (instant !== undefined) return instant;
  throw new UsageError(
    `invalid time '${text}' for --${flag}`,
    `Write how long ago (${formatDuration(600 * MS_PER_S * NS_PER_MS)}), a time (2026-11-20T10:00:00Z), or seconds since 1970.`,
  );
}

/** `all`, or how many lines. @throws UsageError */
export function parseTail(text: string): number | undefined {
  if (text === 'all') return undefined;
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new UsageError(`invalid number of lines '${text}' for --tail`, 'Write a number, or all.');
}
