import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { chmodSync, existsSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { VirtualClock } from '../../../src/base/clock.ts';
import {
  databaseFile,
  openDatabase,
  openLmdbPersistence,
  type StateLocation,
} from '../../../src/host/lmdb-persistence.ts';
import { exportState, importState, repairState } from '../../../src/host/state-transfer.ts';
import { migrate } from '../../../src/host/state-migrations.ts';
import type { LogRecord } from '../../../src/orchestrator/store/log-record.ts';
import { Store } from '../../../src/orchestrator/store/store.ts';
import type { SecretId } from '../../../src/swarm/object.ts';
import { aNode, anId, aService, aTask, EPOCH } from '../../support/builders.ts';

const root = mkdtempSync(join(tmpdir(), 'tstack-state-'));
let location: StateLocation;
let count = 0;

beforeEach(() => {
  count += 1;
  const home = join(root, String(count));
  location = {
    cluster: 'demo',
    directory: join(home, 'data'),
    keyFile: join(home, 'keys/demo.key'),
  };
});
afterAll(() => rmSync(root, { recursive: true }));

interface OpenedStore {
  readonly store: Store;
  readonly close: () => Promise<void>;
}

async function openStore(where: StateLocation = location): Promise<OpenedStore> {
  const persistence = openLmdbPersistence(where);
  const saved = await persistence.load();
  const store = new Store({ clock: new VirtualClock(EPOCH), persistence });
  if (saved) store.restore(saved);
  return { store, close: () => persistence.close() };
}

/** A service with three tasks that share its template, a node and a secret. */
function fill(store: Store): void {
  store.update('import', (tx) => {
    tx.create('node', aNode());
    const Spec = { Name: 'token', Data: Buffer.from('canary-4711').toString('base64') };
    tx.create('secret', { ID: anId('secret') as SecretId, Spec });
    const service = tx.create('service', aService({ replicas: 3 }));
    for (const Slot of [1, 2, 3]) tx.create('task', aTask(service, { Slot }));
  });
}

async function filledStore(): Promise<void> {
  const { store, close } = await openStore();
  fill(store);
  await store.durable();
  await close();
}

describe('what is durable', () => {
  test('commits that come while one is written are there as if written one by one', async () => {
    const first = await openStore();
    fill(first.store);
    const [service] = first.store.view.list('service');
    if (!service) throw new Error('no service');
    first.store.update('import', (tx) => {
      for (const Slot of [4, 5]) tx.create('task', aTask(service, { Slot }));
    });
    first.store.update('import', (tx) => {
      for (const task of tx.view.list('task')) if (task.Slot !== 2) tx.remove('task', task.ID);
    });
    first.store.update('import', (tx) => {
      const Spec = { ...service.Spec, Labels: { now: 'other' } };
      tx.update('service', { ...service, Spec });
    });
    await first.store.durable();
    const tasks = first.store.view.list('task');
    await first.close();
    const second = await openStore();
    expect(second.store.view.list('task')).toEqual(tasks);
    expect(second.store.view.list('service')[0]?.Spec.Labels).toEqual({ now: 'other' });
    await second.close();
  });

  test('comes back whole: objects, versions, order, sharing', async () => {
    const first = await openStore();
    fill(first.store);
    const [service] = first.store.view.list('service');
    const [task] = first.store.view.list('task');
    first.store.update('import', (tx) => {
      if (service) tx.update('service', { ...service, SpecVersion: 7 });
      if (task) tx.remove('task', task.ID);
    });
    await first.store.durable();
    const before = first.store.save();
    await first.close();

    const again = await openStore();
    expect(again.store.save()).toEqual(before);
    const [stored] = again.store.view.list('service');
    for (const one of again.store.view.list('task'))
      expect(one.Spec).toBe(stored?.Spec.TaskTemplate);
    again.store.update('import', (tx) => tx.create('node', aNode()));
    await again.store.durable();
    await again.close();
    const third = await openStore();
    expect(third.store.view.count('node')).toBe(2);
    await third.close();
  });

  test('notes stay when the store is cleared, if they are named', async () => {
    await filledStore();
    const persistence = openLmdbPersistence(location);
    await persistence.load();
    await persistence.notes.write('daemon-id', 'abc');
    await persistence.notes.write('keys', 'x');
    await persistence.clear(new Map([['daemon-id', 'abc']]));
    await persistence.close();
    const again = openLmdbPersistence(location);
    expect(await again.load()).toBeUndefined();
    expect([again.notes.read('daemon-id'), again.notes.read('keys')]).toEqual(['abc', undefined]);
    const store = new Store({ clock: new VirtualClock(EPOCH), persistence: again });
    fill(store);
    await store.durable();
    await again.close();
    const third = openLmdbPersistence(location);
    expect((await third.load())?.objects).toHaveLength(6);
    await third.close();
  });

  test('the disk holds the state and not its history', async () => {
    const { store, close } = await openStore();
    fill(store);
    await store.durable();
    const rewrite = async (): Promise<number> => {
      for (let round = 0; round < 200; round += 1) {
        for (const task of store.view.list('task')) {
          const Status = { ...task.Status, Message: `round ${round}`.padEnd(200, '.') };
          store.update('import', (tx) => tx.update('task', { ...task, Status }));
        }
        if (round % 30 === 0) await store.durable();
      }
      await store.durable();
      return statSync(databaseFile(location.directory)).size;
    };
    const once = await rewrite();
    expect(await rewrite()).toBeLessThanOrEqual(once * 2);
    await close();
  });

  test('nothing is readable without the key, which others may not read', async () => {
    await filledStore();
    const bytes = readFileSync(databaseFile(location.directory));
    for (const word of ['canary-4711', Buffer.from('canary-4711').toString('base64'), 'nginx']) {
      expect(bytes.includes(word), word).toBe(false);
    }
    expect(statSync(location.keyFile).mode & 0o777).toBe(0o600);
    expect(statSync(location.directory).mode & 0o777).toBe(0o700);
    chmodSync(location.keyFile, 0o644);
    expect(() => openLmdbPersistence(location)).toThrow('is open to others');
  });
});

describe('what cannot be used is refused, and left as it was', () => {
  async function refusal(): Promise<{ code: string; message: string; hint: string }> {
    const before = existsSync(databaseFile(location.directory))
      ? readFileSync(databaseFile(location.directory))
      : undefined;
    try {
      const { close } = await openStore();
      await close();
    } catch (error) {
      if (before) expect(readFileSync(databaseFile(location.directory)).equals(before)).toBe(true);
      return error as { code: string; message: string; hint: string };
    }
    throw new Error('it was opened');
  }

  test('a file of something else', async () => {
    await filledStore();
    writeFileSync(databaseFile(location.directory), 'x'.repeat(9000));
    expect(await refusal()).toMatchObject({
      code: 'cluster-state-foreign',
      message: expect.stringContaining('is not the state of a tstack cluster'),
      hint: expect.stringMatching(/repair.*export/),
    });
  });

  test('a database of another program', async () => {
    await filledStore();
    rmSync(databaseFile(location.directory));
    const db = openDatabase(databaseFile(location.directory));
    db.putSync('hello', Buffer.from('world'));
    await db.close();
    expect(await refusal()).toMatchObject({ code: 'cluster-state-foreign' });
  });

  test('a truncated file', async () => {
    await filledStore();
    const file = databaseFile(location.directory);
    truncateSync(file, 3 * 4096);
    expect(await refusal()).toMatchObject({
      code: 'cluster-state-damaged',
      hint: expect.stringMatching(/tstack cluster repair demo.*import demo.*export/),
    });
  });

  test('a flipped bit in a row', async () => {
    await filledStore();
    const db = openDatabase(databaseFile(location.directory));
    const place = [...db.getKeys()].find((one) => one.startsWith('o/service/')) ?? '';
    const row = Buffer.from(db.get(place) ?? '');
    row[40] = (row[40] ?? 0) ^ 1;
    db.putSync(place, row);
    await db.close();
    expect(await refusal()).toMatchObject({
      code: 'cluster-state-damaged',
      message: expect.stringContaining(`first ${place}`),
    });
  });

  test('a row that is gone', async () => {
    await filledStore();
    const db = openDatabase(databaseFile(location.directory));
    const place = [...db.getKeys()].find((one) => one.startsWith('o/task/')) ?? '';
    db.removeSync(place);
    await db.close();
    expect(await refusal()).toMatchObject({ code: 'cluster-state-damaged' });
  });

  test('a missing key, the key of another cluster, a newer schema', async () => {
    await filledStore();
    const key = readFileSync(location.keyFile);
    rmSync(location.keyFile);
    expect(await refusal()).toMatchObject({ code: 'cluster-state-key-missing' });
    const other = { ...location, directory: join(root, `${count}-other`) };
    await (await openStore(other)).close();
    expect(await refusal()).toMatchObject({ code: 'cluster-state-key-wrong' });
    writeFileSync(location.keyFile, key);
    const db = openDatabase(databaseFile(location.directory));
    const meta = JSON.parse((db.get('meta') ?? '').toString('utf8')) as object;
    db.putSync('meta', Buffer.from(JSON.stringify({ ...meta, schema: 999 })));
    await db.close();
    expect(await refusal()).toMatchObject({
      code: 'cluster-state-newer',
      message: expect.stringContaining('has schema 999'),
    });
  });
});

describe('repair, export, import', () => {
  test('repair keeps what can be read, and the damaged file', async () => {
    await filledStore();
    const db = openDatabase(databaseFile(location.directory));
    const places = [...db.getKeys()].filter((one) => one.startsWith('o/task/'));
    db.putSync(places[0] ?? '', Buffer.alloc(100));
    await db.close();
    const repair = await repairState(location, 'damaged-1');
    expect(repair).toMatchObject({ objects: 5, lost: [places[0]], missing: 0 });
    expect(readdirSync(repair.kept ?? '')).toContain('data.mdb');
    const { store, close } = await openStore();
    expect(store.view.count('task')).toBe(2);
    expect(store.view.count('secret')).toBe(1);
    await close();
    expect(await repairState(location, 'again')).toMatchObject({ lost: [], kept: undefined });
  });

  test('repair leaves out what cannot be without a lost value', async () => {
    await filledStore();
    const db = openDatabase(databaseFile(location.directory));
    for (const place of [...db.getKeys()].filter((one) => one.startsWith('v/'))) {
      db.putSync(place, Buffer.alloc(100));
    }
    await db.close();
    const { lost, objects } = await repairState(location, 'damaged-1');
    expect(lost.filter((one) => one.startsWith('o/'))).toHaveLength(4);
    expect(objects).toBe(2);
    await (await openStore()).close();
  });

  test('an export is private, and imports under another name and key', async () => {
    await filledStore();
    const file = join(root, `${count}.export`);
    expect(await exportState(location, file)).toBe(6);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    await expect(exportState(location, file)).rejects.toThrow('it exists');
    const other = {
      cluster: 'other',
      directory: join(root, `${count}-b`),
      keyFile: join(root, `${count}-b.key`),
    };
    expect(await importState(other, file, 'before')).toEqual({ objects: 6, kept: undefined });
    const [from, to] = [await openStore(), await openStore(other)];
    expect(to.store.save()).toEqual(from.store.save());
    await Promise.all([from.close(), to.close()]);
  });

  test.each([
    ['no JSON', 'x', 'is not JSON'],
    ['something else', '{"format":"other"}', "not a file of 'tstack cluster export'"],
    [
      'a newer one',
      '{"format":"tstack-cluster-export","record":{"schema":99,"version":1,"values":[],"puts":[]}}',
      'has schema 99',
    ],
    [
      'an object of no kind',
      '{"format":"tstack-cluster-export","record":{"schema":1,"version":1,"values":[],"puts":[["__proto__",{"ID":"x"}]]}}',
      'content is damaged',
    ],
  ])('import refuses %s and changes nothing', async (_, text, reason) => {
    await filledStore();
    const before = readFileSync(databaseFile(location.directory));
    const file = join(root, `${count}.bad`);
    writeFileSync(file, text);
    await expect(importState(location, file, 'before')).rejects.toThrow(reason);
    expect(readFileSync(databaseFile(location.directory)).equals(before)).toBe(true);
  });
});

test('an older schema is led on step by step', () => {
  const record = { schema: 1, version: 3, values: [], puts: [], removals: [], dropped: [] };
  const steps = [2, 3].map((to) => (one: LogRecord): LogRecord => ({
    ...one,
    version: one.version * to,
  }));
  expect(migrate(record, steps, 3)).toEqual({ ...record, schema: 3, version: 18 });
  expect(() => migrate(record, [], 2)).toThrow('no step leads on from schema 1');
});

/** Writes transactions for ever and prints the version after each `durable()`. */
const WRITER = `
import { VirtualClock } from '${import.meta.dirname}/../../../src/base/clock.ts';
import { openLmdbPersistence } from '${import.meta.dirname}/../../../src/host/lmdb-persistence.ts';
import { Store } from '${import.meta.dirname}/../../../src/orchestrator/store/store.ts';
import { aNode } from '${import.meta.dirname}/../../support/builders.ts';
const persistence = openLmdbPersistence(JSON.parse(process.argv[1]));
const saved = await persistence.load();
const store = new Store({ clock: new VirtualClock(), persistence });
if (saved) store.restore(saved);
for (let number = 0; ; number += 1) {
  store.update('import', (tx) => {
    const node = aNode({ hostname: 'n' + number });
    tx.create('node', { ...node, ID: (store.view.version + 'x').padStart(25, '0') });
  });
  await store.durable();
  process.stdout.write(store.view.version + '\\n');
}
`;

test('kill -9 at any moment loses nothing that was acknowledged', async () => {
  for (let round = 0; round < 2; round += 1) {
    const args = ['--import', 'tsx', '--input-type=module', '-e', WRITER, JSON.stringify(location)];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    let printed = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      printed += text;
      if (printed.split('\n').length > 5 + round * 3) child.kill('SIGKILL');
    });
    await once(child, 'close');
    const acknowledged = Number(printed.split('\n').at(-2));
    expect(acknowledged).toBeGreaterThan(4);
    const { store, close } = await openStore();
    expect(store.view.version).toBeGreaterThanOrEqual(acknowledged);
    expect(store.view.count('node')).toBe(store.view.version);
    await close();
  }
});
