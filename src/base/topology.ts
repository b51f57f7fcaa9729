/** What {@link sortTopologically} found. */
export interface Topology {
  /** How many others come one after the other before each node; 0 needs none. In a cycle: absent. */
  readonly levels: ReadonlyMap<string, number>;
  /** One cycle of each knot, `[a, b]` for a → b → a; empty when there is an order. */
  readonly cycles: readonly (readonly string[])[];
}

/**
 * Orders nodes so that each comes after those it needs.
 *
 * Pure and without recursion; needs that are no nodes are passed over.
 */
export function sortTopologically(
  nodes: readonly string[],
  needsOf: (node: string) => readonly string[],
): Topology {
  const known = new Set(nodes);
  const needs = new Map(
    nodes.map((node) => [node, new Set(needsOf(node).filter((one) => known.has(one)))] as const),
  );
  const levels = new Map<string, number>();
  const open = new Set(nodes);
  for (let level = 0; open.size > 0; level++) {
    const free = [...open].filter((node) =>
      [...(needs.get(node) ?? [])].every((one) => levels.has(one)),
    );
    if (free.length === 0) break;
    for (const node of free) {
      levels.set(node, level);
      open.delete(node);
    }
  }
  return { levels, cycles: findCycles(open, (node) => needs.get(node) ?? new Set()) };
}

/** Follows the first need from each node that has no order, until a node comes again. */
function findCycles(
  open: ReadonlySet<string>,
  needsOf: (node: string) => ReadonlySet<string>,
): readonly (readonly string[])[] {
  const seen = new Set<string>();
  const cycles: string[][] = [];
  for (const start of open) {
    const way: string[] = [];
    let node: string | undefined = start;
    while (node !== undefined && !seen.has(node)) {
      seen.add(node);
      way.push(node);
      node = [...needsOf(node)].find((one) => open.has(one));
    }
    const at = node === undefined ? -1 : way.indexOf(node);
    if (at >= 0) cycles.push(way.slice(at));
  }
  return cycles;
}
