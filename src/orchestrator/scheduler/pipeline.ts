import type { Filter } from './filters/filter.ts';
import { FILTERS } from './filters/index.ts';
import type { NodeInfo } from './node-info.ts';
import type { PlacementRequest } from './placement-request.ts';

/**
 * The filters that matter to one request, in order.
 * @source swarmkit manager/scheduler/pipeline.go
 */
export class Pipeline {
  readonly request: PlacementRequest;
  readonly #filters: readonly Filter[];

  constructor(request: PlacementRequest, filters: readonly Filter[] = FILTERS) {
    this.request = request;
    this.#filters = filters.filter((filter) => filter.applies(request));
  }

  accepts(node: NodeInfo): boolean {
    return this.#firstRefusing(node) < 0;
  }

  /** All filters that refuse the node, in order. */
  refusals(node: NodeInfo): readonly Filter[] {
    return this.#filters.filter((filter) => !filter.accepts(this.request, node));
  }

  /**
   * Why these nodes are refused: filters with the most nodes first, ties in filter order.
   *
   * Deviates: SwarmKit forgets what it counted whenever a node passes (Q7); here every refused
   * node counts, which is the same text whenever nothing could be placed. See D-0030.
   * @returns the empty string when no node is refused
   * @source spec/orchestrator.md 10.3
   */
  explain(nodes: Iterable<NodeInfo>): string {
    const counts = this.#filters.map(() => 0);
    for (const node of nodes) {
      const refusing = this.#firstRefusing(node);
      if (refusing >= 0) counts[refusing] = (counts[refusing] ?? 0) + 1;
    }
    return this.#filters
      .map((filter, at) => ({ filter, count: counts[at] ?? 0 }))
      .filter(({ count }) => count > 0)
      .sort((a, b) => b.count - a.count)
      .map(({ filter, count }) => filter.explain(count))
      .join('; ');
  }

  #firstRefusing(node: NodeInfo): number {
    const filters = this.#filters;
    for (let at = 0; at < filters.length; at += 1) {
      if (!(filters[at] as Filter).accepts(this.request, node)) return at;
    }
    return -1;
  }
}
