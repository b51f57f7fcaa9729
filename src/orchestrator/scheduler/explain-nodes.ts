import type { NodeId } from '../../swarm/object.ts';
import type { NodeSet } from './node-set.ts';
import { Pipeline } from './pipeline.ts';
import type { PlacementRequest } from './placement-request.ts';

/** Why one filter refuses a node. */
export interface NodeRefusal {
  /** Name of the filter. */
  readonly filter: string;
  /** In words, as in `CPUs: needs 2, 0.5 free of 4 (3.5 reserved)`. */
  readonly shortfall: string;
  /** What would make the node pass this filter. */
  readonly remedy: string;
}

/** Whether one node can take the task, and what it lacks if not. */
export type NodeVerdict =
  | { readonly kind: 'suits'; readonly node: NodeId }
  | ({
      readonly kind: 'refused';
      readonly node: NodeId;
      /** Filters after the first that refuse the node too. */
      readonly also: readonly NodeRefusal[];
    } & NodeRefusal);

/** What every node, in id order, says to a task with this request. */
export function explainNodes(nodes: NodeSet, request: PlacementRequest): readonly NodeVerdict[] {
  const pipeline = new Pipeline(request);
  return nodes.nodes().map((info): NodeVerdict => {
    const [first, ...also] = pipeline.refusals(info).map((filter) => ({
      filter: filter.name,
      shortfall: filter.shortfall(request, info),
      remedy: filter.remedy(request, info),
    }));
    if (!first) return { kind: 'suits', node: info.id };
    return { kind: 'refused', node: info.id, ...first, also };
  });
}

/**
 * What would make room for the task: for the nodes that are nearest to suiting it, without
 * repetition, at most `limit` of them.
 */
export function nextSteps(verdicts: readonly NodeVerdict[], limit = 3): readonly string[] {
  const refused = verdicts.filter((one) => one.kind === 'refused');
  if (refused.length === 0) return verdicts.length === 0 ? ['add a node'] : [];
  const fewest = Math.min(...refused.map(({ also }) => also.length));
  const steps = refused
    .filter(({ also }) => also.length === fewest)
    .map(({ remedy, also }) => [remedy, ...also.map((one) => one.remedy)].join('; and '));
  return [...new Set(steps)].slice(0, limit);
}
