import { expect, test } from 'vitest';
import type { ServiceSpec } from '../../src/swarm/service.ts';
import { SWARM_TIMINGS } from '../../src/orchestrator/cluster.ts';
import type { Assignment } from '../../src/orchestrator/agent/executor.ts';
import { aRunningCluster, type TestCluster } from '../support/a-cluster.ts';

const image =
  (Image: string) =>
  (spec: ServiceSpec): ServiceSpec => ({
    ...spec,
    TaskTemplate: { ...spec.TaskTemplate, ContainerSpec: { Image } },
  });

const imageOf = ({ task }: Assignment): string => task.Spec.ContainerSpec?.Image ?? '';

function states(world: TestCluster, id: Parameters<TestCluster['tasks']>[0]): string[] {
  return world.tasks(id).map((task) => `${task.Slot} ${task.Status.State}/${task.DesiredState}`);
}

test('an idle cluster has no deadlines', () => {
  const world = aRunningCluster();
  world.create({ replicas: 3 });
  world.settle();
  expect([world.elapsed(), world.clock.nextDeadline()]).toEqual([0, undefined]);
});

test('the same seed gives the same trace', () => {
  const run = (): readonly string[] => {
    const world = aRunningCluster({
      seed: 7,
      behaviourOf: () => ({ prepareMs: 300, stopMs: 200 }),
    });
    const id = world.create({ replicas: 5 });
    world.settle();
    world.update(id, image('nginx:2'));
    world.settle();
    return world.trace;
  };
  expect(run()).toEqual(run());
});

test('a failing new version is rolled back and the old tasks are left alone', () => {
  const world = aRunningCluster({
    behaviourOf: (one) => (imageOf(one) === 'bad' ? { rejectedWith: 'No such image: bad' } : {}),
  });
  const UpdateConfig = { Parallelism: 1, FailureAction: 'rollback' as const };
  const id = world.create({ replicas: 3, spec: { UpdateConfig } });
  world.settle();
  world.update(id, image('bad'));
  world.settle();
  expect(world.service(id)?.UpdateStatus).toMatchObject({
    State: 'rollback_completed',
    Message: 'rollback completed',
  });
  expect(world.service(id)?.Spec.TaskTemplate.ContainerSpec?.Image).toBe('nginx:1.27');
  expect(states(world, id).filter((one) => one.endsWith('running/running'))).toHaveLength(3);
  expect(states(world, id)).toHaveLength(5);
});

test('a drained node empties, a node that returns gets nothing back', () => {
  const world = aRunningCluster();
  const id = world.create({ replicas: 3 });
  world.settle();
  const [, drained] = world.nodes;
  const setAvailability = (Availability: 'drain' | 'active'): void =>
    world.cluster.store.update('control', (tx) => {
      const node = tx.view.list('node').find((one) => one.ID === drained);
      if (node) tx.update('node', { ...node, Spec: { ...node.Spec, Availability } });
    });
  setAvailability('drain');
  world.settle();
  const running = () => world.tasks(id).filter((task) => task.Status.State === 'running');
  expect(running().map((task) => task.NodeID)).not.toContain(drained);
  setAvailability('active');
  world.settle();
  expect(running()).toHaveLength(3);
  expect(running().map((task) => task.NodeID)).not.toContain(drained);
});

test('the tasks of a silent node are replaced, and stopped when it comes back', () => {
  const world = aRunningCluster();
  const id = world.create({ replicas: 3 });
  world.settle();
  const lost = world.nodes[2];
  if (lost === undefined) throw new Error('no third node');
  world.cluster.fail(lost);
  world.advance(16.5);
  expect(world.cluster.store.view.get('node', lost)?.Status).toMatchObject({
    State: 'down',
    Message: 'heartbeat failure',
  });
  world.advance(5);
  expect(states(world, id)).toContain('2 running/shutdown');
  expect(states(world, id).filter((one) => one.endsWith('running/running'))).toHaveLength(3);
  world.cluster.bringUp(lost);
  world.settle();
  expect(states(world, id)).toContain('2 shutdown/shutdown');
  expect(world.runtime.size).toBe(4);
});

test('a node whose agent starts again tells what it told before, whenever that was', () => {
  const moments = Array.from({ length: 100 }, (_, at) => at / 100 + 0.003);
  const unsettled = moments.filter((seconds) => {
    const world = aRunningCluster({ nodes: 1, timings: SWARM_TIMINGS });
    const id = world.create({ replicas: 2 });
    world.advance(seconds);
    for (const node of world.nodes) {
      world.cluster.fail(node);
      world.cluster.bringUp(node);
    }
    world.settle();
    return states(world, id).some((one) => !one.endsWith('running/running'));
  });
  expect(unsettled).toEqual([]);
});

test('a node that crashed has lost what ran on it, wanted or not', () => {
  const world = aRunningCluster();
  const id = world.create({ replicas: 3 });
  world.settle();
  const lost = world.nodes[2];
  if (lost === undefined) throw new Error('no third node');
  world.cluster.fail(lost);
  world.advance(21.5);
  world.cluster.recover(lost);
  world.settle();
  expect(states(world, id)).toContain('2 failed/shutdown');
  expect(states(world, id).filter((one) => one.endsWith('running/running'))).toHaveLength(3);
  world.cluster.fail(lost);
  world.cluster.recover(lost);
  world.settle();
  expect(states(world, id).filter((one) => one.endsWith('running/running'))).toHaveLength(3);
});

test('tasks of a node that stays away for a day are given up', () => {
  const world = aRunningCluster({ nodes: 2 });
  const id = world.create({ global: true });
  world.settle();
  const lost = world.nodes[1];
  if (lost === undefined) throw new Error('no second node');
  world.cluster.fail(lost);
  world.advance(24 * 3600 + 20);
  expect(world.tasks(id).map((task) => task.Status.State)).toEqual(['running', 'orphaned']);
});

test('a removed service leaves neither tasks nor containers', () => {
  const world = aRunningCluster({ behaviourOf: () => ({ stopMs: 3000 }) });
  const id = world.create({ replicas: 4 });
  world.settle();
  world.cluster.store.update('control', (tx) => tx.remove('service', id));
  world.settle();
  expect([world.tasks(id).length, world.runtime.size]).toEqual([0, 0]);
});

test('a job runs to its end, failing tasks included', () => {
  const world = aRunningCluster({
    behaviourOf: ({ task }) => ({ exitsAfterMs: 1000, exitCode: task.Slot === 1 ? 1 : 0 }),
  });
  const ReplicatedJob = { MaxConcurrent: 2, TotalCompletions: 4 };
  const RestartPolicy = { Condition: 'on-failure' as const, MaxAttempts: 1 };
  const id = world.cluster.store.update('control', (tx) =>
    tx.create('service', {
      ID: 'job'.padEnd(25, '0') as never,
      Spec: { Name: 'job', TaskTemplate: { RestartPolicy }, Mode: { ReplicatedJob } },
      SpecVersion: 0,
      JobStatus: { JobIteration: { Index: 0 } },
    }),
  ).ID;
  world.settle();
  expect(states(world, id).sort()).toEqual([
    '0 complete/complete',
    '1 failed/shutdown',
    '1 failed/shutdown',
    '2 complete/complete',
    '3 complete/complete',
  ]);
});

test('an update is taken up where a former life of the cluster left it', () => {
  const behaviourOf = () => ({ prepareMs: 500, stopMs: 500 });
  const first = aRunningCluster({ behaviourOf });
  const UpdateConfig = { Parallelism: 1, Delay: 2e9 as never };
  const id = first.create({ replicas: 4, spec: { UpdateConfig } });
  first.settle();
  first.update(id, image('nginx:2'));
  first.advance(5);
  expect(first.service(id)?.UpdateStatus?.State).toBe('updating');
  first.cluster.stop();
  const second = aRunningCluster({
    behaviourOf,
    nodes: 0,
    saved: first.cluster.store.save(),
    startAt: first.clock.now(),
  });
  for (const node of first.nodes) second.cluster.bringUp(node);
  second.settle();
  expect(second.service(id)?.UpdateStatus?.State).toBe('completed');
  const running = second.tasks(id).filter((task) => task.Status.State === 'running');
  expect(running.map((task) => task.Spec.ContainerSpec?.Image)).toEqual(
    Array.from({ length: 4 }, () => 'nginx:2'),
  );
});

test("with SwarmKit's patience the loops wait as its do", () => {
  const world = aRunningCluster({ timings: SWARM_TIMINGS });
  world.create({ replicas: 1 });
  world.settle();
  expect(world.trace.at(-1)).toMatch(/^\+0\.250s {2}web\.1 {2}assigned → running/);
});
