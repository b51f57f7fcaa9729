import { type Extent, YamlError } from './yaml-error.ts';

/**
 * Counts how large the document is once aliases are written out, and refuses bombs.
 *
 * A few nodes may stand for many, but the larger the whole, the fewer of them may be copies: 99 %
 * up to 400,000 nodes, falling to 10 % at 4,000,000.
 * @source go-yaml v3 decode.go (allowedAliasRatio)
 */
export class AliasBudget {
  /** Nodes so far, aliases written out. */
  visited = 0;
  private copied = 0;

  count(): void {
    this.visited += 1;
  }

  /** @throws YamlError when the document has become too much larger than its text */
  countAlias(size: number, extent: Extent): void {
    this.visited += size;
    this.copied += size;
    if (this.copied <= 100 || this.visited <= 1000) return;
    if (this.copied / this.visited <= allowedRatio(this.visited)) return;
    throw new YamlError({
      code: 'yaml-limit',
      message: 'document contains excessive aliasing',
      extent,
      hint: 'write fewer aliases of aliases',
    });
  }
}

function allowedRatio(visited: number): number {
  const low = 400_000;
  const high = 4_000_000;
  if (visited <= low) return 0.99;
  if (visited >= high) return 0.1;
  return 0.99 - 0.89 * ((visited - low) / (high - low));
}
