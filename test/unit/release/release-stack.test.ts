import { expect, test } from 'vitest';
import { CancelledError } from '../../../src/base/errors.ts';
import { openClusterStore } from '../../../src/release/cluster-store.ts';
import { LOCK_TTL_MS } from '../../../src/release/lock.ts';
import { openJournal } from '../../../src/release/revision.ts';
import { aConfig, aNetwork, aSecret, aService, aStack } from '../../support/a-stack.ts';
import { ReleaseRehearsal } from '../../support/release-rehearsal.ts';

const V1 = aStack({
  networks: [aNetwork('default')],
  secrets: [aSecret('key', 'hush-one')],
  configs: [aConfig('conf', 'c1')],
  services: [
    aService('web', { image: 'app:1', secrets: ['key'], configs: ['conf'] }),
    aService('db', { image: 'db:1' }),
  ],
});
const V2 = aStack({
  networks: [aNetwork('default'), aNetwork('extra')],
  secrets: [aSecret('key', 'hush-two')],
  configs: [aConfig('conf', 'c2')],
  services: [
    aService('web', {
      image: 'app:2',
      secrets: ['key'],
      configs: ['conf'],
      Mode: { Replicated: { Replicas: 3 } },
    }),
    aService('db', { image: 'db:1' }),
    aService('cache', { image: 'cache:1', networks: ['extra'] }),
  ],
});
const BAD = { ...V2, services: [...V2.services.slice(1), aService('web', { image: 'app:bad' })] };

for (const kind of ['local', 'cluster'] as const) {
  const rehearse = (): ReleaseRehearsal =>
    kind === 'local'
      ? new ReleaseRehearsal()
      : new ReleaseRehearsal((engine) => openClusterStore(engine.client, 'shop'));

  test(`${kind}: a deploy leaves a revision, an unchanged one writes nothing at all`, async () => {
    const rehearsal = rehearse();
    expect(await rehearsal.deploy(V1)).toMatchObject({ outcome: 'converged', exitCode: 0 });
    const [first] = await rehearsal.revisions();
    expect(first).toMatchObject({
      number: 1,
      kind: 'deploy',
      outcome: 'converged',
      exitCode: 0,
      actor: { user: 'alice' },
      sources: [{ name: 'stack.yml' }],
      images: { shop_web: 'app:1', shop_db: 'db:1' },
    });
    expect(first?.durationMs).toBeGreaterThan(0);
    expect(first?.plan.operations.map((one) => `${one.kind} ${one.name}`)).toEqual([
      'network-create shop_default',
      'secret-create shop_key',
      'config-create shop_conf',
      'service-create shop_db',
      'service-create shop_web',
    ]);
    expect((await rehearsal.store.read()).lock).toBeUndefined();
    rehearsal.engine.requests.length = 0;
    expect(await rehearsal.deploy(V1)).toMatchObject({ exitCode: 0 });
    expect(rehearsal.engine.writes).toEqual([]);
    expect(await rehearsal.revisions()).toHaveLength(1);
  });

  test(`${kind}: rollback brings services, numbers, secrets and configs back, and forth`, async () => {
    const rehearsal = rehearse();
    await rehearsal.deploy(V1);
    await rehearsal.deploy(V2);
    expect(rehearsal.services).toEqual([
      'shop_cache cache:1 x1',
      'shop_db db:1 x1',
      'shop_web app:2 x3',
    ]);
    expect(rehearsal.blobs).toEqual([
      'shop_conf',
      expect.stringMatching(/^shop_conf_[0-9a-f]{8}$/),
      'shop_key',
      expect.stringMatching(/^shop_key_[0-9a-f]{8}$/),
    ]);
    expect(await rehearsal.rollBack()).toMatchObject({ outcome: 'converged', exitCode: 0 });
    expect(rehearsal.services).toEqual(['shop_db db:1 x1', 'shop_web app:1 x1']);
    const web = [...rehearsal.engine.services.values()].find((one) => one.Spec.Name === 'shop_web');
    const container = web?.Spec.TaskTemplate.ContainerSpec;
    expect(container?.Secrets?.[0]).toMatchObject({
      SecretName: 'shop_key',
      File: { Name: 'key' },
    });
    expect(container?.Configs?.[0]).toMatchObject({ ConfigName: 'shop_conf' });
    // The deploy of the first file again has nothing to do.
    rehearsal.engine.requests.length = 0;
    await rehearsal.deploy(V1);
    expect(rehearsal.engine.writes).toEqual([]);
    expect(await rehearsal.rollBack()).toMatchObject({ exitCode: 0 });
    expect(rehearsal.services).toContain('shop_web app:2 x3');
    expect((await rehearsal.revisions()).map((one) => [one.kind, one.restores])).toEqual([
      ['deploy', undefined],
      ['deploy', undefined],
      ['rollback', 1],
      ['rollback', 2],
    ]);
  });
}

test('an unchanged file after a rotation writes nothing; only what refers to the content restarts', async () => {
  const rehearsal = new ReleaseRehearsal();
  await rehearsal.deploy(V1);
  const next = { ...V1, secrets: [aSecret('key', 'hush-two')], configs: [aConfig('conf', 'c2')] };
  rehearsal.engine.requests.length = 0;
  await rehearsal.deploy(next);
  expect(rehearsal.engine.writes.filter((one) => one.includes('update'))).toHaveLength(1);
  rehearsal.engine.requests.length = 0;
  await rehearsal.deploy(next);
  expect(rehearsal.engine.writes).toEqual([]);
});

test('a content that only the engine can compare rotates when it says that it differs', async () => {
  const rehearsal = new ReleaseRehearsal();
  await rehearsal.deploy(V1);
  rehearsal.known.clear();
  const next = { ...V1, secrets: [aSecret('key', 'hush-two')] };
  expect(await rehearsal.deploy(next)).toMatchObject({ exitCode: 0 });
  expect(rehearsal.blobs).toContainEqual(expect.stringMatching(/^shop_key_[0-9a-f]{8}$/));
});

test('old versions go when no kept revision needs them', async () => {
  const rehearsal = new ReleaseRehearsal();
  for (const content of ['c1', 'c2', 'c3', 'c4', 'c5']) {
    await rehearsal.deploy({ ...V1, configs: [aConfig('conf', content)] }, { keep: 2 });
  }
  expect((await rehearsal.revisions()).map((one) => one.number)).toEqual([4, 5]);
  expect(rehearsal.blobs.filter((one) => one.startsWith('shop_conf'))).toHaveLength(2);
});

test('a rollback whose secret is gone is refused by name, before any write', async () => {
  const rehearsal = new ReleaseRehearsal();
  await rehearsal.deploy(V1);
  await rehearsal.deploy(V2);
  const old = [...rehearsal.engine.secrets.values()].find((one) => one.Spec.Name === 'shop_key');
  rehearsal.engine.secrets.delete(old?.ID ?? '');
  rehearsal.engine.requests.length = 0;
  await expect(rehearsal.rollBack()).rejects.toMatchObject({
    exitCode: 4,
    message: expect.stringContaining('secret shop_key is not in the cluster any more'),
  });
  expect(rehearsal.engine.writes).toEqual([]);
});

test('a failed deploy is kept with its outcome, and rollback goes to the newest good one', async () => {
  const rehearsal = new ReleaseRehearsal();
  rehearsal.engine.behave('app:bad', { kind: 'rejected', error: 'No such image: app:bad' });
  await rehearsal.deploy(V1);
  await rehearsal.deploy(BAD, { timeoutMs: 20_000 });
  const [, failed] = await rehearsal.revisions();
  expect(failed?.exitCode).not.toBe(0);
  expect(await rehearsal.rollBack()).toMatchObject({ exitCode: 0 });
  expect(rehearsal.services).toEqual(['shop_db db:1 x1', 'shop_web app:1 x1']);
});

test('--atomic puts everything back, checks it, and says so', async () => {
  const rehearsal = new ReleaseRehearsal();
  rehearsal.engine.behave('app:bad', { kind: 'rejected', error: 'No such image: app:bad' });
  await rehearsal.deploy(V1);
  const before = rehearsal.services;
  const result = await rehearsal.deploy(BAD, { atomic: true, timeoutMs: 20_000 });
  expect(result).toMatchObject({ outcome: 'rolled-back', exitCode: 6 });
  expect(result.messages.join('\n')).toMatch(/put back: .*update service shop_web/);
  expect(rehearsal.services).toEqual(before);
  expect(rehearsal.blobs).toEqual(['shop_conf', 'shop_key']);
  expect([...rehearsal.engine.networks.values()].map((one) => one.Name)).toEqual(['shop_default']);
  const finished = rehearsal.events.filter((one) => one.type === 'finished');
  expect(finished.at(-1)).toMatchObject({ exitCode: 6 });
});

test('--atomic undoes a write that was refused half-way', async () => {
  const rehearsal = new ReleaseRehearsal();
  await rehearsal.deploy(V1);
  const before = rehearsal.services;
  rehearsal.engine.fail({ matches: /POST \/services\/create/, status: 500, message: 'no' });
  const result = await rehearsal.deploy(V2, { atomic: true });
  expect(result).toMatchObject({ exitCode: 6 });
  expect(rehearsal.services).toEqual(before);
  expect(rehearsal.blobs).toEqual(['shop_conf', 'shop_key']);
});

test('a second deploy meanwhile is told who holds the lock', async () => {
  const rehearsal = new ReleaseRehearsal();
  const first = rehearsal.begin(V1, {}, rehearsal.ports('one'));
  for (let at = 0; at < 30; at += 1) await new Promise((done) => setImmediate(done));
  await expect(rehearsal.begin(V2, {}, rehearsal.ports('two'))).rejects.toMatchObject({
    exitCode: 8,
    message: expect.stringMatching(/locked by alice@desk \(deploy\) since 1970/),
    hint: expect.stringContaining('tstack unlock shop'),
  });
  await rehearsal.run(first);
  expect((await rehearsal.store.read()).lock).toBeUndefined();
});

test('a lock of a dead process, or one that has run out, is taken over', async () => {
  const rehearsal = new ReleaseRehearsal();
  const { clock } = rehearsal.engine;
  const lock = (process: string, expires: number): string =>
    JSON.stringify({
      actor: { user: 'bob', host: 'ci' },
      command: 'deploy',
      since: new Date(0).toISOString(),
      expires: new Date(expires).toISOString(),
      process,
    });
  await rehearsal.store.createLock(lock('dead', clock.now() + LOCK_TTL_MS), undefined);
  await expect(rehearsal.deploy(V1)).rejects.toMatchObject({ exitCode: 8 });
  rehearsal.gone.add('dead');
  expect(await rehearsal.deploy(V1)).toMatchObject({ exitCode: 0 });
  await rehearsal.store.createLock(lock('far away', clock.now() - 1), undefined);
  expect(await rehearsal.deploy(V2)).toMatchObject({ exitCode: 0 });
});

test('who loses the lock stops with exit 8', async () => {
  const rehearsal = new ReleaseRehearsal();
  rehearsal.engine.behave('app:1', { kind: 'runs', afterMs: 10 * LOCK_TTL_MS });
  const work = rehearsal.begin(V1, { timeoutMs: 20 * LOCK_TTL_MS });
  for (let at = 0; at < 30; at += 1) await new Promise((done) => setImmediate(done));
  const { lock } = await rehearsal.store.read();
  if (!lock) throw new Error('it should be locked');
  await rehearsal.store.removeLock(lock);
  await rehearsal.store.createLock('{}', undefined);
  await expect(rehearsal.run(work)).rejects.toMatchObject({ exitCode: 8 });
});

test('an interrupted deploy keeps its journal, gives its lock back, and can be resumed', async () => {
  const rehearsal = new ReleaseRehearsal();
  await rehearsal.deploy(V1);
  const controller = new AbortController();
  rehearsal.engine.behave('app:2', { kind: 'runs', afterMs: 5000 });
  const ports = { ...rehearsal.ports(), signal: controller.signal };
  const work = rehearsal.begin(V2, {}, ports);
  for (let at = 0; at < 60; at += 1) await new Promise((done) => setImmediate(done));
  controller.abort(new CancelledError('interrupted'));
  await expect(rehearsal.run(work)).rejects.toMatchObject({ exitCode: 130 });
  const content = await rehearsal.store.read();
  expect(content.lock).toBeUndefined();
  expect(openJournal(content)?.revision.number).toBe(2);
  expect(await rehearsal.resume()).toMatchObject({ exitCode: 0 });
  expect(rehearsal.services).toContain('shop_web app:2 x3');
  expect((await rehearsal.revisions()).map((one) => [one.number, one.kind, one.outcome])).toEqual([
    [1, 'deploy', 'converged'],
    [2, 'deploy', 'interrupted'],
    [3, 'resume', 'converged'],
  ]);
});

test('nothing that is kept holds the content of a secret', async () => {
  const rehearsal = new ReleaseRehearsal((engine) => openClusterStore(engine.client, 'shop'));
  await rehearsal.deploy(V1);
  await rehearsal.deploy(V2);
  const kept = JSON.stringify([...(await rehearsal.store.read()).records]);
  const configs = JSON.stringify([...rehearsal.engine.configs.values()]);
  const events = JSON.stringify(rehearsal.events);
  for (const content of ['hush-one', 'hush-two']) {
    const encoded = Buffer.from(content).toString('base64');
    for (const text of [kept, configs, events]) {
      expect(text).not.toContain(content);
      expect(text).not.toContain(encoded);
    }
  }
});
