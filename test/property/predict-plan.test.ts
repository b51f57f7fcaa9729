import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { planStack } from '../../src/plan/plan-stack.ts';
import { taskChanges } from '../../src/plan/predict-changes.ts';
import { predictPlan } from '../../src/plan/predict-plan.ts';
import type { ServiceId } from '../../src/swarm/object.ts';
import type { ServiceSpec } from '../../src/swarm/service.ts';
import { aRunningCluster, type TestCluster } from '../support/a-cluster.ts';
import { aService, aStack } from '../support/a-stack.ts';

const GIB = 2 ** 30;
const numRuns = Number(process.env['TSTACK_PROPERTY_RUNS'] ?? 200);

const aSpec = fc.record({
  replicas: fc.integer({ min: 1, max: 6 }),
  memory: fc.constantFrom(0, 0, 2, 3, 5),
  maxReplicas: fc.constantFrom(0, 0, 0, 2),
  order: fc.constantFrom('stop-first' as const, 'start-first' as const),
  parallelism: fc.constantFrom(0, 1, 1, 2),
  constraint: fc.constantFrom('', '', 'node.hostname!=n1', 'node.role==worker'),
});

function toSpec(
  key: string,
  image: string,
  one: typeof aSpec extends fc.Arbitrary<infer T> ? T : never,
): ServiceSpec {
  return aService(key, {
    image,
    networks: [],
    Mode: { Replicated: { Replicas: one.replicas } },
    UpdateConfig: { Parallelism: one.parallelism, Order: one.order },
    task: {
      ...(one.memory > 0 && { Resources: { Reservations: { MemoryBytes: one.memory * GIB } } }),
      Placement: {
        ...(one.constraint !== '' && { Constraints: [one.constraint] }),
        ...(one.maxReplicas > 0 && { MaxReplicas: one.maxReplicas }),
      },
    },
  });
}

function predictOn(world: TestCluster, services: readonly ServiceSpec[]) {
  const { view } = world.cluster.store;
  const snapshot = {
    stack: 'shop',
    services: view.list('service'),
    foreignServices: [],
    networks: [],
    secrets: [],
    configs: [],
  };
  const plan = planStack(aStack({ services, networks: [] }), snapshot, {
    options: { prune: false, resolveImage: 'never', compatDocker: false },
    resolutions: new Map(),
  });
  const placement = { nodes: view.list('node'), tasks: view.list('task') };
  const cluster = { ...placement, services: snapshot.services };
  const changes = taskChanges({ plan, snapshot, cluster });
  return predictPlan({ plan, cluster, changes, now: world.clock.now() });
}

test('what a plan foretells is what a cluster then does', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 4 }),
      aSpec,
      aSpec,
      fc.boolean(),
      (nodes, first, next, isUpdate) => {
        const world = aRunningCluster({ nodes, placement: 'swarm', untraced: true });
        const before = toSpec('web', 'nginx:1', first);
        const id = world.create({ name: 'shop_web', spec: before });
        world.settle(60);
        const after = toSpec(isUpdate ? 'web' : 'api', 'nginx:2', next);
        const prediction = predictOn(world, isUpdate ? [after] : [before, after]).services.get(
          after.Name,
        );
        const old = new Set(world.tasks(id).map((task) => task.ID));
        const target: ServiceId = isUpdate ? id : world.create({ name: after.Name, spec: after });
        if (isUpdate) world.update(id, () => after);
        world.settle(600);
        const fresh = world.tasks(target).filter((task) => !old.has(task.ID));
        const placed = fresh.filter(
          (task) => task.NodeID !== undefined && task.DesiredState === 'running',
        );
        for (const node of world.nodes) {
          const count = placed.filter((task) => task.NodeID === node).length;
          const range = prediction?.perNode.get(node) ?? { least: 0, most: 0 };
          expect(count).toBeGreaterThanOrEqual(range.least);
          expect(count).toBeLessThanOrEqual(range.most);
        }
        const pending = prediction?.tasks.filter(({ kind }) => kind === 'pending').length ?? 0;
        expect(placed.length).toBeLessThanOrEqual((prediction?.tasks.length ?? 0) - pending);
      },
    ),
    { numRuns },
  );
});
