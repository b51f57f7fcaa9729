import type { NodeInfo } from '../node-info.ts';
import type { PlacementRequest } from '../placement-request.ts';

/**
 * One reason why a node cannot take a task. Stateless: the pipeline counts.
 *
 * Invariant: placing tasks of a group on a node never turns its `accepts` from false to true.
 * @source swarmkit manager/scheduler/filter.go (Filter)
 */
export interface Filter {
  /** Short name, unique; shown by `tstack why`. */
  readonly name: string;
  /** Whether the request asks for anything that this filter looks at. */
  applies(request: PlacementRequest): boolean;
  accepts(request: PlacementRequest, node: NodeInfo): boolean;
  /** SwarmKit's words for `nodeCount` nodes refused by it. */
  explain(nodeCount: number): string;
  /** Our words for what one node lacks, as in `CPUs: needs 2, 0.5 free of 4`. Only asked of a refused node. */
  shortfall(request: PlacementRequest, node: NodeInfo): string;
  /** What would make this node pass, an imperative without full stop. Only asked of a refused node. */
  remedy(request: PlacementRequest, node: NodeInfo): string;
}

/** A node as people know it: its hostname, else its id. */
export function nameOfNode({ id, node }: NodeInfo): string {
  return node?.Description.Hostname || id;
}

/** SwarmKit's usual sentence about one or several nodes. */
export function onNodes(what: string, nodeCount: number): string {
  return nodeCount === 1 ? `${what} on 1 node` : `${what} on ${nodeCount} nodes`;
}
