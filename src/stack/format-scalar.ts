import {
  isYamlMap,
  YamlFloat,
  YamlTimestamp,
  type YamlScalar,
  type YamlValue,
} from './yaml-values.ts';

/**
 * A scalar as the text docker puts into environments, labels and options.
 *
 * Null becomes the empty string; callers for whom null means something else ask before.
 * @source spec/stack-file.md section 4, table of scalars turned into strings
 */
export function formatScalar(value: YamlScalar): string {
  if (typeof value === 'string') return value;
  if (value === null) return '';
  if (typeof value === 'number') {
    return Number.isInteger(value) ? BigInt(value).toString() : formatFloat(value);
  }
  if (value instanceof YamlFloat) return formatFloat(value.value);
  if (value instanceof YamlTimestamp) return formatTimestamp(value.text);
  return String(value);
}

/** Shortest digits; an exponent below -4 or from 6 on is written out, as Go's `%v` does. */
function formatFloat(value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf';
  if (Object.is(value, -0)) return '-0';
  const [mantissa = '', power = '0'] = value.toExponential().split('e');
  const exponent = Number(power);
  if (exponent >= -4 && exponent < 6) return plainDecimal(value);
  const digits = String(Math.abs(exponent)).padStart(2, '0');
  return `${mantissa}e${exponent < 0 ? '-' : '+'}${digits}`;
}

/** JavaScript switches to exponents below 1e-6 only, so this range is always plain. */
function plainDecimal(value: number): string {
  return String(value);
}

const TIMESTAMP =
  /^(\d{4})-(\d\d?)-(\d\d?)(?:(?:[Tt]|[ \t]+)(\d\d?):(\d\d):(\d\d)(?:\.(\d*))?[ \t]*(Z|[-+]\d\d?(?::?\d\d)?)?)?$/;

/** `2024-01-02` → `2024-01-02 00:00:00 +0000 UTC`, the text of Go's time.Time. */
function formatTimestamp(text: string): string {
  const match = TIMESTAMP.exec(text);
  if (!match) return text;
  const [, year = '', month = '', day = '', hour = '0', minute = '0', second = '0'] = match;
  const two = (digits: string): string => digits.padStart(2, '0');
  const fraction = (match[7] ?? '').slice(0, 9).replace(/0+$/, '');
  const time = `${two(hour)}:${two(minute)}:${two(second)}${fraction === '' ? '' : `.${fraction}`}`;
  return `${year}-${two(month)}-${two(day)} ${time} ${formatZone(match[8])}`;
}

function formatZone(zone: string | undefined): string {
  if (zone === undefined || zone === 'Z') return '+0000 UTC';
  const [, sign = '+', hours = '0', minutes = '00'] = /^([-+])(\d\d?):?(\d\d)?$/.exec(zone) ?? [];
  const offset = `${sign}${hours.padStart(2, '0')}${minutes}`;
  return offset === '+0000' || offset === '-0000' ? '+0000 UTC' : `${offset} ${offset}`;
}

/** The text of a scalar; empty for null, for nothing, and for lists and mappings. */
export function textOf(value: YamlValue | undefined): string {
  if (value === undefined || value === null || isYamlMap(value) || Array.isArray(value)) return '';
  return formatScalar(value as YamlScalar);
}
