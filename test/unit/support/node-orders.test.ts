import { expect, test } from 'vitest';
import { nodeOrders } from '../../conformance/orchestrator/node-orders.ts';
import { runScenario } from '../../conformance/orchestrator/run.ts';
import type { Scenario } from '../../conformance/orchestrator/scenario.ts';

test('every order of up to five nodes is tried once', () => {
  for (const [count, orders] of [
    [1, 1],
    [3, 6],
    [5, 120],
    [7, 120],
  ] as const) {
    const seen = new Set([...nodeOrders(count)].map((order) => order.join()));
    expect(seen.size).toBe(orders);
  }
});

/** Two tasks on three equal nodes: a recording shows where one cluster's ids put them. */
const recorded = (placement: Readonly<Record<string, number>>): Scenario => ({
  id: 'tie',
  title: 'two tasks on three nodes',
  nodes: 3,
  steps: [
    { do: 'createService', name: 'web', spec: { Mode: { Replicated: { Replicas: 2 } } } },
    { do: 'await', tasks: { service: 'web', states: { running: 2 } } },
    { do: 'check', probe: 'placement', service: 'web', by: 'node', expect: placement },
  ],
});

test.each(['prompt', 'swarm'] as const)('a tie is met whichever way it fell (%s)', (timings) => {
  const options = { seed: 1, timings };
  for (const empty of ['n1', 'n2', 'n3']) {
    const placement = { n1: 1, n2: 1, n3: 1, [empty]: 0 };
    expect(runScenario(recorded(placement), options)).toMatchObject({ kind: 'passed' });
  }
  expect(runScenario(recorded({ n1: 2, n2: 0, n3: 0 }), options)).toMatchObject({
    kind: 'failed',
  });
});

test('an operation on a task that a tie put elsewhere is met too, and no other failure is excused', () => {
  const kill = (node: string): Scenario => ({
    ...recorded({ n1: 1, n2: 1, n3: 0 }),
    steps: [
      { do: 'createService', name: 'web', spec: { Mode: { Replicated: { Replicas: 1 } } } },
      { do: 'await', tasks: { service: 'web', states: { running: 1 } } },
      { do: 'killContainer', service: 'web', node, signal: 'SIGKILL' },
    ],
  });
  for (const node of ['n1', 'n2', 'n3']) {
    expect(runScenario(kill(node), { seed: 1, timings: 'prompt' }).kind).toBe('passed');
  }
  const wrong: Scenario = {
    ...recorded({}),
    steps: [
      { do: 'createService', name: 'web' },
      { do: 'check', probe: 'seen', service: 'web', expect: { tasksEver: 2 } },
    ],
  };
  expect(runScenario(wrong, { seed: 1, timings: 'prompt' }).kind).toBe('failed');
});
