import { describe, expect, test } from 'vitest';
import { formatTimestamp } from '../../../../src/base/timestamp.ts';
import { findStuckUpdate } from '../../../../src/orchestrator/update/find-stuck-update.ts';
import type { StoredTask } from '../../../../src/orchestrator/store/stored-object.ts';
import type { TaskId } from '../../../../src/swarm/object.ts';
import type { ServiceSpec, UpdateConfig } from '../../../../src/swarm/service.ts';
import { aNode, anId, aService, aStore, aTask, EPOCH } from '../../../support/builders.ts';

const GIB = 2 ** 30;

interface Case {
  /** Nodes by hostname; what a task may have of memory, default 8 GiB. */
  readonly nodes?: readonly Parameters<typeof aNode>[0][];
  /** GiB of memory that each task reserves. */
  readonly memory?: number;
  readonly placement?: NonNullable<ServiceSpec['TaskTemplate']['Placement']>;
  readonly hostPort?: number;
  readonly global?: boolean;
  readonly order: UpdateConfig['Order'];
  readonly parallelism?: number;
  /** Node (by position) of each old task; default one on every node. */
  readonly old?: readonly number[];
  /** How the tasks are otherwise than running. */
  readonly change?: (task: StoredTask, at: number) => Partial<StoredTask>;
  readonly replicas?: number;
  readonly state?: 'updating' | 'paused' | 'completed';
  /** Tasks of the slot's past, at the position of the slot. */
  readonly failedAt?: number;
  /** Another service's tasks: node and GiB. */
  readonly others?: {
    readonly on: readonly number[];
    readonly memory: number;
    readonly updating?: boolean;
  };
}

/** A service whose old tasks run and whose update has just begun. */
function stuckIn(one: Case) {
  const { store, write } = aStore();
  const nodes = one.nodes ?? [{ hostname: 'n1' }, { hostname: 'n2' }, { hostname: 'n3' }];
  const port = one.hostPort;
  const EndpointSpec =
    port === undefined
      ? {}
      : {
          EndpointSpec: {
            Ports: [
              {
                TargetPort: port,
                PublishedPort: port,
                Protocol: 'tcp' as const,
                PublishMode: 'host' as const,
              },
            ],
          },
        };
  const templateOf = (image: string, memory = one.memory) => ({
    ContainerSpec: { Image: image },
    ...(memory !== undefined && { Resources: { Reservations: { MemoryBytes: memory * GIB } } }),
    ...(one.placement && { Placement: one.placement }),
  });
  const places = one.old ?? nodes.map((_, at) => at);
  const found = write((tx) => {
    const stored = nodes.map((node) => tx.create('node', aNode(node)));
    const spec = (image: string): Partial<ServiceSpec> => ({
      TaskTemplate: templateOf(image),
      ...EndpointSpec,
      UpdateConfig: { Parallelism: one.parallelism ?? 1, Order: one.order ?? 'stop-first' },
    });
    const before = aService({
      replicas: places.length,
      global: one.global ?? false,
      spec: spec('web:1'),
    });
    const ports = EndpointSpec.EndpointSpec?.Ports;
    for (const [at, place] of places.entries()) {
      const node = stored[place];
      const task = aTask(before, {
        Status: { State: 'running' },
        ...(node && { NodeID: node.ID }),
        ...(ports && { Endpoint: { Ports: ports } }),
        ...(one.global ? {} : { Slot: at + 1 }),
      }) as StoredTask;
      const { Slot, ...rest } = { ...task, ...one.change?.(task, at) };
      tx.create('task', one.global ? rest : { ...rest, Slot: Slot ?? at + 1 });
      if (one.failedAt === at) {
        const Status = { State: 'failed' as const, Timestamp: formatTimestamp(EPOCH) };
        tx.create('task', {
          ...task,
          ID: anId('failed') as TaskId,
          Status,
          DesiredState: 'shutdown',
        });
      }
    }
    if (one.others) {
      const other = tx.create(
        'service',
        aService({
          name: 'other',
          ...(one.others.updating && { UpdateStatus: { State: 'updating' } }),
        }),
      );
      for (const [at, place] of one.others.on.entries()) {
        const node = stored[place];
        tx.create(
          'task',
          aTask(other, {
            Slot: at + 1,
            Status: { State: 'running' },
            Spec: templateOf('other', one.others.memory),
            ...(node && { NodeID: node.ID }),
          }),
        );
      }
    }
    return tx.create('service', {
      ...before,
      SpecVersion: 7,
      Spec: {
        ...before.Spec,
        TaskTemplate: templateOf('web:2'),
        ...(one.replicas !== undefined && { Mode: { Replicated: { Replicas: one.replicas } } }),
      },
      UpdateStatus: { State: one.state ?? 'updating' },
    });
  });
  return findStuckUpdate(store.view, found, EPOCH);
}

describe('is stuck', () => {
  test.each<[string, Case, string]>([
    [
      'start-first, no node has the memory for one more',
      { order: 'start-first', memory: 5 },
      'no suitable node (insufficient resources on 3 nodes)',
    ],
    [
      'start-first, max replicas per node reached',
      { order: 'start-first', placement: { MaxReplicas: 1 } },
      'no suitable node (max replicas per node limit exceed)',
    ],
    [
      'start-first, the host-mode port is taken everywhere',
      { order: 'start-first', hostPort: 80 },
      'no suitable node (host-mode port already in use on 3 nodes)',
    ],
    [
      'start-first of a global service with a host-mode port',
      { order: 'start-first', hostPort: 80, global: true },
      'no suitable node (host-mode port already in use on 1 node)',
    ],
    [
      'stop-first, the new constraints fit no node',
      { order: 'stop-first', placement: { Constraints: ['node.labels.gpu==yes'] } },
      'no suitable node (scheduling constraints not satisfied on 3 nodes)',
    ],
    [
      'a parallelism of all does not help: nothing goes before something starts',
      { order: 'start-first', memory: 5, parallelism: 0 },
      'no suitable node (insufficient resources on 3 nodes)',
    ],
    [
      'room on a drained node is no room',
      {
        order: 'start-first',
        memory: 5,
        nodes: [{}, {}, { Spec: { Role: 'worker', Availability: 'drain', Labels: {} } }],
        old: [0, 1],
      },
      'no suitable node (insufficient resources on 2 nodes; 1 node not available for new tasks)',
    ],
  ])('%s', (_name, one, reason) => {
    expect(stuckIn(one)?.reason).toBe(reason);
  });

  test('says how far it gets, what every node lacks and what would help', () => {
    expect(stuckIn({ order: 'start-first', memory: 5 })).toMatchObject({
      service: 'web',
      order: 'start-first',
      slots: 3,
      reachable: 0,
      verdicts: [{ filter: 'resources' }, { filter: 'resources' }, { filter: 'resources' }],
      nextSteps: [
        'set update_config.order to stop-first: old tasks then make room first',
        'free 2 GiB memory on n1, or reserve less',
        'free 2 GiB memory on n2, or reserve less',
        'free 2 GiB memory on n3, or reserve less',
      ],
    });
  });
});

describe('is not stuck', () => {
  test.each<[string, Case]>([
    ['stop-first makes room', { order: 'stop-first', memory: 5 }],
    [
      'one free place is enough for one after the other',
      { order: 'start-first', memory: 5, old: [0, 1] },
    ],
    [
      '… however many are tried at once',
      { order: 'start-first', memory: 5, old: [0, 1], parallelism: 0 },
    ],
    ['a free node has the port', { order: 'start-first', hostPort: 80, old: [0, 1] }],
    ['stop-first with a host-mode port', { order: 'stop-first', hostPort: 80 }],
    [
      'a task that is stopping makes room',
      {
        order: 'start-first',
        memory: 5,
        change: (_task, at) => (at === 2 ? { DesiredState: 'shutdown' } : {}),
      },
    ],
    [
      'a task that only starts may fail and make room',
      {
        order: 'start-first',
        memory: 5,
        change: (_task, at) => (at === 2 ? { Status: { State: 'starting' } } : {}),
      },
    ],
    [
      'a task that has failed lately may do so again',
      { order: 'start-first', memory: 5, failedAt: 2 },
    ],
    [
      'a job ends some day',
      {
        order: 'start-first',
        memory: 5,
        change: (_task, at) => (at === 2 ? { JobIteration: { Index: 1 } } : {}),
      },
    ],
    [
      'another service is being updated',
      {
        order: 'start-first',
        memory: 3,
        others: { on: [0, 1, 2], memory: 4, updating: true },
      },
    ],
    ['slots scaled away make room', { order: 'start-first', memory: 5, replicas: 2 }],
    ['a paused update waits for somebody', { order: 'start-first', memory: 5, state: 'paused' }],
    ['an update that is over', { order: 'start-first', memory: 5, state: 'completed' }],
    ['no task is left to be replaced', { order: 'start-first', memory: 5, old: [] }],
  ])('%s', (_name, one) => {
    expect(stuckIn(one)).toBeUndefined();
  });

  test('the room that a failing task makes helps only until its slot is updated itself', () => {
    const one: Case = { order: 'start-first', memory: 5, failedAt: 1 };
    expect(stuckIn(one)).toMatchObject({ slots: 3, reachable: 2 });
  });

  test('but the same other service without an update keeps it stuck', () => {
    const others = { on: [0, 1, 2], memory: 4 };
    expect(stuckIn({ order: 'start-first', memory: 3, others })).toMatchObject({ reachable: 0 });
  });
});
