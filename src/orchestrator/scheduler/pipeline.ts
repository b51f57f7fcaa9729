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
    return this.firstRefusal(node) === undefined;
  }

  /** The filter that refuses the node, undefined when it suits. */
  firstRefusal(node: NodeInfo): Filter | undefined {
    for (const filter of this.#filters) if (!filter.accepts(this.request, node)) return filter;
    return undefined;
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
    const counts = new Map<Filter, number>(this.#filters.map((filter) => [filter, 0]));
    for (const node of nodes) {
      const filter = this.firstRefusal(node);
      if (filter) counts.set(filter, (counts.get(filter) ?? 0) + 1);
    }
    return [...counts]
      .filter(([, count]) => count > 0)
      .sort(([, a], [, b]) => b - a)
      .map(([filter, count]) => filter.explain(count))
      .join('; ');
  }
}
