import { expect, test } from 'vitest';
import { evictions } from '../../../src/orchestrator/enforcer.ts';
import type {
  Draft,
  StoredNode,
  StoredTask,
} from '../../../src/orchestrator/store/stored-object.ts';
import type { TaskId } from '../../../src/swarm/object.ts';
import type { TaskSpec } from '../../../src/swarm/service.ts';
import { aNode, aService, aStore, aTask } from '../../support/builders.ts';

interface Scene {
  readonly node?: Partial<Draft<StoredNode>>;
  readonly template?: TaskSpec;
  readonly tasks: readonly Partial<Draft<StoredTask>>[];
}

function thrownOff(scene: Scene): readonly string[] {
  const { store, write } = aStore();
  const node = write((tx) => {
    const home = tx.create('node', aNode(scene.node));
    const service = tx.create(
      'service',
      aService({ spec: { TaskTemplate: scene.template ?? {} } }),
    );
    for (const task of scene.tasks) {
      const Status = { State: 'running' as const };
      tx.create('task', aTask(service, { NodeID: home.ID, Status, ...task }));
    }
    return home;
  });
  return evictions(node, store.view).map((task) => task.ID);
}

const [a, b, c] = ['a', 'b', 'c'].map((id) => ({ ID: id as TaskId }));

test('the constraints that count are those of the service as it is now', () => {
  const template = { Placement: { Constraints: ['node.labels.zone==x'] } };
  expect(thrownOff({ template, tasks: [{ ...a }] })).toEqual(['a']);
  const Spec = { Role: 'worker', Availability: 'active', Labels: { zone: 'x' } } as const;
  expect(thrownOff({ template, node: { Spec }, tasks: [{ ...a }] })).toEqual([]);
});

test('only active nodes throw out, and only what is wanted and not over', () => {
  const template = { Placement: { Constraints: ['node.labels.zone==x'] } };
  const Spec = { Role: 'worker', Availability: 'pause' } as const;
  expect(thrownOff({ template, node: { Spec }, tasks: [{ ...a }] })).toEqual([]);
  const tasks = [
    { ...a, DesiredState: 'shutdown' as const },
    { ...b, Status: { State: 'complete' as const }, DesiredState: 'complete' as const },
    { ...c, DesiredState: 'ready' as const },
  ];
  expect(thrownOff({ template, tasks })).toEqual(['c']);
});

test('what does not fit a node that shrank is out, the oldest stay', () => {
  const Resources = { Reservations: { NanoCPUs: 2e9 } };
  const Spec: TaskSpec = { Resources };
  const node = { Description: { Resources: { NanoCPUs: 4e9, MemoryBytes: 2 ** 30 } } };
  const tasks = [a, b, c].map((one) => ({ ...one, Spec }));
  expect(thrownOff({ node, tasks })).toEqual(['c']);
});

test('a generic resource that is gone throws its users out, and no others', () => {
  const gpu = (Value: string) => ({ NamedResourceSpec: { Kind: 'gpu', Value } });
  const Description = { Resources: { GenericResources: [gpu('one')] } };
  const tasks = [
    { ...a, GenericResources: [gpu('two')] },
    { ...b, GenericResources: [gpu('one')] },
  ];
  expect(thrownOff({ node: { Description }, tasks })).toEqual(['a']);
});
