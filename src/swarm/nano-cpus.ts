/** What parsing a number of CPUs gave; the reason is the text that docker prints. */
export type ParsedNanoCpus =
  | { readonly kind: 'ok'; readonly nanoCpus: number }
  | { readonly kind: 'error'; readonly reason: string };

const RATIONAL = /^([-+]?)(?:(\d+)\/(\d+)|(\d*)(?:\.(\d*))?(?:[eE]([-+]?\d{1,4}))?)$/;
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

function parseRational(text: string): Rational | undefined {
  const match = RATIONAL.exec(text);
  if (!match) return undefined;
  const [, sign = '', above, below, whole = '', decimals = '', power = '0'] = match;
  const unsigned =
    above === undefined
      ? fromDecimal({ whole, decimals, power })
      : fromFraction(above, below ?? '0');
  if (!unsigned || sign !== '-') return unsigned;
  return { ...unsigned, numerator: -unsigned.numerator };
}

function fromFraction(above: string, below: string): Rational | undefined {
  const denominator = BigInt(below);
  return denominator === 0n ? undefined : { numerator: BigInt(above), denominator };
}

function fromDecimal(parts: {
  whole: string;
  decimals: string;
  power: string;
}): Rational | undefined {
  const digits = parts.whole + parts.decimals;
  if (digits === '') return undefined;
  const exponent = Number(parts.power) - parts.decimals.length;
  const numerator = BigInt(digits);
  return exponent >= 0
    ? { numerator: numerator * 10n ** BigInt(exponent), denominator: 1n }
    : { numerator, denominator: 10n ** BigInt(-exponent) };
}
