const NANOSECONDS: Readonly<Record<string, number>> = {
  ns: 1,
  us: 1_000,
  µs: 1_000,
  μs: 1_000,
  ms: 1_000_000,
  s: 1_000_000_000,
  m: 60_000_000_000,
  h: 3_600_000_000_000,
};

const DURATION = /^[-+]?(?:(?:\d+(?:\.\d*)?|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+$/;
const SIMPLE = /^(\d{1,9})(ns|us|ms|s|m|h)$/;
const PART = /(\d*)(?:\.(\d*))?(ns|us|µs|μs|ms|s|m|h)/g;
const MAX_INT64 = 9_223_372_036_854_775_807n;

/** What parsing a duration gave; the reason is the text that Go prints. */
export type ParsedDuration =
  | { readonly kind: 'ok'; readonly ns: number }
  | { readonly kind: 'error'; readonly reason: string };

/**
 * Reads a Go duration such as `1m30s`, `1.5h`, `-2s`, `0`.
 *
 * Fractions below a nanosecond are cut off. Whole seconds are exact over the whole range of 292
 * years; a finer duration that a double cannot hold is an error.
 * @source Go time.ParseDuration
 */
export function parseDuration(text: string): ParsedDuration {
  const simple = SIMPLE.exec(text);
  if (simple) {
    const ns = Number(simple[1]) * (NANOSECONDS[simple[2] ?? ''] ?? 0);
    if (Number.isSafeInteger(ns)) return { kind: 'ok', ns };
  }
  if (/^[-+]?0$/.test(text)) return { kind: 'ok', ns: 0 };
  if (!DURATION.test(text)) return { kind: 'error', reason: explain(text) };
  const total = sumParts(text);
  if (total > MAX_INT64) return { kind: 'error', reason: `time: invalid duration "${text}"` };
  const ns = Number(total);
  if (BigInt(ns) !== total) {
    return {
      kind: 'error',
      reason: `time: duration "${text}" is longer than 104 days and too fine`,
    };
  }
  return { kind: 'ok', ns: text.startsWith('-') && ns !== 0 ? -ns : ns };
}

function sumParts(text: string): bigint {
  let total = 0n;
  for (const [, whole = '', fraction = '', unit = ''] of text.matchAll(PART)) {
    const scale = BigInt(NANOSECONDS[unit] ?? 0);
    const digits = fraction.slice(0, 18);
    total += BigInt(whole === '' ? '0' : whole) * scale;
    if (digits !== '') total += (BigInt(digits) * scale) / 10n ** BigInt(digits.length);
  }
  return total;
}

function explain(text: string): string {
  if (/^[-+]?(?:\d+(?:\.\d*)?|\.\d+)$/.test(text)) {
    return `time: missing unit in duration "${text}"`;
  }
  const unit =
    /^[-+]?(?:(?:\d+(?:\.\d*)?|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))*(?:\d+(?:\.\d*)?|\.\d+)([^\d.]+)/.exec(
      text,
    )?.[1];
  return unit === undefined
    ? `time: invalid duration "${text}"`
    : `time: unknown unit "${unit}" in duration "${text}"`;
}

/**
 * A duration as Go prints it: `1m30s`, `2h0m0s`, `1.5ms`, `0s`.
 * @param ns - nanoseconds
 * @source Go time.Duration.String
 */
export function formatDuration(ns: number): string {
  if (ns === 0) return '0s';
  const sign = ns < 0 ? '-' : '';
  const size = Math.abs(ns);
  if (size < 1_000) return `${sign}${size}ns`;
  if (size < 1_000_000) return `${sign}${decimal(size, 1_000)}µs`;
  if (size < 1_000_000_000) return `${sign}${decimal(size, 1_000_000)}ms`;
  return sign + formatSeconds(BigInt(size));
}

function formatSeconds(size: bigint): string {
  const minutes = size / 60_000_000_000n;
  const rest = decimal(Number(size % 60_000_000_000n), 1_000_000_000);
  if (minutes === 0n) return `${rest}s`;
  return minutes < 60n ? `${minutes}m${rest}s` : `${minutes / 60n}h${minutes % 60n}m${rest}s`;
}

/** `value / unit` in decimal digits without trailing zeros. */
function decimal(value: number, unit: number): string {
  const whole = Math.floor(value / unit);
  const rest = value % unit;
  if (rest === 0) return String(whole);
  const digits = String(rest).padStart(String(unit).length - 1, '0');
  return `${whole}.${digits.replace(/0+$/, '')}`;
}
