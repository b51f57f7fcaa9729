import { expect, test } from 'vitest';
import { NodeInfo } from '../../../../src/orchestrator/scheduler/node-info.ts';
import type { Candidate } from '../../../../src/orchestrator/scheduler/rank.ts';
import { giveTurns } from '../../../../src/orchestrator/scheduler/turns.ts';
import type { NodeId } from '../../../../src/swarm/object.ts';

/** Positions of the nodes in order of their turns; loads are their numbers of tasks. */
function turnsOf(loads: readonly number[], most: number): readonly number[] {
  const candidates = loads.map((total, order): Candidate => {
    const node = new NodeInfo(`n${order}` as NodeId);
    node.order = order;
    return { node, penalty: 0, ofService: 0, total };
  });
  giveTurns(candidates, most);
  return candidates
    .toSorted((a, b) => (a.turn ?? 0) - (b.turn ?? 0))
    .map(({ node: { order } }) => order);
}

test.each([
  {
    what: 'a single task goes to the first of equals',
    loads: [0, 0, 0],
    most: 1,
    turns: [0, 1, 2],
  },
  { what: 'of several the first comes last', loads: [0, 0, 0], most: 4, turns: [1, 2, 0] },
  { what: 'a busy node comes after both', loads: [0, 0, 1], most: 4, turns: [1, 0, 2] },
  { what: 'a less busy one replaces the worst', loads: [2, 1, 0], most: 2, turns: [2, 1, 0] },
  { what: 'those beyond come in order', loads: [0, 0, 0, 0], most: 2, turns: [1, 0, 2, 3] },
])('$what', ({ loads, most, turns }) => {
  expect(turnsOf(loads, most)).toEqual(turns);
});
