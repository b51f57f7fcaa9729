/**
 * The candidate closest to `word`, if close enough to be a slip of the fingers.
 *
 * Case-insensitive; at most one edit per three characters (transpositions count one).
 */
export function didYouMean(word: string, candidates: Iterable<string>): string | undefined {
  const limit = Math.max(1, Math.floor(word.length / 3));
  let best: string | undefined;
  let bestDistance = limit + 1;
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - word.length) > limit || word.length > 64) continue;
    const distance = editDistance(word.toLowerCase(), candidate.toLowerCase());
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/** Optimal string alignment distance over three rolling rows. */
function editDistance(a: string, b: string): number {
  let beforeLast: readonly number[] = [];
  let last: readonly number[] = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let at = 1; at <= a.length; at += 1) {
    const row = nextRow(a, b, at, [beforeLast, last]);
    beforeLast = last;
    last = row;
  }
  return last[b.length] ?? 0;
}

function nextRow(
  a: string,
  b: string,
  at: number,
  [beforeLast, last]: readonly [readonly number[], readonly number[]],
): number[] {
  const cell = (row: readonly number[], index: number): number => row[index] ?? Infinity;
  const row = [at];
  for (let j = 1; j <= b.length; j += 1) {
    const substitution = cell(last, j - 1) + (a[at - 1] === b[j - 1] ? 0 : 1);
    const isSwap = a[at - 1] === b[j - 2] && a[at - 2] === b[j - 1];
    const swap = isSwap ? cell(beforeLast, j - 2) + 1 : Infinity;
    row.push(Math.min(cell(last, j) + 1, cell(row, j - 1) + 1, substitution, swap));
  }
  return row;
}
