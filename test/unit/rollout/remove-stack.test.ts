import { expect, test } from 'vitest';
import { toInstant } from '../../../src/base/clock.ts';
import { CancelledError } from '../../../src/base/errors.ts';
import type { RolloutEvent } from '../../../src/rollout/events.ts';
import type { RolloutResult } from '../../../src/rollout/judge-rollout.ts';
import { removeStacks, type RemoveOptions } from '../../../src/rollout/remove-stack.ts';
import { aConfig, aNetwork, aSecret, aService } from '../../support/a-stack.ts';
import { FakeEngine } from '../../support/fake-engine-client.ts';
import { runVirtual } from '../../support/run-virtual.ts';

const events: RolloutEvent[] = [];

async function aRunningStack(): Promise<FakeEngine> {
  events.length = 0;
  const engine = new FakeEngine();
  await engine.client.networks.create(aNetwork('default'));
  await engine.client.secrets.create(aSecret('key', 'k'));
  await engine.client.configs.create(aConfig('conf', 'c'));
  await engine.client.services.create(aService('web', { Mode: { Replicated: { Replicas: 2 } } }));
  await engine.client.services.create(aService('db'));
  engine.settle(1000);
  engine.requests.length = 0;
  return engine;
}

function remove(
  engine: FakeEngine,
  more: Partial<RemoveOptions> & { readonly signal?: AbortSignal; readonly stacks?: string[] } = {},
): Promise<RolloutResult> {
  const { signal, stacks = ['shop'], ...options } = more;
  const ports = {
    engine: engine.client,
    clock: engine.clock,
    emit: (event: RolloutEvent) => events.push(event),
    signal,
  };
  const all = { detach: false, timeoutMs: 60_000, ...options };
  return runVirtual(engine.clock, removeStacks(stacks, all, ports));
}

const begun = (): readonly string[] =>
  events.flatMap((one) =>
    one.type === 'step' && one.status === 'started' ? [`${one.kind} ${one.name}`] : [],
  );

test('services go first, networks last, and tasks are waited for in between', async () => {
  const engine = await aRunningStack();
  const result = await remove(engine);
  expect(result).toMatchObject({ outcome: 'removed', exitCode: 0, messages: [] });
  expect(begun()).toEqual([
    'service-remove shop_db',
    'service-remove shop_web',
    'secret-remove shop_key',
    'config-remove shop_conf',
    'network-remove shop_default',
  ]);
  const paths = engine.requests.map((one) => `${one.method} ${one.path.split('/')[1]}`);
  expect(paths.lastIndexOf('GET tasks')).toBeGreaterThan(paths.lastIndexOf('DELETE services'));
  expect(paths.lastIndexOf('GET tasks')).toBeLessThan(paths.indexOf('DELETE networks'));
  expect(engine.orchestrator.tasks.size).toBe(0);
});

test('detached does not look at tasks', async () => {
  const engine = await aRunningStack();
  await remove(engine, { detach: true });
  expect(engine.requests.some((one) => one.path === '/tasks')).toBe(false);
  expect(engine.networks.size).toBe(0);
});

test('an unknown stack is said, and is no error', async () => {
  const engine = await aRunningStack();
  const result = await remove(engine, { stacks: ['nope', 'shop'] });
  expect(result.exitCode).toBe(0);
  expect(events[0]).toMatchObject({ type: 'warning', message: 'Nothing found in stack: nope' });
  expect(engine.services.size).toBe(0);
});

test('what cannot be removed is named, the rest is removed', async () => {
  const engine = await aRunningStack();
  engine.fail({ matches: /DELETE \/secrets/, status: 500, message: 'cannot remove it' });
  const result = await remove(engine);
  expect(result).toMatchObject({ outcome: 'failed', exitCode: 1 });
  expect(result.messages).toEqual([
    expect.stringMatching(
      /^Failed to remove secret shop_key \(\w+\): Error response from daemon: cannot remove it$/,
    ),
    'failed to remove some resources from stack: shop',
  ]);
  expect([engine.networks.size, engine.configs.size, engine.secrets.size]).toEqual([0, 0, 1]);
});

test('a network that tasks still hold is tried again, one that a service holds is not', async () => {
  const engine = await aRunningStack();
  engine.fail({
    matches: /DELETE \/networks/,
    status: 400,
    message: 'network n is in use by task t',
    times: 3,
  });
  expect(await remove(engine)).toMatchObject({ exitCode: 0 });
  const held = await aRunningStack();
  await held.client.services.create({ ...aService('foreign'), Labels: {} });
  const result = await remove(held);
  expect(result.exitCode).toBe(1);
  expect(result.messages[0]).toContain('is in use by service');
});

test('tasks that do not stop: the deadline ends the wait, the exit code says so', async () => {
  const engine = await aRunningStack();
  const [stuck] = engine.orchestrator.tasks.values();
  engine.clock.at(toInstant(engine.clock.now() + 1), () => {
    const keep = (): void => {
      engine.orchestrator.tasks.set(stuck!.ID, stuck!);
      engine.clock.at(toInstant(engine.clock.now() + 50), keep);
    };
    keep();
  });
  const result = await remove(engine, { timeoutMs: 5000 });
  expect(result).toMatchObject({ outcome: 'timed-out', exitCode: 7 });
  expect(result.messages[0]).toContain('1 task of stack shop had not stopped');
});

test('tasks on a node that is down are not waited for', async () => {
  const engine = await aRunningStack();
  const [stuck] = engine.orchestrator.tasks.values();
  const at = engine.nodes.findIndex((one) => one.ID === stuck?.NodeID);
  engine.nodes[at] = { ...engine.nodes[at]!, Status: { State: 'down' } };
  engine.orchestrator.removeTasksOf = () => undefined;
  for (const [id, task] of engine.orchestrator.tasks) {
    if (task.NodeID !== stuck?.NodeID) engine.orchestrator.tasks.delete(id);
  }
  expect(await remove(engine, { timeoutMs: undefined })).toMatchObject({ exitCode: 0 });
});

test('Ctrl-C names the stacks that are left', async () => {
  const engine = await aRunningStack();
  engine.orchestrator.removeTasksOf = () => undefined;
  const abort = new AbortController();
  engine.clock.at(toInstant(3000), () => abort.abort(new CancelledError('interrupted')));
  await expect(
    remove(engine, { signal: abort.signal, stacks: ['shop', 'other'] }),
  ).rejects.toMatchObject({
    exitCode: 130,
    message: expect.stringContaining('not completely: shop, other.'),
  });
});

test('what depends on others goes before them, and is gone before them', async () => {
  events.length = 0;
  const engine = new FakeEngine();
  await engine.client.networks.create(aNetwork('default'));
  const labels = (names: string): Record<string, string> => ({
    'com.docker.stack.namespace': 'shop',
    'io.tstack.depends-on': names,
  });
  await engine.client.services.create(aService('db'));
  await engine.client.services.create(aService('api', { Labels: labels('db') }));
  await engine.client.services.create(aService('web', { Labels: labels('api,db') }));
  engine.settle(1000);
  engine.requests.length = 0;
  expect((await remove(engine)).exitCode).toBe(0);
  expect(begun().slice(0, 3)).toEqual([
    'service-remove shop_web',
    'service-remove shop_api',
    'service-remove shop_db',
  ]);
  const paths = engine.requests.map((one) => `${one.method} ${one.path.split('/')[1]}`);
  const deletes = paths.flatMap((one, at) => (one === 'DELETE services' ? [at] : []));
  expect(paths.slice(deletes[0], deletes[1])).toContain('GET tasks');
});
