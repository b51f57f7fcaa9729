import type { NodeId } from '../../swarm/object.ts';
import type { NodeSet } from './node-set.ts';
import { Pipeline } from './pipeline.ts';
import type { PlacementRequest } from './placement-request.ts';

/** Whether one node can take the task, and what it lacks if not. */
export type NodeVerdict =
  | { readonly kind: 'suits'; readonly node: NodeId }
  | {
      readonly kind: 'refused';
      readonly node: NodeId;
      /** Name of the first filter that refuses it. */
      readonly filter: string;
      /** In words, as in `needs 2 CPUs, 0.5 free`. */
      readonly shortfall: string;
    };

/** What every node, in id order, says to a task with this request. */
export function explainNodes(nodes: NodeSet, request: PlacementRequest): readonly NodeVerdict[] {
  const pipeline = new Pipeline(request);
  return nodes.nodes().map((info) => {
    const filter = pipeline.firstRefusal(info);
    if (!filter) return { kind: 'suits', node: info.id };
    const shortfall = filter.shortfall(request, info);
    return { kind: 'refused', node: info.id, filter: filter.name, shortfall };
  });
}
