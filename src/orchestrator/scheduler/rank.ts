import type { NodeInfo } from './node-info.ts';

/** A node with the counts that decide its turn, as they stand after the tasks placed so far. */
export interface Candidate {
  readonly node: NodeInfo;
  /** Recent failures when there are five or more, else 0. */
  readonly penalty: number;
  /** Active tasks of the service. */
  ofService: number;
  /** Active tasks in all. */
  total: number;
  /** Its turn among equals; absent: the order of the nodes. */
  turn?: number;
}

/**
 * Whether the first node is a better place for the next task: fewer failures if many, fewer tasks
 * of the service, fewer tasks in all.
 *
 * Ties go to whose turn it is (`turns.ts`), where SwarmKit leaves them to chance.
 * @source swarmkit manager/scheduler/scheduler.go (nodeLess); spec/orchestrator.md 10.5
 */
export function isBetter(a: Candidate, b: Candidate): boolean {
  const difference = compareLoad(a, b);
  return difference === 0 ? turnOf(a) < turnOf(b) : difference < 0;
}

/** Negative when the first node is better, 0 when only their turn tells them apart. */
export function compareLoad(a: Candidate, b: Candidate): number {
  return a.penalty - b.penalty || a.ofService - b.ofService || a.total - b.total;
}

function turnOf({ turn, node }: Candidate): number {
  return turn ?? node.order;
}
