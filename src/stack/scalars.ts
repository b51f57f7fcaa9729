import { parseBytes } from '../base/bytes.ts';
import { formatDuration, parseDuration } from '../base/duration.ts';
import type { Nanoseconds } from '../swarm/object.ts';
import type { Codec } from './codec.ts';
import type { Cursor } from './cursor.ts';
import { formatScalar } from './format-scalar.ts';
import { YamlFloat, YamlTimestamp, type YamlScalar, type YamlValue } from './yaml-values.ts';

/**
 * Whether docker holds the value by pointer: then a zero is printed and sent, and (for whole
 * numbers) overrides an earlier value; otherwise zero means absent.
 */
interface ZeroOptions {
  readonly zero: 'kept' | 'absent';
}

function isScalar(value: YamlValue): value is YamlScalar {
  return (
    typeof value !== 'object' ||
    value === null ||
    value instanceof YamlFloat ||
    value instanceof YamlTimestamp
  );
}

/**
 * The value as text; undefined (and reported) when it is a list or a mapping.
 *
 * For members of mappings: docker formats whatever scalar stands there, dates too.
 */
export function toText(value: YamlValue, at: Cursor): string | undefined {
  if (isScalar(value)) return formatScalar(value);
  at.error({ code: 'invalid-type', reason: 'must be a string' });
  return undefined;
}

/**
 * As `toText`, for places of a string.
 *
 * Parity: an unquoted date passes docker's schema as a string and is refused when it is decoded.
 */
export function requireString(value: YamlValue, at: Cursor): string | undefined {
  if (!(value instanceof YamlTimestamp) || at.context.format === 'compose') {
    return toText(value, at);
  }
  const reason = `expected type 'string', got unconvertible type 'time.Time'`;
  at.error({ code: 'invalid-type', reason, hint: 'put the date in quotes' });
  return undefined;
}

/** A string; the empty one means absent and never overrides. */
export const text: Codec<string> = {
  decode: (value, at) => (value === null ? undefined : requireString(value, at)),
  merge: (base, over) => (over === '' ? base : over),
  print: (value) => (value === '' ? undefined : value),
};

/** A string whose letter case says nothing; kept as written, compared by the engine. */
export const flag: Codec<boolean> = {
  decode: toBoolean,
  merge: (base, over) => base || over,
  print: (value) => (value ? true : undefined),
};

/** A three-valued switch: unset, true, false. A later false does not override. */
export const optionalFlag: Codec<boolean> = {
  decode: toBoolean,
  // Parity: docker's merge takes a pointer to false for "nothing said" (merge-bool-false).
  merge: (base, over) => base || over,
  print: (value) => value,
};

function toBoolean(value: YamlValue, at: Cursor): boolean | undefined {
  if (value === null) return undefined;
  if (typeof value === 'boolean') return value;
  if (value === 'true' || value === 'false') return value === 'true';
  const word = at.context.format === 'compose' && typeof value === 'string' ? value : '';
  if (/^(?:true|yes|y|on|1)$/i.test(word)) return true;
  if (/^(?:false|no|n|off|0)$/i.test(word)) return false;
  at.error({ code: 'invalid-type', reason: 'must be a boolean' });
  return undefined;
}

const MAX_UINT32 = 2 ** 32;

/** The number of a scalar; strings only when they are plain decimal numbers. */
export function toNumber(value: YamlValue): number | undefined {
  if (typeof value === 'number') return value;
  if (typeof value === 'bigint') return Number(value);
  if (value instanceof YamlFloat) return value.value;
  if (typeof value === 'string' && /^[-+]?\d+(?:\.\d+)?$/.test(value)) return Number(value);
  return undefined;
}

interface WholeNumberOptions extends ZeroOptions {
  /** Width docker decodes into; a negative number does not fit an unsigned one. */
  readonly as: 'uint32' | 'uint64' | 'int64';
}

/** An integer; fractions are cut off, and 32-bit ones wrap, as in docker. */
export function wholeNumber(options: WholeNumberOptions): Codec<number> {
  const keepsZero = options.zero === 'kept';
  return {
    decode: (value, at) => {
      if (value === null) return undefined;
      const number = toNumber(value);
      if (number === undefined) {
        at.error({ code: 'invalid-type', reason: 'must be an integer' });
        return undefined;
      }
      const whole = Math.trunc(number);
      if (whole < 0 && options.as !== 'int64') {
        const reason = `cannot parse value as '${options.as}': ${formatScalar(whole)} overflows uint`;
        at.error({ code: 'negative-number', reason, hint: 'write zero or a positive number' });
        return undefined;
      }
      return options.as === 'uint32' ? whole % MAX_UINT32 : whole;
    },
    merge: (base, over) => (over !== 0 || keepsZero ? over : base),
    print: (value) => (value !== 0 || keepsZero ? value : undefined),
  };
}

/** Permission bits; a text is octal, as the Compose Specification says. */
export function fileMode(as: WholeNumberOptions['as']): Codec<number> {
  const bits = wholeNumber({ as, zero: 'kept' });
  return {
    ...bits,
    decode: (value, at) => {
      if (typeof value !== 'string' || at.context.format === 'docker') {
        return bits.decode(value, at);
      }
      if (/^(?:0o)?[0-7]+$/.test(value)) return Number.parseInt(value.replace('0o', ''), 8);
      const hint = 'write octal digits: "0440"';
      at.error({ code: 'invalid-type', reason: 'must be permission bits', hint });
      return undefined;
    },
  };
}

/** A fraction such as max_failure_ratio; zero means absent. */
export const ratio: Codec<number> = {
  decode: (value, at) => {
    if (value === null) return undefined;
    const number = toNumber(value);
    if (number === undefined) at.error({ code: 'invalid-type', reason: 'must be a number' });
    return number === undefined ? undefined : shortestFloat32(number);
  },
  merge: (base, over) => (over === 0 ? base : over),
  print: (value) => (value === 0 ? undefined : value),
};

/** Parity: docker holds a ratio in 32 bits; the shortest text of that float is shown and sent. */
function shortestFloat32(value: number): number {
  const single = Math.fround(value);
  for (let digits = 1; digits <= 9; digits += 1) {
    const candidate = Number(single.toPrecision(digits));
    if (Math.fround(candidate) === single) return candidate;
  }
  return single;
}

/** A Go duration, in ns; a later zero does not override. */
export function duration(options: ZeroOptions): Codec<Nanoseconds> {
  return {
    decode: (value, at) => {
      if (value === null) return undefined;
      const parsed = parseDuration(isScalar(value) ? formatScalar(value) : '');
      if (parsed.kind === 'ok') return parsed.ns as Nanoseconds;
      const hint = 'write a number and a unit: 500ms, 30s, 1m30s, 2h';
      at.error({ code: 'invalid-duration', reason: parsed.reason, hint });
      return undefined;
    },
    merge: (base, over) => (over === 0 ? base : over),
    print: (value) =>
      value === 0 && options.zero === 'absent' ? undefined : formatDuration(value),
  };
}

/** A size in bytes, printed as a decimal string; zero means absent. */
export const byteSize: Codec<number> = {
  decode: (value, at) => {
    if (value === null) return undefined;
    const parsed = parseBytes(isScalar(value) ? formatScalar(value) : '');
    if (parsed.kind === 'ok') return parsed.bytes;
    const hint = 'write a number and a unit: 64M, 1.5G, 512k';
    at.error({ code: 'invalid-size', reason: parsed.reason, hint });
    return undefined;
  },
  merge: (base, over) => (over === 0 ? base : over),
  print: (value) => (value === 0 ? undefined : String(value)),
};

/** A value kept as written, for keys that have no effect on Swarm. */
export const asWritten: Codec<NonNullable<YamlValue>> = {
  decode: (value) => value ?? undefined,
  merge: (_base, over) => over,
  print: (value) => value,
};
