import { expect, test } from 'vitest';
import { BALANCERS } from '../../../src/ingress/balancers/index.ts';
import { leastConnections } from '../../../src/ingress/balancers/least-connections.ts';

const names = ['a', 'b', 'c'];

test.each(BALANCERS)('$name shares equal endpoints evenly and leaves none out', ({ create }) => {
  const order = create();
  const counts = new Map<string, number>();
  for (let at = 0; at < 300; at += 1) {
    const tried = order(names.map((endpoint) => ({ endpoint, connections: 0 })));
    expect([...tried].sort()).toEqual(names);
    counts.set(tried[0] ?? '', (counts.get(tried[0] ?? '') ?? 0) + 1);
  }
  expect(Object.fromEntries(counts)).toEqual({ a: 100, b: 100, c: 100 });
});

test.each(BALANCERS)('$name has nothing to give for nothing', ({ create }) => {
  const order = create();
  expect(order([])).toEqual([]);
  expect(order([{ endpoint: 'a', connections: 0 }])).toEqual(['a']);
});

test('least connections prefers who is least busy', () => {
  const order = leastConnections.create();
  const loads = [5, 1, 3].map((connections, at) => ({ endpoint: names[at] ?? '', connections }));
  expect(order(loads)).toEqual(['b', 'c', 'a']);
  expect(order(loads)).toEqual(['b', 'c', 'a']);
});
