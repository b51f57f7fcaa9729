import { describe, expect, test } from 'vitest';
import { toInstant } from '../../../../src/base/clock.ts';
import { formatTimestamp } from '../../../../src/base/timestamp.ts';
import type { ObservedCluster } from '../../../../src/orchestrator/scheduler/observed-cluster.ts';
import { explainTask } from '../../../../src/orchestrator/why/explain-task.ts';
import { selectTasks } from '../../../../src/orchestrator/why/select-tasks.ts';
import type { NodeId, ServiceId, TaskId } from '../../../../src/swarm/object.ts';
import type { Service, TaskSpec } from '../../../../src/swarm/service.ts';
import type { Task } from '../../../../src/swarm/task.ts';
import { aNode as aFakeNode } from '../../../support/fake-engine-client.ts';

const NOW = toInstant(1_000_000_000);
const ago = (seconds: number): string => formatTimestamp(toInstant(NOW - seconds * 1000));
const META = { Version: { Index: 1 }, CreatedAt: ago(600), UpdatedAt: ago(600) };
const nodes = [aFakeNode('node-1', 'manager'), aFakeNode('node-2'), aFakeNode('node-3')];
const [N1, N2, N3] = nodes.map(({ ID }) => ID) as [NodeId, NodeId, NodeId];

function aService(spec: TaskSpec = {}, more: Partial<Service> = {}): Service {
  return {
    ...META,
    ID: 'service-web' as ServiceId,
    Spec: {
      Name: 'shop_web',
      Labels: { 'com.docker.stack.namespace': 'shop' },
      TaskTemplate: { ContainerSpec: { Image: 'nginx' }, ...spec },
      Mode: { Replicated: { Replicas: 3 } },
    },
    ...more,
  };
}

function aTask(id: string, service: Service, options: Partial<Task>): Task {
  return {
    ...META,
    ID: id as TaskId,
    ServiceID: service.ID,
    Spec: service.Spec.TaskTemplate,
    Slot: 1,
    Status: { State: 'running', Timestamp: ago(60) },
    DesiredState: 'running',
    ...options,
  };
}

function explain(service: Service, tasks: readonly Task[], at = 0) {
  const cluster: ObservedCluster = { nodes, tasks, services: [service] };
  return explainTask(tasks[at] as Task, cluster, NOW);
}

const GIB = 2 ** 30;

test('a pending task: what every node lacks, and what would help most', () => {
  const service = aService({
    Resources: { Reservations: { MemoryBytes: 6 * GIB } },
    Placement: { Constraints: ['node.labels.zone==b'] },
  });
  const pending = aTask('t1', service, {
    Status: { State: 'pending', Err: 'no suitable node (…)' },
  });
  const labelled = {
    ...nodes[1],
    Spec: { Role: 'worker', Availability: 'active', Labels: { zone: 'b' } },
  };
  const holder = aTask('t2', service, { NodeID: N2, Slot: 2 });
  const cluster = {
    nodes: [nodes[0], labelled, nodes[2]] as typeof nodes,
    tasks: [pending, holder],
    services: [service],
  };
  expect(explainTask(pending, cluster, NOW)).toMatchObject({
    kind: 'pending',
    name: 'shop_web.1',
    reason: 'no suitable node (…)',
    placement: {
      candidates: [],
      best: [],
      refused: [
        { node: N1, filter: 'constraint' },
        {
          node: N2,
          filter: 'resources',
          shortfall: 'memory: needs 6 GiB, 2 GiB free of 8 GiB (6 GiB reserved)',
        },
        { node: N3, filter: 'constraint' },
      ],
      nextSteps: [
        'docker node update --label-add zone=b node-1',
        'free 4 GiB memory on node-2, or reserve less',
        'docker node update --label-add zone=b node-3',
      ],
    },
  });
});

test('a running task: the nodes that suit, their loads without it, and which are equally good', () => {
  const service = aService();
  const tasks = [
    aTask('t1', service, { NodeID: N1, Slot: 1 }),
    aTask('t2', service, { NodeID: N1, Slot: 2 }),
    aTask('t3', service, { NodeID: N2, Slot: 3 }),
  ];
  expect(explain(service, tasks, 2)).toMatchObject({
    kind: 'running',
    placement: {
      candidates: [
        { node: N1, ofService: 2, total: 2 },
        { node: N2, ofService: 0, total: 0 },
        { node: N3, ofService: 0, total: 0 },
      ],
      best: [N2, N3],
    },
  });
});

test('a task of a global service has one node to go to', () => {
  const service = aService();
  const { Slot: _, ...task } = aTask('t1', service, { NodeID: N2 });
  expect(explain(service, [task])).toMatchObject({
    name: `shop_web.${N2}`,
    placement: { best: [N2] },
  });
});

test('failures of a node count against it from the fifth on', () => {
  const service = aService();
  const failures = Array.from({ length: 5 }, (_, at) =>
    aTask(`f${at}`, service, {
      NodeID: N1,
      DesiredState: 'shutdown',
      Status: { State: 'failed', Timestamp: ago(100) },
    }),
  );
  const task = aTask('t1', service, { NodeID: N2 });
  expect(explain(service, [task, ...failures])).toMatchObject({
    placement: { candidates: [{ node: N1, failures: 5 }, {}, {}], best: [N2, N3] },
    lastFailure: { task: 'f4' },
  });
});

describe('a task that failed', () => {
  const failed = (
    policy: TaskSpec['RestartPolicy'],
    next: Partial<Task>[] = [],
    more: Partial<Task> = {},
  ) => {
    const service = aService(policy ? { RestartPolicy: policy } : {});
    const Status = { State: 'failed' as const, Err: 'task: non-zero exit (1)', Timestamp: ago(2) };
    const task = aTask('t1', service, { NodeID: N1, DesiredState: 'shutdown', Status, ...more });
    const later = next.map((one, at) => aTask(`n${at}`, service, { CreatedAt: ago(1), ...one }));
    return explain(service, [task, ...later]);
  };

  test('waits for its delay', () => {
    const waiting = { DesiredState: 'ready', Status: { State: 'ready' } } as const;
    expect(failed(undefined, [waiting])).toMatchObject({
      end: { class: 'crash', exitCode: 1 },
      restart: {
        condition: 'any',
        delayMs: 5000,
        restarts: 1,
        next: { kind: 'waiting', by: 'n0', notBefore: NOW + 3000 },
      },
    });
  });

  test('is about to be replaced, at once or after the delay it was itself waiting for', () => {
    expect(failed(undefined, [], { DesiredState: 'running' })).toMatchObject({
      restart: { next: { kind: 'expected', notBefore: NOW - 2000 } },
    });
    const service = aService();
    const ended = (at: number): Partial<Task> => ({
      DesiredState: at === 9 ? 'shutdown' : 'ready',
      CreatedAt: ago(at),
      Status: { State: 'rejected', Timestamp: ago(at) },
    });
    const tasks = [aTask('t1', service, ended(2)), aTask('t0', service, ended(9))];
    expect(explain(service, tasks)).toMatchObject({
      restart: { next: { kind: 'expected', notBefore: NOW - 4000 } },
    });
  });

  test('has a successor', () => {
    expect(failed(undefined, [{ NodeID: N2 }])).toMatchObject({
      restart: { next: { kind: 'replaced', by: 'n0', state: 'running' } },
    });
  });

  test.each([
    [{ Condition: 'none' } as const, /condition none/],
    [{ Condition: 'on-failure', MaxAttempts: 0 } as const, /nothing is to run/],
  ])('is not tried again under %o', (policy, why) => {
    const { next } = (failed(policy) as { restart: { next: { kind: string; why: string } } })
      .restart;
    expect(next.kind).toBe('none');
    expect(next.why).toMatch(why);
  });

  test('has used up its attempts', () => {
    const service = aService({ RestartPolicy: { Condition: 'any', MaxAttempts: 2 } });
    const ended = { DesiredState: 'shutdown', Status: { State: 'failed' } } as const;
    const tasks = ['t1', 't2', 't3'].map((id, at) =>
      aTask(id, service, { ...ended, CreatedAt: ago(9 - at) }),
    );
    expect(explain(service, tasks, 2)).toMatchObject({
      restart: { restarts: 2, next: { kind: 'none', why: 'its 2 restarts are used up' } },
    });
  });
});

test.each<[Partial<Task>, string, RegExp]>([
  [{ Status: { State: 'new' } }, 'waiting', /allocated/],
  [{ Status: { State: 'preparing' } }, 'starting', /pulls/],
  [{ Status: { State: 'ready' }, DesiredState: 'ready' }, 'waiting', /restart policy/],
  [{ Status: { State: 'running' }, DesiredState: 'shutdown' }, 'stopping', /nothing is to run/],
  [{ Status: { State: 'running' }, DesiredState: 'remove' }, 'stopping', /scaled away/],
])('%o is %s', (options, kind, reason) => {
  const service = aService();
  const found = explain(service, [aTask('t1', service, { NodeID: N1, ...options })]);
  expect(found.kind).toBe(kind);
  expect((found as { reason: string }).reason).toMatch(reason);
});

describe('a word means', () => {
  const service = aService();
  const other = aService(
    {},
    { ID: 'service-db' as ServiceId, Spec: { ...service.Spec, Name: 'shop_db' } },
  );
  const old = aTask('abc1', service, {
    Slot: 2,
    DesiredState: 'shutdown',
    Status: { State: 'failed' },
  });
  const tasks = [
    old,
    aTask('abc2', service, { Slot: 2, CreatedAt: ago(5) }),
    aTask('xyz', service, { Slot: 3 }),
  ];
  const { Slot: _, ...global } = aTask('glob', other, { NodeID: N2 });
  const cluster = { nodes, tasks: [...tasks, global], services: [service, other] };
  test.each([
    ['abc1', 'abc1'],
    ['xy', 'xyz'],
    ['web.2', 'abc2'],
    ['shop_web.3', 'xyz'],
    ['shop_web.2.abc1', 'abc1'],
    ['db.node-2', 'glob'],
  ])('%s: task %s', (word, id) => {
    expect(selectTasks(word, cluster)).toMatchObject({ kind: 'task', task: { ID: id } });
  });

  test('a service by full, short name or id: the task that holds each slot', () => {
    for (const word of ['shop_web', 'web', 'service-web']) {
      expect(selectTasks(word, cluster)).toMatchObject({
        kind: 'service',
        tasks: [{ ID: 'abc2' }, { ID: 'xyz' }],
      });
    }
  });

  test('nothing, or too much', () => {
    expect(selectTasks('ab', cluster)).toMatchObject({
      kind: 'ambiguous',
      candidates: ['abc1', 'abc2'],
    });
    expect(selectTasks('web.9', cluster).kind).toBe('none');
    expect(selectTasks('', cluster).kind).toBe('none');
    const twice = {
      ...cluster,
      services: [
        service,
        aService(
          {},
          {
            ID: 's2' as ServiceId,
            Spec: { ...service.Spec, Name: 'x_web', Labels: { 'com.docker.stack.namespace': 'x' } },
          },
        ),
      ],
    };
    expect(selectTasks('web', twice)).toMatchObject({ kind: 'ambiguous' });
  });
});
