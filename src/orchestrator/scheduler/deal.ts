import type { GroupState } from './group-state.ts';
import { freshCandidates } from './group-state.ts';
import type { NodeInfo } from './node-info.ts';
import type { Candidate } from './rank.ts';
import { compareLoad, isBetter } from './rank.ts';
import type { Branch, Leaf } from './topology.ts';

/**
 * Assigns up to `count` tasks exactly as SwarmKit deals them out, ties and map order aside.
 *
 * It differs from `spreadTasks` only where nodes start uneven or fill up. Needed where a real
 * Swarm's placement is foretold.
 * @param assign - books the next task on the node
 * @source swarmkit manager/scheduler/scheduler.go (scheduleNTasksOnSubtree, scheduleNTasksOnNodes)
 */
export function dealTasks(
  state: GroupState,
  count: number,
  assign: (node: NodeInfo) => void,
): void {
  const table: Table = { left: count, assign };
  toDealer(state.root, state, count).deal(count, table);
}

/** The tasks still to be dealt: branches may ask for more than there are (Q8). */
interface Table {
  left: number;
  readonly assign: (node: NodeInfo) => void;
}

interface Dealer {
  /** Active tasks of the service below, as they were before this run (Q8: never raised). */
  readonly tasks: number;
  /** The node that its first task would get; undefined when none suits. */
  readonly first: Candidate | undefined;
  /** Places up to `count` tasks and tells how many. */
  deal(count: number, table: Table): number;
}

function toDealer(branch: Branch, state: GroupState, most: number): Dealer {
  const tasks = state.tasks.get(branch) ?? 0;
  if (branch.kind === 'leaf') return new LeafDealer(branch, { state, tasks, most });
  const branches = [...branch.branches.values()]
    .map((inner) => toDealer(inner, state, most))
    // Parity: chance decides upstream which branch gets the odd task; here the order of the nodes.
    .sort((a, b) => compareFirst(a.first, b.first));
  return {
    tasks,
    first: branches[0]?.first,
    deal: (count, table) => deal(branches, { tasks, count, table }),
  };
}

function compareFirst(a: Candidate | undefined, b: Candidate | undefined): number {
  if (!a || !b) return Number(a === undefined) - Number(b === undefined);
  return a.node.order - b.node.order;
}

interface Hand {
  readonly tasks: number;
  readonly count: number;
  readonly table: Table;
}

/** Levels the branches in rounds; a branch that falls short is left out from then on. */
function deal(branches: readonly Dealer[], { tasks, count, table }: Hand): number {
  let open = branches;
  let usable = tasks;
  let placed = 0;
  for (let isConverging = true; placed < count && open.length > 0 && isConverging;) {
    const share = Math.floor((usable + count - placed) / open.length);
    let extra = (usable + count - placed) % open.length;
    const full = new Set<Dealer>();
    isConverging = false;
    for (const branch of open) {
      const asked = share - branch.tasks + (extra > 0 ? 1 : 0);
      if (branch.tasks > share || asked <= 0) continue;
      const got = branch.deal(asked, table);
      if (got < asked) {
        full.add(branch);
        usable -= branch.tasks;
      } else if (extra > 0) extra -= 1;
      placed += got;
      isConverging = true;
    }
    open = open.filter((branch) => !full.has(branch));
  }
  return placed;
}

interface LeafHand {
  readonly state: GroupState;
  readonly tasks: number;
  /** No more nodes than this can matter. */
  readonly most: number;
}

class LeafDealer implements Dealer {
  readonly tasks: number;
  readonly #state: GroupState;
  readonly #nodes: Candidate[];

  constructor(leaf: Leaf, { state, tasks, most }: LeafHand) {
    this.tasks = tasks;
    this.#state = state;
    this.#nodes = bestOf(leaf, state, most);
  }

  get first(): Candidate | undefined {
    return this.#nodes[0];
  }

  deal(asked: number, table: Table): number {
    const count = Math.min(asked, table.left);
    const nodes = this.#nodes
      .filter(({ node }) => this.#state.pipeline.accepts(node))
      .sort((a, b) => (isBetter(a, b) ? -1 : 1));
    let at = 0;
    for (let placed = 1; placed <= count; placed += 1) {
      const candidate = nodes[at % nodes.length];
      if (!candidate) return placed - 1;
      table.left -= 1;
      table.assign(candidate.node);
      candidate.ofService += 1;
      candidate.total += 1;
      if (placed === count) break;
      at = this.#nextAfter(at, candidate, nodes);
      if (at < 0) return placed;
    }
    return count;
  }

  /** Index of the node whose turn is next; it grows beyond the length. -1 when all are full. */
  #nextAfter(at: number, candidate: Candidate, nodes: readonly Candidate[]): number {
    const neighbour = nodes[at + 1];
    // Parity (Q9): the first pass leaves a node as soon as the next is emptier; later ones go round.
    let next = neighbour && compareLoad(neighbour, candidate) >= 0 ? at : at + 1;
    for (let seen = 0; seen < nodes.length; seen += 1, next += 1) {
      const node = nodes[next % nodes.length]?.node;
      if (node && this.#state.pipeline.accepts(node)) return next;
    }
    return -1;
  }
}

function bestOf(leaf: Leaf, state: GroupState, most: number): Candidate[] {
  const best: Candidate[] = [];
  const nextFresh = freshCandidates(leaf, state);
  for (let fresh = nextFresh(); fresh; fresh = best.length < most ? nextFresh() : undefined) {
    best.push(fresh);
  }
  if (best.length >= most) return best;
  const used = (state.marked.get(leaf) ?? [])
    .filter(({ node }) => state.pipeline.accepts(node))
    .sort((a, b) => (isBetter(a, b) ? -1 : 1));
  return [...best, ...used.slice(0, most - best.length)];
}
