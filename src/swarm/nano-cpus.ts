/** What parsing a number of CPUs gave; the reason is the text that docker prints. */
export type ParsedNanoCpus =
  | { readonly kind: 'ok'; readonly nanoCpus: number }
  | { readonly kind: 'error'; readonly reason: string };

/** `0.5`, `.5`, `2e-1`, `1p-2`: the power is of ten, or of two. */
const DECIMAL = /^(\d*)(?:\.(\d*))?(?:([eEpP])([-+]?\d{1,4}))?$/;
/** `0x1p-2`: digits of base 16, 8 or 2, and a power of two. */
const PREFIXED =
  /^0(?:[xX]([\da-fA-F]*)(?:\.([\da-fA-F]*))?|[oO]([0-7]*)(?:\.([0-7]*))?|[bB]([01]*)(?:\.([01]*))?)(?:[pP]([-+]?\d{1,4}))?$/;
/** Either side of `1/4`. */
const WHOLE = /^(?:0[xX][\da-fA-F]+|0[oO]?[0-7]+|0[bB][01]+|0|[1-9]\d*)$/;
const BILLION = 1_000_000_000n;

/**
 * Reads a number of CPUs (`0.5`, `.5`, `1/4`, `2e-1`) in billionths of one.
 * @source docker/cli opts.ParseCPUs; spec/stack-file.md 9.3
 */
export function parseNanoCpus(text: string): ParsedNanoCpus {
  const fraction = parseRational(text);
  if (!fraction) {
    return { kind: 'error', reason: `failed to parse ${text} as a rational number` };
  }
  const scaled = fraction.numerator * BILLION;
  if (scaled % fraction.denominator !== 0n) {
    return { kind: 'error', reason: 'value is too precise' };
  }
  return { kind: 'ok', nanoCpus: Number(scaled / fraction.denominator) };
}

interface Rational {
  readonly numerator: bigint;
  readonly denominator: bigint;
}

/** What Go's `big.Rat` reads: any base, `_` between digits, fractions, powers. */
function parseRational(text: string): Rational | undefined {
  const isNegative = text.startsWith('-');
  const written = text.replace(/^[-+]/, '');
  if (/^_|_$|__|[^\da-fA-FxXoObB]_|_[^\da-fA-F]/.test(written)) return undefined;
  const body = written.replaceAll('_', '');
  const unsigned = body.includes('/')
    ? fromFraction(body)
    : (fromDecimal(body) ?? fromPrefixed(body));
  return unsigned && isNegative ? { ...unsigned, numerator: -unsigned.numerator } : unsigned;
}

function fromFraction(text: string): Rational | undefined {
  const [above = '', below = '', more] = text.split('/');
  if (more !== undefined || !WHOLE.test(above) || !WHOLE.test(below)) return undefined;
  const denominator = toWhole(below);
  return denominator === 0n ? undefined : { numerator: toWhole(above), denominator };
}

/** A leading zero alone means octal here, and only here. */
function toWhole(text: string): bigint {
  return BigInt(text.replace(/^0(?=\d)/, '0o'));
}

function fromDecimal(text: string): Rational | undefined {
  const match = DECIMAL.exec(text);
  const [, whole = '', decimals = '', letter = 'e', power = '0'] = match ?? [];
  if (whole + decimals === '') return undefined;
  const decimal = scaled(BigInt(whole + decimals), 10n, -decimals.length);
  const { numerator, denominator } = scaled(
    1n,
    letter.toLowerCase() === 'p' ? 2n : 10n,
    Number(power),
  );
  return {
    numerator: decimal.numerator * numerator,
    denominator: decimal.denominator * denominator,
  };
}

/** Bits of a digit. */
const BITS = { x: 4, o: 3, b: 1 } as const;

function fromPrefixed(text: string): Rational | undefined {
  const match = PREFIXED.exec(text);
  if (!match) return undefined;
  const base = (text[1] ?? '').toLowerCase() as keyof typeof BITS;
  const whole = match[1] ?? match[3] ?? match[5] ?? '';
  const places = match[2] ?? match[4] ?? match[6] ?? '';
  if (whole + places === '') return undefined;
  const power = Number(match[7] ?? 0) - BITS[base] * places.length;
  return scaled(BigInt(`0${base}${whole}${places}`), 2n, power);
}

function scaled(digits: bigint, base: bigint, power: number): Rational {
  return power >= 0
    ? { numerator: digits * base ** BigInt(power), denominator: 1n }
    : { numerator: digits, denominator: base ** BigInt(-power) };
}
