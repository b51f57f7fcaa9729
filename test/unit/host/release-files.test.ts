import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { isProcessGone, processIdentity } from '../../../src/host/process-identity.ts';
import { openReleaseFiles } from '../../../src/host/release-files.ts';

const folder = mkdtempSync(join(tmpdir(), 'tstack-releases-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const open = (stack: string, parent = join(folder, 'releases')) =>
  openReleaseFiles(parent, { cluster: 'c1', stack });

test('records are written, read and removed, for this user alone, apart by stack', async () => {
  const store = open('shop');
  expect(await store.read()).toEqual({ records: new Map(), lock: undefined });
  await store.write({ name: 'r1', text: 'one' });
  await store.write({ name: 'journal', text: 'two' });
  expect((await open('shop').read()).records).toEqual(
    new Map([
      ['journal', 'two'],
      ['r1', 'one'],
    ]),
  );
  expect((await open('../shop').read()).records.size).toBe(0);
  await store.remove('journal');
  await store.remove('journal');
  expect([...(await store.read()).records.keys()]).toEqual(['r1']);
  expect(statSync(join(folder, 'releases')).mode & 0o777).toBe(0o700);
});

test('of several who take a lock one gets it, and only over the one they saw', async () => {
  const stores = [open('lock'), open('lock'), open('lock')];
  const take = (over?: Awaited<ReturnType<(typeof stores)[0]['createLock']>>) =>
    Promise.all(stores.map((one, at) => one.createLock(`holder ${at}`, over)));
  const [first, ...others] = await take();
  expect(first?.text).toBe('holder 0');
  expect(others).toEqual([undefined, undefined]);
  const again = await take(first);
  expect(again.filter((one) => one !== undefined)).toHaveLength(1);
  const held = again.find((one) => one !== undefined);
  const [store] = stores;
  if (!store || !first || !held) throw new Error('nobody holds it');
  expect(await store.renewLock(first, 'late')).toBeUndefined();
  await store.removeLock(first);
  expect((await store.renewLock(held, 'renewed'))?.text).toBe('renewed');
  expect((await store.read()).lock?.text).toBe('renewed');
  await store.removeLock(held);
  expect((await store.read()).lock).toBeUndefined();
});

test('a state directory that cannot be used is said, with what to do', async () => {
  const parent = join(folder, 'a-file');
  writeFileSync(parent, '');
  await expect(open('shop', parent).write({ name: 'r1', text: '' })).rejects.toMatchObject({
    hint: expect.stringContaining('XDG_STATE_HOME'),
  });
});

test('this process is alive, and one that never was is gone', () => {
  const own = processIdentity();
  expect(isProcessGone(own)).toBe(false);
  expect(isProcessGone('')).toBe(false);
  if (own === '') return;
  const [namespace, , start] = own.split(' ');
  expect(isProcessGone(`${namespace} 4194304 ${start}`)).toBe(true);
  expect(isProcessGone(`pid:[1] 4194304 ${start}`)).toBe(false);
});
