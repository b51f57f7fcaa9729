import { expect, test } from 'vitest';
import { CancelledError } from '../../../src/base/errors.ts';
import { deployStack, type DeployOptions } from '../../../src/rollout/deploy-stack.ts';
import type { RolloutEvent } from '../../../src/rollout/events.ts';
import type { RolloutResult } from '../../../src/rollout/judge-rollout.ts';
import type { DependencyCondition, ServiceDependency } from '../../../src/stack/stack-spec.ts';
import type { ServiceSpec } from '../../../src/swarm/service.ts';
import { aService, aStack } from '../../support/a-stack.ts';
import { FakeEngine } from '../../support/fake-engine-client.ts';
import { runVirtual } from '../../support/run-virtual.ts';

const OPTIONS: DeployOptions = {
  prune: false,
  resolveImage: 'never',
  compatDocker: false,
  detach: false,
  timeoutMs: 600_000,
};

const WORDS: Readonly<Record<string, DependencyCondition>> = {
  order: 'order',
  started: 'service_started',
  healthy: 'service_healthy',
  completed: 'service_completed_successfully',
};

/** `web>db healthy restart optional`. */
function edge(text: string): ServiceDependency {
  const [pair = '', condition = '', ...flags] = text.split(' ');
  const [service = '', on = ''] = pair.split('>');
  return {
    service: `shop_${service}`,
    on: `shop_${on}`,
    condition: WORDS[condition] ?? 'order',
    restarts: flags.includes('restart'),
    isRequired: !flags.includes('optional'),
  };
}

class Rehearsal {
  readonly engine = new FakeEngine();
  events: (readonly [at: number, event: RolloutEvent])[] = [];

  deploy(
    services: readonly ServiceSpec[],
    edges: readonly string[],
    more: Partial<DeployOptions> & { readonly signal?: AbortSignal } = {},
  ): Promise<RolloutResult> {
    const { signal, ...options } = more;
    const { clock, client } = this.engine;
    this.events = [];
    this.engine.requests.length = 0;
    const emit = (event: RolloutEvent): number => this.events.push([clock.now(), event]);
    const spec = aStack({ services, dependencies: edges.map(edge) });
    const ports = { engine: client, clock, emit, signal };
    return runVirtual(clock, deployStack(spec, { ...OPTIONS, ...options }, ports));
  }

  /** When the write of each service began, ms after the first. */
  get begun(): Readonly<Record<string, number>> {
    const steps = this.events.flatMap(([at, event]) =>
      event.type === 'step' && event.status === 'started' && event.kind.startsWith('service-')
        ? [[event.name.replace('shop_', ''), at] as const]
        : [],
    );
    const first = Math.min(...steps.map(([, at]) => at));
    return Object.fromEntries(steps.map(([name, at]) => [name, at - first]));
  }
}

const JOB = {
  Mode: { ReplicatedJob: {} },
  task: { RestartPolicy: { Condition: 'none' } },
} as const;

test('a chain is begun link by link, independent branches at once', async () => {
  const rehearsal = new Rehearsal();
  const { engine } = rehearsal;
  engine.behave('db:1', { kind: 'runs', afterMs: 2000 });
  engine.behave('mq:1', { kind: 'runs', afterMs: 500 });
  const result = await rehearsal.deploy(
    [
      aService('web'),
      aService('worker'),
      aService('db', { image: 'db:1' }),
      aService('mq', { image: 'mq:1' }),
    ],
    ['web>db healthy', 'worker>mq started'],
  );
  expect(result).toMatchObject({ outcome: 'converged', exitCode: 0, messages: [] });
  const { db, mq, web = 0, worker = 0 } = rehearsal.begun;
  expect([db, mq]).toEqual([0, 0]);
  expect(worker).toBeGreaterThanOrEqual(500);
  expect(worker).toBeLessThan(2000);
  expect(web).toBeGreaterThanOrEqual(2000);
  expect(web).toBeLessThan(4000);
});

test('a job runs to completion before what depends on it', async () => {
  const rehearsal = new Rehearsal();
  rehearsal.engine.behave('migrate:1', { kind: 'exits', code: 0, afterMs: 3000 });
  const result = await rehearsal.deploy(
    [aService('web'), aService('migrate', { image: 'migrate:1', ...JOB })],
    ['web>migrate completed'],
  );
  expect(result.exitCode).toBe(0);
  expect(rehearsal.begun['web']).toBeGreaterThanOrEqual(3300);
});

test('what depends on a failed job is not begun, in turn; other branches are finished', async () => {
  const rehearsal = new Rehearsal();
  rehearsal.engine.behave('migrate:1', { kind: 'rejected', error: 'No such image: migrate:1' });
  const result = await rehearsal.deploy(
    [
      aService('web'),
      aService('proxy'),
      aService('other'),
      aService('migrate', { image: 'migrate:1', ...JOB }),
    ],
    ['web>migrate completed', 'proxy>web started'],
  );
  expect(result).toMatchObject({ outcome: 'failed', exitCode: 5 });
  expect(result.messages).toEqual([
    'shop_migrate: task shop_migrate.0 is not restarted (restart condition none): No such image: migrate:1',
    expect.stringMatching(/^shop_web: create not begun; shop_migrate: /),
    'shop_proxy: create not begun; shop_web was not begun',
  ]);
  expect(Object.keys(rehearsal.begun).sort()).toEqual(['migrate', 'other']);
  expect(result.services.map((one) => [one.service, one.phase])).toEqual([
    ['shop_migrate', 'failed'],
    ['shop_other', 'converged'],
  ]);
});

test('what is not required keeps nothing back when it fails', async () => {
  const rehearsal = new Rehearsal();
  rehearsal.engine.behave('cache:1', { kind: 'rejected', error: 'No such image: cache:1' });
  const result = await rehearsal.deploy(
    [aService('web'), aService('cache', { image: 'cache:1' })],
    ['web>cache healthy optional'],
  );
  expect(result.exitCode).toBe(5);
  expect(Object.keys(rehearsal.begun)).toContain('web');
});

test('the time that is up is said with what was waited for, exit 7', async () => {
  const rehearsal = new Rehearsal();
  const error = 'no suitable node (insufficient resources on 3 nodes)';
  rehearsal.engine.behave('db:1', { kind: 'pending', error });
  const result = await rehearsal.deploy(
    [aService('web'), aService('db', { image: 'db:1' })],
    ['web>db healthy'],
    { timeoutMs: 20_000, prune: true },
  );
  expect(result).toMatchObject({ outcome: 'timed-out', exitCode: 7 });
  expect(result.messages[1]).toBe(
    'shop_web: create not begun; the time was up waiting for shop_db to be healthy',
  );
});

test('a rolled back dependency gives its own exit code', async () => {
  const rehearsal = new Rehearsal();
  const db = (image: string): ServiceSpec =>
    aService('db', { image, UpdateConfig: { FailureAction: 'rollback', Parallelism: 1 } });
  await rehearsal.deploy([db('db:1'), aService('web')], ['web>db healthy']);
  rehearsal.engine.behave('db:2', { kind: 'exits', code: 1 });
  const result = await rehearsal.deploy(
    [db('db:2'), aService('web', { image: 'web:2' })],
    ['web>db healthy'],
  );
  expect(result).toMatchObject({ outcome: 'rolled-back', exitCode: 6 });
  expect(rehearsal.engine.writes).toHaveLength(1);
});

test('the order alone is kept and nothing waited for with --detach, and in docker’s format', async () => {
  const detached = new Rehearsal();
  const services = [aService('a'), aService('z')];
  const result = await detached.deploy(services, ['a>z healthy'], { detach: true });
  expect(result.messages.at(-1)).toContain('none was waited for (--detach)');
  expect(Object.keys(detached.begun)).toEqual(['z', 'a']);
  const docker = new Rehearsal();
  docker.engine.behave('nginx:1.27', { kind: 'runs', afterMs: 5000 });
  await docker.deploy(services, ['a>z order']);
  expect(docker.begun).toEqual({ z: 0, a: 0 });
});

test('what others depend on is asked for once more only when they change', async () => {
  const rehearsal = new Rehearsal();
  const edges = ['web>db healthy restart', 'proxy>web healthy restart'];
  const stack = (db: string): readonly ServiceSpec[] => [
    aService('web'),
    aService('proxy'),
    aService('db', { image: db }),
  ];
  await rehearsal.deploy(stack('db:1'), edges);
  const again = await rehearsal.deploy(stack('db:1'), edges);
  expect([again.exitCode, rehearsal.engine.writes]).toEqual([0, []]);
  await rehearsal.deploy(stack('db:2'), edges);
  expect(rehearsal.engine.writes).toHaveLength(3);
  const { web = 0, proxy = 0 } = rehearsal.begun;
  expect(web).toBeGreaterThan(0);
  expect(proxy).toBeGreaterThan(web);
  const [first] = rehearsal.events.map(([, event]) => event);
  expect(first).toMatchObject({
    type: 'plan',
    steps: expect.arrayContaining([
      expect.objectContaining({ name: 'shop_web', cause: 'restarts with shop_db' }),
      expect.objectContaining({ name: 'shop_proxy', cause: 'restarts with shop_web' }),
    ]),
  });
});

test('a write that fails ends the run; an interruption names what was not begun', async () => {
  const failing = new Rehearsal();
  failing.engine.fail({ matches: /POST \/services\/create/, status: 500, message: 'no' });
  const services = [aService('web'), aService('db')];
  await expect(failing.deploy(services, ['web>db healthy'])).rejects.toMatchObject({
    exitCode: 10,
    hint: expect.stringContaining('not done: create service shop_web'),
  });
  const stopped = new Rehearsal();
  stopped.engine.behave('nginx:1.27', { kind: 'runs', afterMs: 60_000 });
  const controller = new AbortController();
  stopped.engine.clock.at(10_000 as never, () => {
    controller.abort(new CancelledError('interrupted', 130));
  });
  const { signal } = controller;
  await expect(stopped.deploy(services, ['web>db healthy'], { signal })).rejects.toMatchObject({
    exitCode: 130,
    message: expect.stringContaining('not done or not certain: create service shop_web'),
  });
});
