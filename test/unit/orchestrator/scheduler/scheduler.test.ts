import { describe, expect, test } from 'vitest';
import type { NodeId, TaskId } from '../../../../src/swarm/object.ts';
import type { TaskSpec } from '../../../../src/swarm/service.ts';
import { Scheduler } from '../../../../src/orchestrator/scheduler/scheduler.ts';
import { SWARM_DEBOUNCE } from '../../../../src/orchestrator/scheduler/scheduler.ts';
import type { SchedulerOptions } from '../../../../src/orchestrator/scheduler/scheduler.ts';
import type { Draft, StoredTask } from '../../../../src/orchestrator/store/stored-object.ts';
import { aNode, aService, aStore, aTask } from '../../../support/builders.ts';

function aCluster(options: Partial<SchedulerOptions> = {}) {
  const { store, clock, write } = aStore();
  const scheduler = new Scheduler({ store, clock, ...options });
  store.watch((commit) => scheduler.observe(commit));
  let commits = 0;
  store.watch(({ by }) => {
    if (by === 'scheduler') commits += 1;
  });
  const addNode = (name: string, options: Parameters<typeof aNode>[0] = {}): void => {
    write((tx) => tx.create('node', aNode({ ID: name as NodeId, hostname: name, ...options })));
  };
  const addTasks = (
    count: number,
    spec: TaskSpec = {},
    options: Partial<Draft<StoredTask>> = {},
  ): StoredTask[] =>
    write((tx) => {
      const service = tx.create(
        'service',
        aService({ name: `web-${tx.view.count('service')}`, spec: { TaskTemplate: spec } }),
      );
      return Array.from({ length: count }, (_, at) =>
        tx.create(
          'task',
          aTask(service, {
            Slot: at + 1,
            Status: { State: 'pending', Message: 'pending task scheduling' },
            ...options,
          }),
        ),
      );
    });
  const see = (id: TaskId): StoredTask => {
    const task = store.view.get('task', id);
    if (!task) throw new Error(`no task ${id}`);
    return task;
  };
  const settle = (): void => clock.advanceTo(clock.now());
  const change = (id: TaskId, next: (task: StoredTask) => StoredTask, by = 'agent'): void => {
    write((tx) => tx.update('task', next(see(id))), by as 'agent');
  };
  return {
    store,
    clock,
    write,
    scheduler,
    addNode,
    addTasks,
    see,
    settle,
    change,
    commits: () => commits,
  };
}

const NEEDS_3_CPUS: TaskSpec = { Resources: { Reservations: { NanoCPUs: 3e9 } } };

describe('the scheduler', () => {
  test('assigns pending tasks evenly in one transaction, once the writer has returned', () => {
    const cluster = aCluster();
    cluster.addNode('n1');
    cluster.addNode('n2');
    cluster.settle();
    const tasks = cluster.addTasks(4);
    expect(tasks.map(({ ID }) => cluster.see(ID).NodeID)).toEqual(Array(4).fill(undefined));
    cluster.settle();
    expect(tasks.map(({ ID }) => cluster.see(ID).NodeID)).toEqual(['n2', 'n1', 'n2', 'n1']);
    expect(cluster.see(tasks[0]!.ID).Status).toMatchObject({
      State: 'assigned',
      Message: 'scheduler assigned task to node',
    });
    expect(cluster.commits()).toBe(1);
  });

  test('tells a task that fits nowhere why, once, and places it when room appears', () => {
    const cluster = aCluster();
    cluster.addNode('n1', { Spec: { Role: 'worker', Availability: 'drain' } });
    cluster.addNode('n2');
    const [first, second] = cluster.addTasks(2, NEEDS_3_CPUS);
    cluster.settle();
    expect(cluster.see(first!.ID).NodeID).toBe('n2');
    expect(cluster.see(second!.ID).Status).toMatchObject({
      State: 'pending',
      Message: 'pending task scheduling',
      Err: 'no suitable node (1 node not available for new tasks; insufficient resources on 1 node)',
    });
    const { version } = cluster.store.view;
    cluster.addNode('n3', { Spec: { Role: 'worker', Availability: 'pause' } });
    cluster.settle();
    expect(cluster.see(second!.ID).Status.Err).toContain('2 nodes not available for new tasks');
    expect(cluster.store.view.version).toBe(version + 2);
    cluster.change(first!.ID, (task) => ({
      ...task,
      Status: { State: 'running', Message: 'started' },
    }));
    cluster.settle();
    expect(cluster.store.view.version).toBe(version + 3);
    cluster.change(first!.ID, (task) => ({ ...task, Status: { State: 'failed', Err: 'boom' } }));
    cluster.settle();
    expect(cluster.see(second!.ID)).toMatchObject({ NodeID: 'n2', Status: { State: 'assigned' } });
    expect(cluster.see(second!.ID).Status.Err).toBeUndefined();
  });

  test('keeps the reservation of a task that is told to stop until it has stopped', () => {
    const cluster = aCluster();
    cluster.addNode('n1');
    const [old] = cluster.addTasks(1, NEEDS_3_CPUS);
    cluster.settle();
    cluster.change(old!.ID, (task) => ({ ...task, DesiredState: 'shutdown' }), 'updater');
    const [next] = cluster.addTasks(1, NEEDS_3_CPUS);
    cluster.settle();
    expect(cluster.see(next!.ID).Status.Err).toBe(
      'no suitable node (insufficient resources on 1 node)',
    );
    cluster.change(old!.ID, (task) => ({ ...task, Status: { State: 'shutdown' } }));
    cluster.settle();
    expect(cluster.see(next!.ID).NodeID).toBe('n1');
  });

  test('confirms a preassigned task on its own node, or says bare what is wrong there', () => {
    const cluster = aCluster();
    cluster.addNode('n1');
    cluster.addNode('n2', { Description: { Resources: { NanoCPUs: 1e9, MemoryBytes: 1e9 } } });
    const [fits] = cluster.addTasks(1, NEEDS_3_CPUS, { NodeID: 'n1' as NodeId });
    const [waits] = cluster.addTasks(1, NEEDS_3_CPUS, { NodeID: 'n2' as NodeId });
    cluster.settle();
    expect(cluster.see(fits!.ID).Status).toMatchObject({
      State: 'assigned',
      Message: 'scheduler confirmed task can run on preassigned node',
    });
    expect(cluster.see(waits!.ID).Status).toMatchObject({
      State: 'pending',
      Err: 'insufficient resources on 1 node',
    });
    cluster.write((tx) => {
      const node = tx.view.get('node', 'n2' as NodeId)!;
      tx.update('node', {
        ...node,
        Description: { Resources: { NanoCPUs: 4e9, MemoryBytes: 1e9 } },
      });
    });
    cluster.settle();
    expect(cluster.see(waits!.ID).Status.State).toBe('assigned');
  });

  test('ends a pending task that is told to stop, and leaves one to be removed to the reaper', () => {
    const cluster = aCluster();
    const [stopped, removed] = cluster.addTasks(2);
    cluster.settle();
    expect(cluster.see(stopped!.ID).Status.Err).toBe('no suitable node');
    cluster.change(stopped!.ID, (task) => ({ ...task, DesiredState: 'shutdown' }), 'updater');
    cluster.change(removed!.ID, (task) => ({ ...task, DesiredState: 'remove' }), 'orchestrator');
    cluster.addNode('n1');
    cluster.settle();
    expect(cluster.see(stopped!.ID).Status.State).toBe('shutdown');
    expect(cluster.see(stopped!.ID).Status.Err).toBeUndefined();
    expect(cluster.see(removed!.ID)).toMatchObject({ Status: { State: 'pending' } });
    expect(cluster.see(removed!.ID).NodeID).toBeUndefined();
  });

  test.each([
    ['drops a task that the new spec replaces', { ContainerSpec: { Image: 'web:2' } }, undefined],
    ['keeps one that it leaves as it is', {}, 'n1'],
  ])('%s, when it fits nowhere', (_, TaskTemplate, expected) => {
    const cluster = aCluster();
    const [task] = cluster.addTasks(1);
    cluster.write((tx) => {
      const service = tx.view.get('service', task!.ServiceID)!;
      const Spec = {
        ...service.Spec,
        TaskTemplate: { ...service.Spec.TaskTemplate, ...TaskTemplate },
      };
      tx.update('service', { ...service, Spec, SpecVersion: 7 });
    });
    cluster.settle();
    expect(cluster.see(task!.ID).Status.Err).toMatch(/^no suitable node/);
    cluster.addNode('n1');
    cluster.settle();
    expect(cluster.see(task!.ID).NodeID).toBe(expected);
  });

  test('puts a node with five recent failures of the service last, for five minutes', () => {
    const cluster = aCluster();
    cluster.addNode('n1');
    const [first] = cluster.addTasks(1);
    const fail = (id: TaskId): void =>
      cluster.change(id, (task) => ({ ...task, Status: { State: 'failed' } }));
    const another = (): TaskId => {
      const id = `retry-${cluster.store.view.count('task')}` as TaskId;
      const { CreationIndex: _c, CreatedAt: _a, UpdatedAt: _u, Version: _v, ...draft } = first!;
      cluster.write((tx) => tx.create('task', { ...draft, ID: id }));
      cluster.settle();
      return id;
    };
    cluster.settle();
    fail(first!.ID);
    for (let failures = 1; failures < 5; failures += 1) fail(another());
    cluster.addNode('n2');
    const placed = another();
    expect(cluster.see(placed).NodeID).toBe('n2');
    expect(cluster.see(another()).NodeID).toBe('n2');
    cluster.clock.advanceTo((cluster.clock.now() + 5 * 60_000) as never);
    expect(cluster.see(another()).NodeID).toBe('n1');
  });

  test('takes in the state it finds at its start', () => {
    const cluster = aCluster();
    cluster.addNode('n1');
    cluster.addTasks(1, NEEDS_3_CPUS, { NodeID: 'n1' as NodeId, Status: { State: 'running' } });
    const [waits] = cluster.addTasks(1, NEEDS_3_CPUS);
    cluster.scheduler.stop();
    const restarted = new Scheduler({ store: cluster.store, clock: cluster.clock });
    restarted.resume();
    cluster.settle();
    expect(cluster.see(waits!.ID).Status.Err).toBe(
      'no suitable node (insufficient resources on 1 node)',
    );
  });

  test('waits like SwarmKit when told to: 50 ms of quiet, a second at most', () => {
    const cluster = aCluster({ debounce: SWARM_DEBOUNCE });
    cluster.addNode('n1');
    const start = cluster.clock.now();
    const [first] = cluster.addTasks(1);
    cluster.clock.advanceTo((start + 49) as never);
    expect(cluster.see(first!.ID).Status.State).toBe('pending');
    for (let at = 49; at < 999; at += 10) {
      cluster.clock.advanceTo((start + at) as never);
      cluster.addTasks(1);
    }
    expect(cluster.see(first!.ID).Status.State).toBe('pending');
    cluster.clock.advanceTo((start + 1000) as never);
    expect(cluster.see(first!.ID).Status.State).toBe('assigned');
  });

  test('stores which generic resources a task was given', () => {
    const cluster = aCluster();
    const gpu = (Value: string) => ({ NamedResourceSpec: { Kind: 'gpu', Value } });
    cluster.addNode('n1', {
      Description: { Resources: { GenericResources: [gpu('a'), gpu('b'), gpu('c')] } },
    });
    const needsTwo: TaskSpec = {
      Resources: {
        Reservations: { GenericResources: [{ DiscreteResourceSpec: { Kind: 'gpu', Value: 2 } }] },
      },
    };
    const [first] = cluster.addTasks(1, needsTwo);
    const [second] = cluster.addTasks(1, needsTwo);
    cluster.settle();
    expect(cluster.see(first!.ID).GenericResources).toEqual([gpu('a'), gpu('b')]);
    expect(cluster.see(second!.ID).Status.Err).toContain('insufficient resources on 1 node');
    cluster.change(first!.ID, (task) => ({ ...task, Status: { State: 'failed' } }));
    cluster.settle();
    expect(cluster.see(second!.ID).GenericResources).toEqual([gpu('a'), gpu('b')]);
  });
});
