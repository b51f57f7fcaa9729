import { expect, test } from 'vitest';
import type { EngineError } from '../../../src/base/errors.ts';
import type { Nanoseconds } from '../../../src/swarm/object.ts';
import type { ServiceSpec } from '../../../src/swarm/service.ts';
import { FakeEngine } from '../../support/fake-engine-client.ts';

function web(more: Partial<ServiceSpec> = {}, image = 'web:1'): ServiceSpec {
  return {
    Name: 'shop_web',
    Labels: { 'com.docker.stack.namespace': 'shop' },
    Mode: { Replicated: { Replicas: 2 } },
    TaskTemplate: { ContainerSpec: { Image: image } },
    ...more,
  };
}

test('a created service converges in virtual time', async () => {
  const engine = new FakeEngine();
  await engine.client.services.create(web());
  expect(engine.tasksOf('shop_web').map((one) => one.Status.State)).toEqual(['pending', 'pending']);
  engine.settle();
  expect(engine.tasksOf('shop_web').map((one) => one.Status.State)).toEqual(['running', 'running']);
  expect(engine.writes).toEqual(['POST /services/create']);
});

test('an update replaces every task and reports completed', async () => {
  const engine = new FakeEngine();
  const { id } = await engine.client.services.create(web());
  engine.settle();
  const { Version } = await engine.client.services.inspect(id);
  await engine.client.services.update(id, web({}, 'web:2'), { version: Version.Index });
  engine.settle();
  const service = await engine.client.services.inspect('shop_web');
  expect(service.UpdateStatus?.State).toBe('completed');
  const states = engine.tasksOf('shop_web').map((one) => one.Status.State);
  expect(states).toEqual(['shutdown', 'shutdown', 'running', 'running']);
});

test.each([
  ['pause', 'paused', 'web:bad'],
  ['rollback', 'rollback_completed', 'web:1'],
] as const)('a failing update with failure_action %s ends %s', async (action, state, image) => {
  const engine = new FakeEngine();
  engine.behave('web:bad', { kind: 'exits', code: 1 });
  const config = { Parallelism: 1, FailureAction: action, Monitor: 1e9 as Nanoseconds };
  const { id } = await engine.client.services.create(web({ UpdateConfig: config }));
  engine.settle();
  const { Version } = await engine.client.services.inspect(id);
  const spec = web({ UpdateConfig: config }, 'web:bad');
  await engine.client.services.update(id, spec, { version: Version.Index });
  engine.settle();
  const service = await engine.client.services.inspect(id);
  expect(service.UpdateStatus?.State).toBe(state);
  expect(service.Spec.TaskTemplate.ContainerSpec?.Image).toBe(image);
});

test('a stale version is a conflict, worded as the engine words it', async () => {
  const engine = new FakeEngine();
  const { id } = await engine.client.services.create(web());
  const error = await engine.client.services.update(id, web(), { version: 1 }).then(
    () => undefined,
    (reason: unknown) => reason as EngineError,
  );
  expect(error).toMatchObject({ kind: 'conflict', status: 500, exitCode: 8 });
  expect(error?.message).toContain('update out of sequence');
});

test('injected failures are played once, and the request is still recorded', async () => {
  const engine = new FakeEngine();
  engine.fail({ matches: /POST \/networks/, status: 500, message: 'no' });
  const create = (): Promise<unknown> =>
    engine.client.networks.create({ Name: 'shop_default', Driver: 'overlay' });
  await expect(create()).rejects.toThrow('Error response from daemon: no');
  await create();
  expect(engine.writes).toEqual(['POST /networks/create', 'POST /networks/create']);
});

test('removing a service takes its tasks away a little later', async () => {
  const engine = new FakeEngine();
  const { id } = await engine.client.services.create(web());
  engine.settle();
  await engine.client.services.remove(id);
  const query = { filters: { label: ['com.docker.stack.namespace=shop'] } };
  expect(await engine.client.tasks.list(query)).toHaveLength(2);
  engine.settle();
  expect(await engine.client.tasks.list(query)).toHaveLength(0);
});
