const POWER: Readonly<Record<string, number>> = { k: 1, m: 2, g: 3, t: 4, p: 5 };

/** What parsing a size gave; the reason is the text that docker prints. */
export type ParsedBytes =
  | { readonly kind: 'ok'; readonly bytes: number }
  | { readonly kind: 'error'; readonly reason: string };

/**
 * Reads a size as docker does: `64M`, `1.5gb`, `512 kib`, `1024`.
 *
 * All suffixes are powers of 1024; fractions of a byte are cut off.
 * @source docker/go-units RAMInBytes; spec/stack-file.md 9.3
 */
export function parseBytes(text: string): ParsedBytes {
  const match = /^(.*[\d. ])([^\d. ]*)$/s.exec(text);
  if (!match) return { kind: 'error', reason: `invalid size: '${text}'` };
  const digits = (match[1] ?? '').replace(/ $/, '');
  const suffix = (match[2] ?? '').toLowerCase();
  if (!/^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(digits) || digits.startsWith('-')) {
    return { kind: 'error', reason: `invalid size: '${text}'` };
  }
  const factor = suffixFactor(suffix);
  if (factor === undefined) return { kind: 'error', reason: `invalid suffix: '${suffix}'` };
  return { kind: 'ok', bytes: Math.trunc(Number(digits) * factor) };
}

function suffixFactor(suffix: string): number | undefined {
  if (suffix === '' || suffix === 'b') return 1;
  const unit = /^([kmgtp])(?:i?b)?$/.exec(suffix)?.[1];
  return unit === undefined ? undefined : 1024 ** (POWER[unit] ?? 0);
}
