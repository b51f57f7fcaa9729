import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { VirtualClock } from '../../src/base/clock.ts';
import type { Commit } from '../../src/orchestrator/store/commit.ts';
import { MemoryPersistence } from '../../src/orchestrator/store/memory-persistence.ts';
import { Store } from '../../src/orchestrator/store/store.ts';
import type { StoredService, StoredTask } from '../../src/orchestrator/store/stored-object.ts';
import type { Transaction } from '../../src/orchestrator/store/transaction.ts';
import type { NodeId, TaskId } from '../../src/swarm/object.ts';
import { TASK_STATES, taskStateRank, type Actor } from '../../src/swarm/task-state.ts';
import { aService, aTask, EPOCH } from '../support/builders.ts';

/*
 * Laws of the store under arbitrary transactions, some of which fail half-way.
 */

const ACTORS: readonly Actor[] = [
  'control',
  'allocator',
  'orchestrator',
  'updater',
  'restart-supervisor',
  'scheduler',
  'agent',
  'dispatcher',
  'enforcer',
];

type Step =
  | { readonly kind: 'create'; readonly slot: number; readonly node: number }
  | { readonly kind: 'observe'; readonly pick: number; readonly state: number }
  | { readonly kind: 'want'; readonly pick: number; readonly state: number }
  | { readonly kind: 'place'; readonly pick: number; readonly node: number }
  | { readonly kind: 'remove'; readonly pick: number }
  | { readonly kind: 'respec' }
  | { readonly kind: 'fail' };

interface Batch {
  readonly by: Actor;
  readonly steps: readonly Step[];
}

const small = fc.nat({ max: 30 });
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('create' as const),
      slot: fc.nat(3),
      node: fc.nat(3),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('observe' as const), pick: small, state: fc.nat(14) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('want' as const), pick: small, state: fc.nat(14) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('place' as const), pick: small, node: fc.nat(3) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('remove' as const), pick: small }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('respec' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('fail' as const) }) },
);
const batches: fc.Arbitrary<readonly Batch[]> = fc.array(
  fc.record({
    by: fc.oneof(fc.constantFrom(...ACTORS), fc.constant('import' as const)),
    steps: fc.array(step, { maxLength: 6 }),
  }),
  { maxLength: 25 },
);

function apply(tx: Transaction, service: StoredService, one: Step, id: () => TaskId): void {
  const tasks = tx.view.list('task');
  const task = 'pick' in one ? tasks[one.pick % Math.max(1, tasks.length)] : undefined;
  if (one.kind === 'fail') throw new Error('half-way');
  if (one.kind === 'create') {
    const place = one.node === 0 ? {} : { NodeID: `n${one.node}` as NodeId };
    tx.create('task', aTask(service, { ID: id(), Slot: one.slot, ...place }));
  } else if (one.kind === 'respec') {
    const current = tx.view.list('service')[0] as StoredService;
    const { Spec } = aService({ image: `nginx:${current.Version.Index}` });
    tx.update('service', { ...current, PreviousSpec: current.Spec, Spec });
  } else if (task) changeTask(tx, task, one);
}

function changeTask(tx: Transaction, task: StoredTask, one: Step): void {
  if (one.kind === 'remove') tx.remove('task', task.ID);
  else if (one.kind === 'place') tx.update('task', { ...task, NodeID: `n${one.node}` as NodeId });
  else if (one.kind === 'observe') {
    tx.update('task', { ...task, Status: { State: TASK_STATES[one.state] ?? 'new' } });
  } else if (one.kind === 'want') {
    tx.update('task', { ...task, DesiredState: TASK_STATES[one.state] ?? 'new' });
  }
}

/** Runs the batches; those that are illegal or fail half-way are undone. */
function run(store: Store, all: readonly Batch[]): void {
  const service = store.update('control', (tx) => tx.create('service', aService()));
  let next = 0;
  const id = (): TaskId => `task${(next += 1)}` as TaskId;
  for (const { by, steps } of all) {
    const before = store.save();
    try {
      store.update(by, (tx) => steps.forEach((one) => apply(tx, service, one, id)));
    } catch {
      expect(store.save()).toEqual(before);
    }
  }
}

function aStoreWith(persistence?: MemoryPersistence): Store {
  return new Store({ clock: new VirtualClock(EPOCH), ...(persistence && { persistence }) });
}

test('indexes always agree with the tables', () => {
  fc.assert(
    fc.property(batches, (all) => {
      const store = aStoreWith();
      run(store, all);
      const tasks = store.view.list('task');
      const [service] = store.view.list('service');
      if (!service) throw new Error('no service');
      expect(store.view.tasksByService(service.ID)).toEqual(tasks);
      for (const task of tasks) expect(store.view.get('task', task.ID)).toBe(task);
      for (const node of ['n0', 'n1', 'n2', 'n3'] as NodeId[]) {
        expect(store.view.tasksByNode(node)).toEqual(tasks.filter((one) => one.NodeID === node));
      }
      for (const slot of [0, 1, 2, 3]) {
        const expected = tasks.filter((one) => one.Slot === slot);
        expect(store.view.tasksBySlot(service.ID, slot)).toEqual(expected);
      }
      const order = tasks.map((one) => one.CreationIndex);
      expect(order).toEqual([...order].sort((a, b) => a - b));
    }),
    { numRuns: 200 },
  );
});

test('no sequence of transactions moves a task back, whoever writes', () => {
  fc.assert(
    fc.property(batches, (all) => {
      const store = aStoreWith();
      store.watch(({ changes }) => {
        for (const { kind, object, old } of changes) {
          if (kind !== 'task' || !object || !old) continue;
          expect(taskStateRank(object.Status.State)).toBeGreaterThanOrEqual(
            taskStateRank(old.Status.State),
          );
          expect(taskStateRank(object.DesiredState)).toBeGreaterThanOrEqual(
            taskStateRank(old.DesiredState),
          );
          if (old.NodeID !== undefined) expect(object.NodeID).toBe(old.NodeID);
        }
      });
      run(store, all);
    }),
    { numRuns: 200 },
  );
});

test('commits replayed from any moment give the same state as the store', () => {
  fc.assert(
    fc.property(batches, (all) => {
      const store = aStoreWith();
      const mirror = new Map<string, unknown>();
      const versions: number[] = [];
      store.watch((commit: Commit) => {
        versions.push(commit.version);
        for (const { kind, object, old } of commit.changes) {
          const key = `${kind}/${(object ?? old)?.ID}`;
          expect(mirror.get(key)).toBe(old);
          if (object) mirror.set(key, object);
          else mirror.delete(key);
        }
      });
      run(store, all);
      const objects = store
        .save()
        .objects.map(({ kind, object }) => [`${kind}/${object.ID}`, object]);
      expect(new Map(mirror)).toEqual(new Map(objects as [string, unknown][]));
      expect(versions).toEqual(versions.map((_, index) => index + 1));
    }),
    { numRuns: 200 },
  );
});

test('a power cut loses a suffix at most, and a restart shares specs as before', async () => {
  await fc.assert(
    fc.asyncProperty(batches, fc.nat(40), async (all, acknowledged) => {
      const disk = new MemoryPersistence({ holdAcknowledgements: true });
      const store = aStoreWith(disk);
      const states = [store.save()];
      store.watch(() => states.push(store.save()));
      run(store, all);
      disk.acknowledge(acknowledged);
      const survivor = disk.crash();
      if (acknowledged % 2 === 1 && survivor.lines.length > 0) survivor.compact();
      const saved = await survivor.load();
      const expected = states[Math.min(acknowledged, states.length - 1)];
      if (!saved) {
        expect(expected?.version).toBe(0);
        return;
      }
      const restarted = aStoreWith(survivor);
      restarted.restore(saved);
      expect(restarted.save()).toEqual(expected);
      const [service] = restarted.view.list('service');
      const byVersion = restarted.view
        .list('task')
        .filter((task) => service && task.Spec === service.Spec.TaskTemplate);
      const before = expected?.objects.filter(
        ({ kind, object }) =>
          kind === 'task' && service && isSameSpec(expected, object as StoredTask),
      );
      expect(byVersion.length).toBe(before?.length);
      goOn(restarted);
      expect((await survivor.load())?.version).toBe(restarted.view.version);
    }),
    { numRuns: 100 },
  );
});

function isSameSpec(state: ReturnType<Store['save']>, task: StoredTask): boolean {
  const service = state.objects.find(({ kind }) => kind === 'service')?.object as StoredService;
  return service.Spec.TaskTemplate === task.Spec;
}

/** Goes on after the restart: the log must take new commits that share old values. */
function goOn(store: Store): void {
  const [service] = store.view.list('service');
  if (!service) return;
  store.update('import', (tx) => tx.create('task', aTask(service, { ID: 'late' as TaskId })));
}
