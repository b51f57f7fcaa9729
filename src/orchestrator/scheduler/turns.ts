import { Heap } from './heap.ts';
import { compareLoad, type Candidate } from './rank.ts';

/**
 * Gives suitable nodes their turns among equals, the way SwarmKit's selection leaves them when its
 * map of nodes is read in order of joining, as it is three times in four.
 *
 * The best `most` nodes pass through a heap with the worst on top, each is taken from there in turn;
 * so of equal nodes the first to join comes last when several tasks are placed at once, and first
 * when it is a single one. Nodes beyond `most` come after these, in order of joining.
 * @param candidates - in order of joining
 * @source swarmkit manager/scheduler/nodeset.go (tree), decision_tree.go (orderedNodes)
 */
export function giveTurns(candidates: readonly Candidate[], most: number): void {
  const worstFirst = new Heap<Candidate>((a, b) => compareLoad(a, b) > 0);
  for (const candidate of candidates) {
    candidate.turn = candidates.length + candidate.node.order;
    const worst = worstFirst.top();
    if (!worst || worstFirst.size < most) worstFirst.push(candidate);
    else if (compareLoad(candidate, worst) < 0) worstFirst.replaceTop(candidate);
  }
  while (worstFirst.size > 0) {
    const turn = worstFirst.size - 1;
    const candidate = worstFirst.pop();
    if (candidate) candidate.turn = turn;
  }
}
