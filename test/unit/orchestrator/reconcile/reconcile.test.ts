import { expect, test } from 'vitest';
import type { NodeId, TaskId } from '../../../../src/swarm/object.ts';
import type { ServiceMode } from '../../../../src/swarm/service.ts';
import type { Action } from '../../../../src/orchestrator/action.ts';
import { orchestratorOf } from '../../../../src/orchestrator/reconcile/index.ts';
import type {
  ReconcileFacts,
  Reconciliation,
} from '../../../../src/orchestrator/reconcile/reconciliation.ts';
import type {
  Draft,
  StoredNode,
  StoredTask,
} from '../../../../src/orchestrator/store/stored-object.ts';
import { anId, aNode, aService, aStore, aTask, EPOCH } from '../../../support/builders.ts';

interface Scene {
  readonly mode: ServiceMode;
  readonly nodes?: readonly Draft<StoredNode>[];
  readonly tasks?: readonly Partial<Draft<StoredTask>>[];
  readonly constraints?: readonly string[];
  readonly shouldRestart?: boolean;
}

function reconcile(scene: Scene): Reconciliation {
  const { store, write } = aStore();
  const Placement = { Constraints: scene.constraints ?? [] };
  const spec = { Mode: scene.mode, TaskTemplate: { Placement } };
  const service = write((tx) => {
    for (const node of scene.nodes ?? []) tx.create('node', node);
    const made = tx.create('service', aService({ spec }));
    for (const task of scene.tasks ?? []) tx.create('task', aTask(made, task));
    return made;
  });
  const facts: ReconcileFacts = {
    view: store.view,
    now: EPOCH,
    newTaskId: () => anId('task') as TaskId,
    shouldRestart: () => scene.shouldRestart ?? true,
  };
  return orchestratorOf(service).reconcile(service, facts);
}

/** `+slot` for a creation, `id word` for the rest. */
function print(actions: readonly Action[]): string[] {
  return actions.map((action) => {
    if (action.kind === 'create-task') return `+${action.task.Slot ?? action.task.NodeID}`;
    if (action.kind === 'set-desired') return `${action.task} ${action.desired}`;
    return action.kind === 'delete-task' ? `${action.task} deleted` : action.kind;
  });
}

const running = { Status: { State: 'running' }, DesiredState: 'running' } as const;
const failed = { Status: { State: 'failed' }, DesiredState: 'shutdown' } as const;
const id = (text: string): TaskId => text as TaskId;
const on = (text: string): NodeId => text as NodeId;

test('fills the lowest free slot numbers and drops dead slots that are not reused', () => {
  const { actions, update } = reconcile({
    mode: { Replicated: { Replicas: 3 } },
    tasks: [
      { ID: id('b'), Slot: 2, ...running },
      { ID: id('a'), Slot: 1, ...failed },
      { ID: id('d'), Slot: 9, ...failed },
    ],
  });
  expect(print(actions)).toEqual(['+1', '+3', 'd deleted']);
  expect(update?.map((slot) => slot.key)).toEqual([2]);
});

test('a task that finished for good keeps its slot, one to be removed does not', () => {
  const finished = { Status: { State: 'complete' }, DesiredState: 'shutdown' } as const;
  const leaving = { Status: { State: 'running' }, DesiredState: 'remove' } as const;
  const { actions, update } = reconcile({
    mode: { Replicated: { Replicas: 2 } },
    shouldRestart: false,
    tasks: [
      { ID: id('a'), Slot: 1, ...finished },
      { ID: id('b'), Slot: 2, ...leaving },
    ],
  });
  expect(print(actions)).toEqual(['+2']);
  expect(update?.map((slot) => slot.key)).toEqual([1]);
});

test('scales down from the fullest nodes, slots without a node first', () => {
  const task = (name: string, slot: number, node?: string) => ({
    ID: id(name),
    Slot: slot,
    ...(node === undefined
      ? { Status: { State: 'pending' } as const }
      : { ...running, NodeID: on(node) }),
  });
  const { actions, update } = reconcile({
    mode: { Replicated: { Replicas: 3 } },
    tasks: [
      task('p', 1),
      task('x1', 2, 'x'),
      task('x2', 3, 'x'),
      task('x3', 4, 'x'),
      task('y1', 5, 'y'),
    ],
  });
  expect(print(actions)).toEqual(['p remove', 'x3 remove']);
  expect(update?.map((slot) => slot.key)).toEqual([2, 3, 5]);
});

test('a global service has a task on every node that matches and takes tasks', () => {
  const node = (name: string, zone: string, availability: 'active' | 'pause' | 'drain') =>
    aNode({
      ID: on(name),
      Spec: { Role: 'worker', Availability: availability, Labels: { zone } },
    });
  const { actions, update } = reconcile({
    mode: { Global: {} },
    constraints: ['node.labels.zone==a'],
    nodes: [
      node('n1', 'a', 'active'),
      node('n2', 'a', 'active'),
      node('n3', 'a', 'pause'),
      node('n4', 'b', 'active'),
      node('n5', 'a', 'drain'),
    ],
    tasks: ['n2', 'n3', 'n4', 'n5'].map((name) => {
      const { Slot: _, ...rest } = { Slot: 0, ID: id(`on-${name}`), NodeID: on(name), ...running };
      return { ...rest, Slot: undefined as never };
    }),
  });
  expect(print(actions)).toEqual(['+n1', 'on-n4 shutdown', 'on-n5 shutdown']);
  expect(update?.map((slot) => slot.key)).toEqual(['n2']);
});

test('a replicated job keeps to its concurrency and counts slots from 0', () => {
  const mode = { ReplicatedJob: { MaxConcurrent: 2, TotalCompletions: 4 } };
  expect(print(reconcile({ mode }).actions)).toEqual(['+0', '+1']);
  const complete = { Status: { State: 'complete' }, DesiredState: 'complete' } as const;
  const active = { Status: { State: 'running' }, DesiredState: 'complete' } as const;
  const { actions } = reconcile({
    mode,
    tasks: [
      { ID: id('a'), Slot: 0, ...complete },
      { ID: id('b'), Slot: 1, ...active },
    ],
  });
  expect(print(actions)).toEqual(['+2']);
});

test('a job slot that failed for good is not run again', () => {
  const mode = { ReplicatedJob: { MaxConcurrent: 2, TotalCompletions: 4 } };
  const tasks = [{ ID: id('a'), Slot: 0, ...failed }];
  expect(print(reconcile({ mode, tasks, shouldRestart: false }).actions)).toEqual(['+1']);
  expect(print(reconcile({ mode, tasks, shouldRestart: true }).actions)).toEqual(['+0', '+1']);
});

test('a global job has one task per node and iteration', () => {
  const nodes = [aNode({ ID: on('n1') }), aNode({ ID: on('n2') })];
  const old = { ID: id('old'), NodeID: on('n1'), Slot: undefined as never, ...running };
  const tasks = [{ ...old, DesiredState: 'complete' as const, JobIteration: { Index: 4 } }];
  const { actions } = reconcile({ mode: { GlobalJob: {} }, nodes, tasks });
  expect(print(actions)).toEqual(['old remove', '+n1', '+n2']);
});
