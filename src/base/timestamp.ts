import { toInstant, type Instant } from './clock.ts';

/** The last answer: whatever happens at one instant is stamped with it. */
let last = { instant: NaN, text: '' };

/** RFC 3339 in UTC with the fraction's trailing zeros trimmed, as Go prints it. */
export function formatTimestamp(instant: Instant): string {
  if (instant !== last.instant) last = { instant, text: toText(instant) };
  return last.text;
}

function toText(instant: Instant): string {
  const text = new Date(instant).toISOString();
  const ms = Math.trunc(instant) % 1000;
  if (ms === 0) return `${text.slice(0, 19)}Z`;
  if (ms % 100 === 0) return `${text.slice(0, 21)}Z`;
  return ms % 10 === 0 ? `${text.slice(0, 22)}Z` : text;
}

/** The instant of an RFC 3339 text, to the millisecond; undefined when it is none. */
export function parseTimestamp(text: string): Instant | undefined {
  const ms = Date.parse(text);
  return Number.isNaN(ms) ? undefined : toInstant(ms);
}
