import { compareStrings } from '../../base/compare.ts';

/**
 * Natural order, as docker sorts names: runs of digits by value, everything else by character.
 *
 * `Zed`, `app2`, `app10`; with equal values the run with fewer leading zeros comes first.
 * @source spec/stack-file.md section 2.1 (fvbommel/sortorder)
 */
export function compareNatural(a: string, b: string): number {
  const left = chunksOf(a);
  const right = chunksOf(b);
  for (let at = 0; at < Math.min(left.length, right.length); at += 1) {
    const order = compareChunks(left[at] ?? '', right[at] ?? '');
    if (order !== 0) return order;
  }
  return left.length - right.length || a.length - b.length;
}

function chunksOf(text: string): readonly string[] {
  return text.match(/\d+|\D/g) ?? [];
}

/** Digits sort before anything else. */
function compareChunks(a: string, b: string): number {
  const [first, second] = [isDigits(a), isDigits(b)];
  if (first !== second) return first ? -1 : 1;
  if (!first) return compareStrings(a, b);
  const [x, y] = [a.replace(/^0+/, ''), b.replace(/^0+/, '')];
  return x.length - y.length || compareStrings(x, y) || a.length - b.length;
}

function isDigits(chunk: string): boolean {
  return /^\d/.test(chunk);
}
