import { httpError } from './http-errors.ts';

const NS_PER_SECOND = 1_000_000_000n;

/**
 * A time in a query: seconds since the epoch, with or without a fraction, as nanoseconds.
 * @returns undefined when the text is empty
 * @throws HttpError 500 with strconv's complaint after `before`
 * @source spec/engine-api.md sections 3 and 8
 */
export function parseQueryTime(text: string | undefined, before = ''): bigint | undefined {
  if (text === undefined || text === '') return undefined;
  const match = /^([+-]?\d{1,18})(?:\.(\d{1,9}))?$/.exec(text);
  if (!match) {
    const [seconds = ''] = text.split('.');
    const bad = /^[+-]?\d{1,18}$/.test(seconds) ? text.slice(seconds.length + 1) : seconds;
    const why = `strconv.ParseInt: parsing ${JSON.stringify(bad)}: invalid syntax`;
    throw httpError('internal', `${before}${why}`);
  }
  const [, seconds = '0', fraction = ''] = match;
  return BigInt(seconds) * NS_PER_SECOND + BigInt(fraction.padEnd(9, '0'));
}
