import type { Instant } from '../../base/clock.ts';
import { divisionByConstraint, divisionBySpread } from './division.ts';
import { LoadTree } from './load-tree.ts';
import type { NodeInfo } from './node-info.ts';
import type { NodeSet } from './node-set.ts';
import type { Pipeline } from './pipeline.ts';
import type { Candidate } from './rank.ts';
import type { PlacementRequest } from './placement-request.ts';
import type { Branch, Leaf, Topology } from './topology.ts';

/** What is the same for all branches while the tasks of one group are placed. */
export interface GroupState {
  readonly pipeline: Pipeline;
  readonly root: Branch;
  /**
   * Nodes that run the service or are under a penalty, by leaf.
   *
   * Invariant: every other node is a better place than any of these, and among themselves those
   * others differ by their number of tasks alone, which is the order of a leaf's tree.
   */
  readonly marked: ReadonlyMap<Leaf, readonly Candidate[]>;
  readonly markedNodes: ReadonlySet<NodeInfo>;
  /** Active tasks of the service below each branch that has any, on unsuitable nodes too. */
  readonly tasks: ReadonlyMap<Branch, number>;
}

const UNMARKED: Pick<GroupState, 'marked' | 'markedNodes' | 'tasks'> = {
  marked: new Map(),
  markedNodes: new Set(),
  tasks: new Map(),
};

/** Gathers present counts for the group that the pipeline is for. Cost: nodes running the service. */
export function toGroupState(nodes: NodeSet, pipeline: Pipeline, now: Instant): GroupState {
  const { request } = pipeline;
  const { topology, root } = territoryOf(nodes, request);
  const penalties = nodes.penalties(request, now);
  const running = nodes.nodesRunning(request.service);
  const markedNodes = penalties.size === 0 ? running : new Set([...running, ...penalties.keys()]);
  if (markedNodes.size === 0) return { pipeline, root, ...UNMARKED };
  const marked = new Map<Leaf, Candidate[]>();
  const tasks = new Map<Branch, number>();
  for (const node of markedNodes) {
    const leaf = topology.leafOf(node);
    if (!leaf) continue;
    const ofService = node.activeTasksOf(request.service);
    const penalty = penalties.get(node) ?? 0;
    const candidate: Candidate = { node, penalty, ofService, total: node.activeTasks };
    const others = marked.get(leaf);
    if (others) others.push(candidate);
    else marked.set(leaf, [candidate]);
    for (let branch: Branch | undefined = leaf; branch; branch = branch.parent) {
      tasks.set(branch, (tasks.get(branch) ?? 0) + ofService);
    }
  }
  return { pipeline, root, marked, markedNodes, tasks };
}

/**
 * The nodes to look at. Without preferences an equality constraint leads straight to the few nodes
 * it allows; with them all nodes are needed, as unsuitable ones count for their branch.
 */
function territoryOf(
  nodes: NodeSet,
  { spread, pin }: PlacementRequest,
): { readonly topology: Topology; readonly root: Branch } {
  if (!pin || spread.length > 0) {
    const topology = nodes.topology(divisionBySpread(spread));
    return { topology, root: topology.root };
  }
  const topology = nodes.topology(divisionByConstraint(pin));
  const { root } = topology;
  return { topology, root: (root.kind === 'fork' && root.branches.get(pin.folded)) || NOWHERE };
}

const NOWHERE: Branch = { kind: 'leaf', parent: undefined, tree: new LoadTree([]) };

/**
 * The suitable nodes of a leaf among those that are not marked, best first, one per call; undefined
 * at the end. Looks at no more nodes than it must.
 */
export function freshCandidates(leaf: Leaf, state: GroupState): () => Candidate | undefined {
  const { pipeline, marked, markedNodes } = state;
  let next: ReturnType<LoadTree['cursor']> | undefined;
  let left = leaf.tree.nodes.length - (marked.get(leaf)?.length ?? 0);
  return () => {
    while (left > 0) {
      next ??= leaf.tree.cursor(pipeline.request.reservation);
      const node = next();
      if (!node) break;
      if (markedNodes.has(node)) continue;
      left -= 1;
      if (pipeline.accepts(node)) {
        return { node, penalty: 0, ofService: 0, total: node.activeTasks };
      }
    }
    left = 0;
    return undefined;
  };
}

/** Every suitable node of a leaf with its present counts, in order of joining. */
export function allCandidates(leaf: Leaf, { pipeline, marked }: GroupState): Candidate[] {
  const known = new Map((marked.get(leaf) ?? []).map((candidate) => [candidate.node, candidate]));
  return leaf.tree.nodes
    .filter((node) => pipeline.accepts(node))
    .map((node) => known.get(node) ?? { node, penalty: 0, ofService: 0, total: node.activeTasks });
}
