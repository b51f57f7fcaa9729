import { describe, expect, test } from 'vitest';
import type { NodeId, SecretId } from '../../../../src/swarm/object.ts';
import type { Commit } from '../../../../src/orchestrator/store/commit.ts';
import { Store } from '../../../../src/orchestrator/store/store.ts';
import type { StoredTask } from '../../../../src/orchestrator/store/stored-object.ts';
import { VirtualClock } from '../../../../src/base/clock.ts';
import { aNode, aService, aStore, aTask } from '../../../support/builders.ts';

describe('versions', () => {
  test('every object of one transaction gets its number, the next transaction one more', () => {
    const { store, write } = aStore();
    const [web, db] = write((tx) => [
      tx.create('service', aService({ name: 'web' })),
      tx.create('service', aService({ name: 'db' })),
    ]);
    expect([web?.Version.Index, db?.Version.Index]).toEqual([1, 1]);
    expect(write((tx) => tx.update('service', web)).Version.Index).toBe(2);
    expect(store.view.version).toBe(2);
  });

  test('a stale object is refused and the whole transaction undone', () => {
    const { store, write } = aStore();
    const stale = write((tx) => tx.create('service', aService({ name: 'web' })));
    write((tx) => tx.update('service', stale));
    const attempt = (): unknown =>
      write((tx) => {
        tx.create('service', aService({ name: 'db' }));
        return tx.update('service', stale);
      });
    expect(attempt).toThrow('update out of sequence');
    expect(store.view.list('service').map((one) => one.Spec.Name)).toEqual(['web']);
    expect(store.view.version).toBe(2);
  });

  test('a transaction that writes nothing takes no number and tells nobody', () => {
    const { store, write } = aStore();
    const commits: Commit[] = [];
    store.watch((commit) => commits.push(commit));
    write(() => 'nothing');
    expect([store.view.version, commits.length]).toEqual([0, 0]);
  });

  test('created and updated times come from the clock', () => {
    const { clock, write } = aStore();
    const made = write((tx) => tx.create('node', aNode()));
    clock.advanceTo((clock.now() + 1500) as ReturnType<typeof clock.now>);
    const changed = write((tx) => tx.update('node', made));
    expect(changed.CreatedAt).toBe('2026-11-20T00:00:00Z');
    expect(changed.UpdatedAt).toBe('2026-11-20T00:00:01.5Z');
  });
});

describe('refusals', () => {
  test('a name is taken in any case, an id for ever, a missing object cannot change', () => {
    const { write } = aStore();
    const web = write((tx) => tx.create('service', aService({ name: 'web' })));
    expect(() => write((tx) => tx.create('service', aService({ name: 'WEB' })))).toThrow(
      'name conflicts with an existing object',
    );
    expect(() => write((tx) => tx.create('service', { ...aService(), ID: web.ID }))).toThrow(
      'object already exists',
    );
    write((tx) => tx.remove('service', web.ID));
    expect(() => write((tx) => tx.update('service', web))).toThrow('object does not exist');
    expect(() => write((tx) => tx.remove('service', web.ID))).toThrow('object does not exist');
  });

  test('a task moves only by its writers and never changes its node', () => {
    const { write } = aStore();
    const service = write((tx) => tx.create('service', aService()));
    const task = write((tx) => tx.create('task', aTask(service)), 'orchestrator');
    const assigned = { ...task, Status: { State: 'assigned' as const } };
    expect(() => write((tx) => tx.update('task', assigned), 'scheduler')).toThrow(
      'may not move task',
    );
    const placed = write(
      (tx) => tx.create('task', aTask(service, { NodeID: 'n1' as NodeId })),
      'import',
    );
    expect(() =>
      write((tx) => tx.update('task', { ...placed, NodeID: 'n2' as NodeId }), 'scheduler'),
    ).toThrow('to another node');
    expect(() =>
      write((tx) => tx.update('task', { ...placed, DesiredState: 'remove' }), 'scheduler'),
    ).toThrow('may not want task');
  });

  test('nothing is written from inside a transaction or a handler, or after the end', () => {
    const { store, write } = aStore();
    expect(() => write(() => write(() => 0))).toThrow('from inside a transaction');
    const leaked = write((tx) => tx);
    expect(() => leaked.create('node', aNode())).toThrow('after its end');
    store.watch(() => write((tx) => tx.create('node', aNode())));
    expect(() => write((tx) => tx.create('node', aNode()))).toThrow('or a commit handler');
  });
});

describe('undo', () => {
  test('restores removed, changed and created objects, their order and every index', () => {
    const { store, write } = aStore();
    const service = write((tx) => tx.create('service', aService()));
    const create = (Slot: number): StoredTask =>
      write((tx) => tx.create('task', aTask(service, { Slot, NodeID: 'n1' as NodeId })));
    const [first, second, third] = [create(1), create(2), create(3)];
    const tasks = [first, second, third];
    const before = store.save();
    expect(() =>
      write((tx) => {
        tx.remove('task', first.ID);
        const moved = tx.update('task', { ...second, Slot: 9 });
        tx.remove('task', moved.ID);
        const extra = tx.create('task', aTask(service, { Slot: 7 }));
        tx.remove('task', extra.ID);
        tx.create('task', aTask(service, { Slot: 8 }));
        throw new Error('changed my mind');
      }),
    ).toThrow('changed my mind');
    expect(store.save()).toEqual(before);
    expect(store.view.tasksByService(service.ID)).toEqual(tasks);
    expect(store.view.tasksByNode('n1' as NodeId)).toEqual(tasks);
    expect(store.view.tasksBySlot(service.ID, 2)).toEqual([second]);
    expect(store.view.tasksBySlot(service.ID, 9)).toEqual([]);
  });
});

describe('reads', () => {
  test('finds tasks by service, node and slot in creation order, however they got there', () => {
    const { store, write } = aStore();
    const service = write((tx) => tx.create('service', aService()));
    const [first, second] = write((tx) => [
      tx.create('task', aTask(service, { Status: { State: 'pending' } })),
      tx.create('task', aTask(service, { Status: { State: 'pending' } })),
    ]);
    for (const task of [second, first]) {
      const next = { ...task, NodeID: 'n1' as NodeId };
      write((tx) => tx.update('task', next), 'scheduler');
    }
    const ids = store.view.tasksByNode('n1' as NodeId).map((task) => task.ID);
    expect(ids).toEqual([first?.ID, second?.ID]);
    expect(store.view.tasksBySlot(service.ID, 1).map((task) => task.ID)).toEqual(ids);
    expect(store.view.tasksByService(service.ID).map((task) => task.ID)).toEqual(ids);
  });

  test('finds the tasks of a global service by node as slot', () => {
    const { store, write } = aStore();
    const service = write((tx) => tx.create('service', aService({ global: true })));
    const { Slot: _, ...globalTask } = aTask(service, { NodeID: 'n1' as NodeId });
    const task = write((tx) => tx.create('task', globalTask));
    expect(store.view.tasksBySlot(service.ID, 'n1' as NodeId)).toEqual([task]);
  });

  test('finds services by what their current spec refers to', () => {
    const { store, write } = aStore();
    const secret = { SecretID: 's1' as SecretId, SecretName: 'key' };
    const withSecret = (Secrets: (typeof secret)[]): Parameters<typeof aService>[0] => ({
      spec: { TaskTemplate: { ContainerSpec: { Image: 'x', Secrets } } },
    });
    const web = write((tx) => tx.create('service', aService(withSecret([secret]))));
    expect(store.view.servicesBySecret('s1' as SecretId)).toEqual([web]);
    const { Spec } = aService(withSecret([]));
    write((tx) => tx.update('service', { ...web, Spec }));
    expect(store.view.servicesBySecret('s1' as SecretId)).toEqual([]);
  });

  test('finds by name without case, by id prefix and by host name', () => {
    const { store, write } = aStore();
    const web = write((tx) => tx.create('service', aService({ name: 'Web' })));
    const node = write((tx) => tx.create('node', aNode({ hostname: 'alpha' })));
    expect(store.view.byName('service', 'wEB')).toBe(web);
    expect(store.view.byIdPrefix('service', web.ID.slice(0, 20))).toContain(web);
    expect(store.view.nodesByHostname('alpha')).toEqual([node]);
  });
});

describe('commits', () => {
  test('tell each watcher the same value, one change per object, in order', () => {
    const { store, write } = aStore();
    const seen: Commit[][] = [[], []];
    const stop = store.watch((commit) => seen[0]?.push(commit));
    store.watch((commit) => seen[1]?.push(commit));
    const service = write((tx) => tx.create('service', aService()));
    write((tx) => {
      const once = tx.update('service', service);
      tx.create('node', aNode());
      const gone = tx.create('node', aNode());
      tx.remove('node', gone.ID);
      tx.update('service', { ...once, SpecVersion: 7 });
    });
    stop();
    write((tx) => tx.remove('service', service.ID));
    expect(seen[0]).toEqual(seen[1]?.slice(0, 2));
    expect(seen[0]?.[1]).toBe(seen[1]?.[1]);
    const [update, create] = seen[0]?.[1]?.changes ?? [];
    expect(update).toMatchObject({ kind: 'service', action: 'update', old: service });
    expect(update?.object).toMatchObject({ SpecVersion: 7, Version: { Index: 2 } });
    expect(create).toMatchObject({ kind: 'node', action: 'create' });
    expect(seen[1]?.[2]?.changes).toMatchObject([{ kind: 'service', action: 'remove' }]);
  });

  test('a view and what follows it neither overlap nor miss anything', () => {
    const { store, write } = aStore();
    write((tx) => tx.create('node', aNode()));
    const seen: number[] = [];
    const { state } = store.viewAndWatch(
      (view) => view.version,
      (commit) => seen.push(commit.version),
    );
    write((tx) => tx.create('node', aNode()));
    expect([state, seen]).toEqual([1, [2]]);
  });
});

describe('durability', () => {
  test('durable() waits for the commits made so far, in order', async () => {
    const acks: ((error?: Error) => void)[] = [];
    const store = new Store({
      clock: new VirtualClock(),
      persistence: { load: () => Promise.resolve(undefined), append: (_, done) => acks.push(done) },
    });
    const order: string[] = [];
    store.update('control', (tx) => tx.create('node', aNode()));
    const first = store.durable().then(() => order.push('first'));
    store.update('control', (tx) => tx.create('node', aNode()));
    const second = store.durable().then(() => order.push('second'));
    acks[0]?.();
    await first;
    expect(order).toEqual(['first']);
    acks[1]?.();
    await second;
    await store.durable();
  });

  test('a failing disk rejects the waiters and stops all further writes', async () => {
    const store = new Store({
      clock: new VirtualClock(),
      persistence: {
        load: () => Promise.resolve(undefined),
        append: (_, done) => done(new Error('disk full')),
      },
    });
    store.update('control', (tx) => tx.create('node', aNode()));
    await expect(store.durable()).rejects.toThrow('disk full');
    expect(() => store.update('control', (tx) => tx.create('node', aNode()))).toThrow(
      'can no longer be written to disk',
    );
  });

  test('save and restore give the same lists in the same order', () => {
    const { store, write } = aStore();
    const service = write((tx) => tx.create('service', aService()));
    for (const Slot of [1, 2]) write((tx) => tx.create('task', aTask(service, { Slot })));
    const saved = store.save();
    const copy = new Store({ clock: new VirtualClock() });
    copy.restore({ ...saved, objects: [...saved.objects].reverse() });
    expect(copy.save()).toEqual(saved);
    expect(copy.view.tasksByService(service.ID)).toEqual(store.view.tasksByService(service.ID));
  });
});
