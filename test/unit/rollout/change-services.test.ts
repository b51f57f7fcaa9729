import { beforeEach, expect, test } from 'vitest';
import { UserError } from '../../../src/base/errors.ts';
import { changeServices, waitForStack } from '../../../src/rollout/change-services.ts';
import { deployStack } from '../../../src/rollout/deploy-stack.ts';
import type { RolloutEvent } from '../../../src/rollout/events.ts';
import { withForcedUpdate, withReplicas } from '../../../src/rollout/scale-service.ts';
import type { ServiceSpec } from '../../../src/swarm/service.ts';
import { aService, aStack } from '../../support/a-stack.ts';
import { FakeEngine } from '../../support/fake-engine-client.ts';
import { runVirtual } from '../../support/run-virtual.ts';

let engine: FakeEngine;
let events: RolloutEvent[];

const OPTIONS = { detach: false, timeoutMs: 60_000 };

const ports = () => ({
  engine: engine.client,
  clock: engine.clock,
  emit: (event: RolloutEvent) => void events.push(event),
});

const run = <T>(work: Promise<T>): Promise<T> => runVirtual(engine.clock, work);

const scaled = (service: string, count: number) => ({
  service,
  change: (spec: ServiceSpec) => withReplicas(spec, count),
});

const writes = () => engine.requests.filter((one) => one.method === 'POST');

beforeEach(async () => {
  engine = new FakeEngine();
  events = [];
  const spec = aStack({
    services: [aService('web'), aService('worker'), { ...aService('agent'), Mode: { Global: {} } }],
  });
  const options = { prune: false, resolveImage: 'never', compatDocker: false, ...OPTIONS } as const;
  await run(deployStack(spec, options, ports()));
  engine.requests.length = 0;
  events.length = 0;
});

test('scaling writes the number and waits for the tasks', async () => {
  const result = await run(changeServices([scaled('shop_web', 3)], OPTIONS, ports()));
  expect(result).toMatchObject({
    exitCode: 0,
    outcome: 'converged',
    services: [{ done: 3, wanted: 3 }],
  });
  expect(writes()).toMatchObject([{ query: { registryAuthFrom: 'spec' } }]);
});

test('a number that is there already is not written again', async () => {
  await run(changeServices([scaled('shop_web', 1)], OPTIONS, ports()));
  expect(writes()).toEqual([]);
});

test('all refusals at once, and nothing written', async () => {
  const changes = [scaled('shop_web', 2), scaled('shop_agent', 2), scaled('shop_nobody', 2)];
  const error = await run(changeServices(changes, OPTIONS, ports()).catch((one: unknown) => one));
  expect(error).toBeInstanceOf(UserError);
  expect((error as UserError).exitCode).toBe(4);
  expect((error as UserError).message).toBe(
    'shop_agent: a global service runs on every node that fits and has no number to scale\n' +
      'shop_nobody: there is no such service',
  );
  expect(writes()).toEqual([]);
});

test('somebody else was faster: read again, and nothing of theirs is lost', async () => {
  engine.fail({
    matches: /POST \/services\/.*\/update/,
    status: 500,
    message: 'rpc error: code = Unknown desc = update out of sequence',
  });
  const result = await run(changeServices([scaled('shop_web', 2)], OPTIONS, ports()));
  expect(result.exitCode).toBe(0);
  expect(events.filter((one) => one.type === 'step').map((one) => one.status)).toEqual([
    'started',
    'retrying',
    'done',
  ]);
});

test('restart replaces every task', async () => {
  const before = new Set((await engine.client.tasks.list({})).map((one) => one.ID));
  const result = await run(
    changeServices([{ service: 'shop_web', change: withForcedUpdate }], OPTIONS, ports()),
  );
  expect(result.outcome).toBe('converged');
  const running = (await engine.client.tasks.list({})).filter(
    (one) => one.DesiredState === 'running' && !before.has(one.ID),
  );
  expect(running).toHaveLength(1);
});

test('waiting writes nothing and tells of a stack that is not there', async () => {
  const result = await run(waitForStack('shop', OPTIONS, ports()));
  expect(result).toMatchObject({ exitCode: 0, outcome: 'converged' });
  expect(writes()).toEqual([]);
  await expect(run(waitForStack('none', OPTIONS, ports()))).rejects.toThrow(
    'nothing found in stack: none',
  );
});
