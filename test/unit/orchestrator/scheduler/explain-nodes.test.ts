import { expect, test } from 'vitest';
import { toInstant } from '../../../../src/base/clock.ts';
import type { TaskId } from '../../../../src/swarm/object.ts';
import { explainNodes } from '../../../../src/orchestrator/scheduler/explain-nodes.ts';
import { predictPlacements } from '../../../../src/orchestrator/scheduler/predict.ts';
import { scheduleGroup } from '../../../../src/orchestrator/scheduler/schedule.ts';
import { toNode, toNodeSet, toRequest } from '../../../conformance/scheduler-case.ts';
import type { CaseGroup, CaseNode, CaseTasks } from '../../../conformance/scheduler-case.ts';

const GIB = 2 ** 30;

function aNode(id: string, options: Partial<CaseNode> = {}): CaseNode {
  return {
    id,
    hostname: id,
    state: 'ready',
    availability: 'active',
    os: 'linux',
    arch: 'x86_64',
    plugins: ['Network/overlay', 'Log/json-file', 'Volume/local'],
    resources: { nanoCpus: 4e9, memoryBytes: 8 * GIB },
    ...options,
  };
}

function shortfallOf(
  group: Partial<CaseGroup>,
  node: Partial<CaseNode> = {},
  existing: readonly Partial<CaseTasks>[] = [],
): string {
  const set = toNodeSet({
    id: 'one node',
    nodes: [aNode('n1', node)],
    existing: existing.map((tasks) => ({
      service: 'other',
      node: 'n1',
      state: 'running',
      desired: 'running',
      count: 1,
      ...tasks,
    })),
    pending: [],
  });
  const [verdict] = explainNodes(set, toRequest({ service: 'web', count: 1, ...group }));
  return verdict?.kind === 'refused' ? `${verdict.filter}: ${verdict.shortfall}` : 'suits';
}

test('says of each node what it lacks', () => {
  expect(shortfallOf({})).toBe('suits');
  expect(shortfallOf({}, { state: 'down' })).toBe('ready: its state is down');
  expect(shortfallOf({}, { availability: 'pause' })).toBe('ready: its availability is pause');
  expect(
    shortfallOf({ reservations: { nanoCpus: 2e9, memoryBytes: 3 * GIB } }, {}, [
      { reservations: { nanoCpus: 3.5e9, memoryBytes: 5.5 * GIB } },
    ]),
  ).toBe(
    'resources: CPUs: needs 2, 0.5 free of 4 (3.5 reserved); memory: needs 3 GiB, 2.5 GiB free of 8 GiB (5.5 GiB reserved)',
  );
  expect(shortfallOf({ reservations: { nanoCpus: 1e9 } }, { resources: {} })).toBe(
    'resources: CPUs: needs 1, 0 free of 0 (0 reserved)',
  );
  expect(
    shortfallOf(
      { reservations: { generic: { gpu: 2, fpga: 1 } } },
      { resources: { genericNamed: { gpu: ['a', 'b'] } } },
      [{ reservations: { generic: { gpu: 1 } } }],
    ),
  ).toBe(
    'resources: gpu: needs 2, 1 free of 2 (1 reserved); fpga: needs 1, 0 free of 0 (0 reserved)',
  );
  expect(shortfallOf({ volumeDriver: 'rexray', logDriver: 'gelf' })).toBe(
    'plugin: has no volume plugin "rexray"; has no log plugin "gelf"',
  );
  expect(
    shortfallOf(
      { constraints: ['node.labels.zone==b', 'node.labels.disk != hdd', 'node.role==manager'] },
      { labels: { zone: 'a' }, role: 'worker' },
    ),
  ).toBe('constraint: does not meet node.labels.zone==b; does not meet node.role==manager');
  expect(shortfallOf({ platforms: ['linux/arm64', 'windows/amd64'] })).toBe(
    'platform: runs linux/x86_64; the image supports linux/arm64, windows/amd64',
  );
  expect(
    shortfallOf({ hostPorts: ['tcp/80', 'tcp/443', 'udp/53'] }, {}, [
      { hostPorts: ['tcp/80', 'udp/53'] },
    ]),
  ).toBe('host-port: ports tcp/80, udp/53 already in use');
  expect(shortfallOf({ maxReplicas: 2 }, {}, [{ service: 'web', count: 2 }])).toBe(
    'max-replicas: already has 2 of at most 2 tasks of the service',
  );
});

test('lets engines pass that have not said which plugins they have', () => {
  expect(shortfallOf({ logDriver: 'gelf' }, { plugins: ['Network/overlay'] })).toBe('suits');
  expect(shortfallOf({ logDriver: 'none' })).toBe('suits');
  expect(shortfallOf({ volumeDriver: 'local' }, { plugins: [] })).toBe('suits');
  expect(shortfallOf({ volumeDriver: 'rexray' }, { plugins: ['Volume/rexray:latest'] })).toBe(
    'suits',
  );
});

test('does not mistake properties of every object for labels', () => {
  const set = toNodeSet({ id: 'odd', nodes: [aNode('n1'), aNode('n2')], pending: [] });
  const group = {
    request: toRequest({ service: 'web', count: 2, spread: ['node.labels.constructor'] }),
    tasks: ['t1', 't2'] as TaskId[],
  };
  const { assignments } = scheduleGroup(set, group, { now: toInstant(0) });
  expect(assignments.map(({ node }) => node)).toEqual(['n2', 'n1']);
});

test('names filters by the number of nodes they refuse, most first', () => {
  const set = toNodeSet({
    id: 'several',
    nodes: [
      aNode('n1', { state: 'down' }),
      aNode('n2', { labels: { zone: 'b' } }),
      aNode('n3', { labels: { zone: 'b' } }),
      aNode('n4', { labels: { zone: 'a' }, resources: {} }),
    ],
    pending: [],
  });
  const request = toRequest({
    service: 'web',
    count: 1,
    constraints: ['node.labels.zone==a'],
    reservations: { nanoCpus: 1e9 },
  });
  const group = { request, tasks: ['t1'] as TaskId[] };
  const { refusals } = scheduleGroup(set, group, { now: toInstant(0) });
  expect(refusals).toEqual([
    {
      tasks: ['t1'],
      reason:
        'no suitable node (scheduling constraints not satisfied on 2 nodes; 1 node not available for new tasks; insufficient resources on 1 node)',
    },
  ]);
});

test('foretells nodes, sets of equal candidates, and pending tasks with every shortfall', () => {
  const predict = (count: number, maxReplicas: number) =>
    predictPlacements({
      nodes: ['n1', 'n2', 'n3'].map((id) => toNode(aNode(id))),
      bookings: [],
      groups: [
        {
          request: toRequest({ service: 'web', count, maxReplicas }),
          tasks: Array.from({ length: count }, (_, at) => `t${at}` as TaskId),
        },
      ],
      rule: 'swarm',
      now: toInstant(0),
    })[0]?.tasks.map(({ task: _task, ...prediction }) => prediction);
  expect(predict(4, 0)).toEqual([
    { kind: 'node', node: 'n1' },
    { kind: 'node', node: 'n2' },
    { kind: 'node', node: 'n3' },
    { kind: 'one-of', nodes: ['n1', 'n2', 'n3'] },
  ]);
  expect(predict(4, 1)?.at(-1)).toMatchObject({
    kind: 'pending',
    reason: 'no suitable node (max replicas per node limit exceed)',
    verdicts: [{ node: 'n1', filter: 'max-replicas' }, { node: 'n2' }, { node: 'n3' }],
  });
});
