import { describe, expect, test } from 'vitest';
import { LABEL_MOVED_FROM } from '../../../../src/orchestrator/rebalance/decide-rebalance.ts';
import type { NodeId, ServiceId } from '../../../../src/swarm/object.ts';
import type { ServiceSpec } from '../../../../src/swarm/service.ts';
import { LABEL_REBALANCE, parseRebalance } from '../../../../src/swarm/rebalance-label.ts';
import { aRunningCluster, type TestCluster } from '../../../support/a-cluster.ts';

const ON = { Labels: { [LABEL_REBALANCE]: '30s' } };

function counts({ tasks, nodes }: TestCluster, id: ServiceId): readonly number[] {
  return nodes.map(
    (node) =>
      tasks(id).filter(
        (one) =>
          one.NodeID === node && one.Status.State === 'running' && one.DesiredState === 'running',
      ).length,
  );
}

/** Fewest running tasks of the service in so many seconds, and how many ran at most. */
function watch(
  world: TestCluster,
  id: ServiceId,
  seconds: number,
): { readonly least: number; readonly most: number } {
  let [least, most] = [Infinity, 0];
  const end = world.clock.now() + seconds * 1000;
  for (let next = world.clock.nextDeadline(); next !== undefined && next <= end;) {
    world.clock.step();
    const running = world.tasks(id).filter((one) => one.Status.State === 'running').length;
    [least, most] = [Math.min(least, running), Math.max(most, running)];
    next = world.clock.nextDeadline();
  }
  return { least, most };
}

/** Six tasks on two of three nodes: the third was lost and is back. */
function afterReturn(
  spec: Partial<ServiceSpec>,
  setup: Parameters<typeof aRunningCluster>[0] = {},
) {
  const world = aRunningCluster({ nodes: 3, ...setup });
  const id = world.create({ replicas: 6, spec });
  world.settle(60);
  const lost = world.nodes[2] as NodeId;
  world.cluster.fail(lost);
  world.advance(120);
  expect(counts(world, id)).toEqual([3, 3, 0]);
  world.cluster.bringUp(lost);
  return { world, id };
}

test('a node that came back gets its share, one task at a time, and nothing runs short', () => {
  const { world, id } = afterReturn(ON);
  world.advance(25);
  expect(counts(world, id)).toEqual([3, 3, 0]);
  const { least, most } = watch(world, id, 120);
  expect(counts(world, id)).toEqual([2, 2, 2]);
  expect({ least, most }).toEqual({ least: 6, most: 7 });
  const moved = world.tasks(id).filter((one) => one.Labels?.[LABEL_MOVED_FROM] !== undefined);
  expect(moved).toHaveLength(2);
  expect(world.service(id)?.UpdateStatus).toBeUndefined();
  world.advance(600);
  expect(world.tasks(id).filter((one) => one.Labels?.[LABEL_MOVED_FROM])).toHaveLength(2);
});

test('services that do not ask for it stay where they are', () => {
  const { world, id } = afterReturn({});
  world.advance(600);
  expect(counts(world, id)).toEqual([3, 3, 0]);
});

test.each([
  ['a node that the constraints exclude', { Constraints: ['node.hostname!=n3'] }, [3, 3, 0]],
  ['no more on a node than max replicas allow', { MaxReplicas: 3 }, [2, 2, 2]],
])('%s', (_name, Placement, expected) => {
  const task = { ContainerSpec: { Image: 'nginx' }, Placement };
  const { world, id } = afterReturn({ ...ON, TaskTemplate: task });
  world.advance(300);
  expect(counts(world, id)).toEqual(expected);
});

test('a moved task that fails gives way; the old one never stopped, and it is not tried again at once', () => {
  let isBroken = false;
  const { world, id } = afterReturn(ON, {
    behaviourOf: () => (isBroken ? { exitsAfterMs: 0, exitCode: 1, startMs: 500 } : {}),
  });
  isBroken = true;
  const { least } = watch(world, id, 200);
  expect(least).toBeGreaterThanOrEqual(6);
  expect(counts(world, id)).toEqual([3, 3, 0]);
  isBroken = false;
  world.advance(600);
  expect(counts(world, id)).toEqual([2, 2, 2]);
});

test('spread preferences come first: zones are evened out before nodes', () => {
  const world = aRunningCluster({ nodes: 3 });
  const zones = ['a', 'a', 'b'];
  world.cluster.store.update('control', (tx) => {
    for (const [at, node] of world.nodes.entries()) {
      const stored = tx.view.get('node', node);
      if (stored)
        tx.update('node', {
          ...stored,
          Spec: { ...stored.Spec, Labels: { zone: zones[at] ?? '' } },
        });
    }
  });
  const Placement = { Preferences: [{ Spread: { SpreadDescriptor: 'node.labels.zone' } }] };
  const id = world.create({
    replicas: 8,
    spec: { ...ON, TaskTemplate: { ContainerSpec: { Image: 'nginx' }, Placement } },
  });
  world.settle(60);
  const lost = world.nodes[2] as NodeId;
  world.cluster.fail(lost);
  world.advance(120);
  expect(counts(world, id)).toEqual([4, 4, 0]);
  world.cluster.bringUp(lost);
  world.advance(300);
  expect(counts(world, id)).toEqual([2, 2, 4]);
});

describe('the label', () => {
  test.each([
    [{}, undefined],
    [{ [LABEL_REBALANCE]: '1m' }, 60_000],
    [{ [LABEL_REBALANCE]: '0' }, 0],
    [{ [LABEL_REBALANCE]: '-1s' }, undefined],
    [{ [LABEL_REBALANCE]: 'soon' }, undefined],
  ])('%o means %s', (labels, expected) => {
    expect(parseRebalance(labels)).toBe(expected);
  });
});
