import type { GroupState } from './group-state.ts';
import { allCandidates, freshCandidates } from './group-state.ts';
import { Heap } from './heap.ts';
import type { NodeInfo } from './node-info.ts';
import type { Candidate } from './rank.ts';
import { compareLoad, isBetter } from './rank.ts';
import type { Branch, Fork, Leaf } from './topology.ts';
import { giveTurns } from './turns.ts';

/** Nodes up to which a leaf's are all looked at, so that ties can be broken as SwarmKit does. */
const FEW_NODES = 64;

/**
 * Assigns up to `count` tasks: each goes to the branch with the fewest tasks of the service among
 * those with a suitable node, and there to the best node. Stops when no node suits any more.
 *
 * Deviates: SwarmKit deals round robin and overshoots full branches (Q8, Q9): see `deal.ts`, D-0030.
 * @param assign - books the next task on the node
 * @source spec/orchestrator.md 10.5, section 28; conformance/scheduler (the ideal rule)
 */
export function spreadTasks(
  state: GroupState,
  count: number,
  assign: (node: NodeInfo) => void,
): void {
  const spreader = toSpreader(state.root, state, count);
  for (let left = count; left > 0; left -= 1) {
    const best = spreader.best();
    if (!best) return;
    assign(best.node);
    if (left > 1) spreader.place();
  }
}

/** The tasks and the room of one branch. */
export interface Spreader {
  /** When its first node joined, compared with others. */
  readonly order: number;
  /** Active tasks of the service below, those of unsuitable nodes included. */
  readonly tasks: number;
  /** The node for the next task, undefined when none below suits. */
  best(): Candidate | undefined;
  /** Takes note that the best node has got a task. */
  place(): void;
}

function toSpreader(branch: Branch, state: GroupState, count: number): Spreader {
  return branch.kind === 'leaf'
    ? new LeafSpreader(branch, state, count)
    : new ForkSpreader(branch, state, count);
}

/** Fresh nodes first, each once; from then on they are in the heap with the marked ones. */
class LeafSpreader implements Spreader {
  readonly order: number;
  tasks: number;
  readonly #state: GroupState;
  readonly #leaf: Leaf;
  readonly #nextFresh: () => Candidate | undefined;
  #used: Heap<Candidate> | undefined;
  #best: Candidate | undefined;
  #bestIsFresh = false;
  #isFull = false;

  constructor(leaf: Leaf, state: GroupState, count: number) {
    const { nodes } = leaf.tree;
    this.order = nodes[0]?.order ?? Infinity;
    this.tasks = state.tasks.get(leaf) ?? 0;
    this.#state = state;
    this.#leaf = leaf;
    if (nodes.length > FEW_NODES) {
      this.#nextFresh = freshCandidates(leaf, state);
      return;
    }
    const candidates = allCandidates(leaf, state);
    giveTurns(candidates, count);
    this.#used = new Heap(isBetter, candidates);
    this.#nextFresh = () => undefined;
  }

  best(): Candidate | undefined {
    if (this.#best || this.#isFull) return this.#best;
    const fresh = this.#nextFresh();
    this.#bestIsFresh = fresh !== undefined;
    this.#best = fresh ?? this.#findUsed();
    this.#isFull = this.#best === undefined;
    return this.#best;
  }

  place(): void {
    const best = this.#best;
    if (!best) return;
    this.#best = undefined;
    best.ofService += 1;
    best.total += 1;
    this.tasks += 1;
    if (this.#bestIsFresh) this.#heap().push(best);
    else this.#heap().sinkTop();
  }

  /** A node that no longer suits never will again while this group is placed. */
  #findUsed(): Candidate | undefined {
    const heap = this.#heap();
    for (let top = heap.top(); top; top = heap.top()) {
      if (this.#state.pipeline.accepts(top.node)) return top;
      heap.pop();
    }
    return undefined;
  }

  #heap(): Heap<Candidate> {
    this.#used ??= new Heap(isBetter, this.#state.marked.get(this.#leaf));
    return this.#used;
  }
}

class ForkSpreader implements Spreader {
  readonly order: number;
  tasks: number;
  /** Branches with a suitable node. */
  readonly #open: Heap<Spreader>;

  constructor(fork: Fork, state: GroupState, count: number) {
    const branches = [...fork.branches.values()].map((one) => toSpreader(one, state, count));
    this.order = Math.min(...branches.map(({ order }) => order));
    this.tasks = state.tasks.get(fork) ?? 0;
    this.#open = new Heap(
      isBetterBranch,
      branches.filter((spreader) => spreader.best() !== undefined),
    );
  }

  best(): Candidate | undefined {
    return this.#open.top()?.best();
  }

  place(): void {
    const branch = this.#open.top();
    if (!branch) return;
    branch.place();
    this.tasks += 1;
    if (branch.best()) this.#open.sinkTop();
    else this.#open.pop();
  }
}

/** Fewer tasks of the service; at a tie the less loaded best node, so that load evens out; else the older branch. */
function isBetterBranch(a: Spreader, b: Spreader): boolean {
  if (a.tasks !== b.tasks) return a.tasks < b.tasks;
  const [bestOfA, bestOfB] = [a.best(), b.best()];
  if (!bestOfA || !bestOfB) return bestOfA !== undefined;
  return (compareLoad(bestOfA, bestOfB) || a.order - b.order) < 0;
}
