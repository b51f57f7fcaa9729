import { toInstant, type Instant } from './clock.ts';

/** RFC 3339 in UTC with the fraction's trailing zeros trimmed, as Go prints it. */
export function formatTimestamp(instant: Instant): string {
  const text = new Date(instant).toISOString();
  const fraction = text.slice(20, 23).replace(/0+$/, '');
  return `${text.slice(0, 19)}${fraction === '' ? '' : `.${fraction}`}Z`;
}

/** The instant of an RFC 3339 text, to the millisecond; undefined when it is none. */
export function parseTimestamp(text: string): Instant | undefined {
  const ms = Date.parse(text);
  return Number.isNaN(ms) ? undefined : toInstant(ms);
}
