import { describe, expect, test } from 'vitest';
import { toInstant } from '../../../src/base/clock.ts';
import { formatTimestamp } from '../../../src/base/timestamp.ts';
import { planStack } from '../../../src/plan/plan-stack.ts';
import { taskChanges } from '../../../src/plan/predict-changes.ts';
import { predictPlan } from '../../../src/plan/predict-plan.ts';
import type { Node } from '../../../src/swarm/node.ts';
import type { ServiceId, TaskId } from '../../../src/swarm/object.ts';
import type { Service, ServiceSpec } from '../../../src/swarm/service.ts';
import type { Task } from '../../../src/swarm/task.ts';
import { aNode } from '../../support/fake-engine-client.ts';
import { aService, aStack } from '../../support/a-stack.ts';

const GIB = 2 ** 30;
const NOW = toInstant(1_000_000_000);
const at = (ms: number): string => formatTimestamp(toInstant(NOW + ms));
const META = { Version: { Index: 7 }, CreatedAt: at(-60_000), UpdatedAt: at(-60_000) };
const NODES = [aNode('node-1', 'manager'), aNode('node-2'), aNode('node-3')];

function stored(spec: ServiceSpec): Service {
  return { ...META, ID: `id-${spec.Name}` as ServiceId, Spec: spec };
}

/** Running tasks of a service, one per given node; each took three seconds to start. */
function tasksOf(
  service: Service,
  places: readonly number[],
  nodes: readonly Node[] = NODES,
): Task[] {
  return places.map((place, index) => ({
    ...META,
    ID: `${service.ID}-${index + 1}` as TaskId,
    ServiceID: service.ID,
    Spec: service.Spec.TaskTemplate,
    Slot: index + 1,
    ...(nodes[place] && { NodeID: nodes[place].ID }),
    Status: { State: 'running', Timestamp: at(-57_000) },
    DesiredState: 'running',
  }));
}

function predict(
  services: readonly ServiceSpec[],
  before: {
    readonly services?: readonly Service[];
    readonly tasks?: readonly Task[];
    readonly nodes?: readonly Node[];
  } = {},
) {
  const snapshot = {
    stack: 'shop',
    services: before.services ?? [],
    foreignServices: [],
    networks: [],
    secrets: [],
    configs: [],
  };
  const plan = planStack(aStack({ services }), snapshot, {
    options: { prune: false, resolveImage: 'never', compatDocker: false },
    resolutions: new Map(),
  });
  const placement = { nodes: before.nodes ?? NODES, tasks: before.tasks ?? [] };
  const cluster = { ...placement, services: snapshot.services };
  const changes = taskChanges({ plan, snapshot, cluster });
  const prediction = predictPlan({ plan, cluster, changes, now: NOW });
  const named = (name: string) => {
    const one = prediction.services.get(`shop_${name}`);
    const perNode = [...(one?.perNode ?? [])].map(([node, { least, most }]) => [
      prediction.nodeNames.get(node),
      least === most ? least : `${least}-${most}`,
    ]);
    const pending = one?.tasks.filter(({ kind }) => kind === 'pending').length;
    return one && { ...one, perNode: Object.fromEntries(perNode), pending };
  };
  return { ...prediction, named };
}

const replicas = (Replicas: number) => ({ Mode: { Replicated: { Replicas } } });
const reserves = (gib: number) => ({
  task: { Resources: { Reservations: { MemoryBytes: gib * GIB } } },
});

describe('a new service', () => {
  test('the nodes of its tasks, chance left open', () => {
    expect(predict([aService('web', replicas(4))]).named('web')).toMatchObject({
      perNode: { 'node-1': '1-2', 'node-2': '1-2', 'node-3': '1-2' },
      pending: 0,
      durationMs: 2000,
    });
  });

  test("what no node takes, with every node's reason, and a warning", () => {
    const { named, notes, durationMs } = predict([
      aService('web', { ...replicas(4), ...reserves(5) }),
    ]);
    expect(named('web')).toMatchObject({
      perNode: { 'node-1': 1, 'node-2': 1, 'node-3': 1 },
      pending: 1,
    });
    expect(named('web')?.tasks.at(-1)).toMatchObject({
      kind: 'pending',
      verdicts: [{ filter: 'resources' }, {}, {}],
    });
    expect(notes).toMatchObject([{ code: 'tasks-pending', severity: 'warning' }]);
    expect(durationMs).toBeUndefined();
  });

  test('a global one: the nodes that meet the constraints, drained ones left out', () => {
    const [manager, worker] = NODES as [Node, Node];
    const drained = { ...worker, Spec: { ...worker.Spec, Availability: 'drain' as const } };
    const nodes = [manager, drained, NODES[2] as Node];
    const global = aService('agent', {
      Mode: { Global: {} },
      task: { Placement: { Constraints: ['node.role==worker'] } },
    });
    expect(predict([global], { nodes }).named('agent')).toMatchObject({ perNode: { 'node-3': 1 } });
  });

  test('competing services: either may lose, so neither is certain', () => {
    const big = { ...replicas(3), ...reserves(5) };
    const { named } = predict([aService('a', big), aService('b', big)]);
    expect(named('a')?.tasks.map(({ kind }) => kind)).toEqual(['one-of', 'one-of', 'one-of']);
    expect(named('b')?.tasks[0]).toMatchObject({ orPending: expect.any(String) as string });
  });
});

describe('an update', () => {
  const before = aService('web', replicas(3));
  const service = stored(before);
  const update = (
    config: Partial<NonNullable<ServiceSpec['UpdateConfig']>>,
    image = 'nginx:2',
    count = 3,
  ) => aService('web', { ...replicas(count), image, UpdateConfig: { Parallelism: 1, ...config } });

  test('its time from how long tasks took to start, and what runs at least', () => {
    const tasks = tasksOf(service, [0, 1, 2]);
    const { named, assumptions } = predict([update({ Delay: 10e9 as never })], {
      services: [service],
      tasks,
    });
    // Three times 1 s to stop, 3 s to start and 10 s of delay; then delay + 1 s of watching.
    expect(named('web')).toMatchObject({
      durationMs: 3 * 14_000 + 11_000,
      rollout: { slots: 3, order: 'stop-first', parallelism: 1, leastAvailable: 2, wanted: 3 },
      perNode: { 'node-1': 1, 'node-2': 1, 'node-3': 1 },
    });
    expect(assumptions).toContain('others start as fast as their predecessors did');
  });

  test.each([
    [{ Order: 'start-first' } as const, 3],
    [{ Parallelism: 2 } as const, 1],
    [{ Parallelism: 0 } as const, 0],
  ])('%o keeps %i running', (config, least) => {
    const tasks = tasksOf(service, [0, 1, 2]);
    const { named } = predict([update(config)], { services: [service], tasks });
    expect(named('web')?.rollout?.leastAvailable).toBe(least);
  });

  test('more replicas alone: only the new ones are placed, nothing is replaced', () => {
    const tasks = tasksOf(service, [0, 0, 1]);
    const { named } = predict([aService('web', replicas(4))], { services: [service], tasks });
    expect(named('web')).toMatchObject({ perNode: { 'node-3': 1 } });
    expect(named('web')).not.toHaveProperty('rollout');
  });

  test('nothing to do for a service that stays as it is', () => {
    const { services } = predict([before], {
      services: [service],
      tasks: tasksOf(service, [0, 1, 2]),
    });
    expect([...services]).toEqual([]);
  });

  test('a new constraint replaces only the tasks whose node does not meet it', () => {
    const moved = aService('web', {
      ...replicas(3),
      task: { Placement: { Constraints: ['node.role==worker'] } },
    });
    const { named } = predict([moved], { services: [service], tasks: tasksOf(service, [0, 1, 2]) });
    expect(named('web')).toMatchObject({
      rollout: { slots: 1, leastAvailable: 2 },
      perNode: { 'node-2': '0-1', 'node-3': '0-1' },
    });
  });

  test('one that can never finish is a warning, and has no end', () => {
    const full = aService('web', { ...replicas(3), ...reserves(5) });
    const old = stored(full);
    const next = aService('web', {
      ...replicas(3),
      ...reserves(5),
      image: 'nginx:2',
      UpdateConfig: { Parallelism: 1, Order: 'start-first' },
    });
    const { named, notes } = predict([next], { services: [old], tasks: tasksOf(old, [0, 1, 2]) });
    expect(named('web')).toMatchObject({ stuck: { reachable: 0, slots: 3 }, pending: 3 });
    expect(named('web')).not.toHaveProperty('durationMs');
    expect(notes).toMatchObject([{ code: 'update-stuck', subject: 'shop_web' }]);
    expect(notes[0]?.message).toContain('set update_config.order to stop-first');
  });
});
