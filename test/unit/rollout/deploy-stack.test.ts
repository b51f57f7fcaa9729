import { expect, test } from 'vitest';
import { toInstant } from '../../../src/base/clock.ts';
import { CancelledError } from '../../../src/base/errors.ts';
import type { SecretMemory } from '../../../src/plan/secret-memory.ts';
import { deployStack, type DeployOptions } from '../../../src/rollout/deploy-stack.ts';
import type { RolloutEvent } from '../../../src/rollout/events.ts';
import type { RolloutResult } from '../../../src/rollout/judge-rollout.ts';
import type { RolloutPorts } from '../../../src/rollout/ports.ts';
import type { StackSpec } from '../../../src/stack/stack-spec.ts';
import type { NetworkId } from '../../../src/swarm/object.ts';
import { aConfig, aNetwork, aSecret, aService, aStack } from '../../support/a-stack.ts';
import { FakeEngine } from '../../support/fake-engine-client.ts';
import { runVirtual } from '../../support/run-virtual.ts';

const OPTIONS: DeployOptions = {
  prune: false,
  resolveImage: 'never',
  compatDocker: false,
  detach: false,
  timeoutMs: 60_000,
};

class Rehearsal {
  readonly engine = new FakeEngine();
  readonly events: RolloutEvent[] = [];
  readonly memory = new Map<string, string>();
  readonly ports: RolloutPorts = {
    engine: this.engine.client,
    clock: this.engine.clock,
    emit: (event) => this.events.push(event),
    secretMemory: {
      compare: (secret, spec) => {
        const known = this.memory.get(secret.ID);
        if (known === undefined) return 'unknown';
        return known === spec.Data ? 'same' : 'different';
      },
      remember: (id, spec) => this.memory.set(id, spec.Data ?? ''),
      refute: () => undefined,
      fingerprint: () => undefined,
    } satisfies SecretMemory,
  };

  deploy(
    spec: StackSpec,
    options: Partial<DeployOptions> = {},
    ports: Partial<RolloutPorts> = {},
  ): Promise<RolloutResult> {
    this.events.length = 0;
    this.engine.requests.length = 0;
    return runVirtual(
      this.engine.clock,
      deployStack(spec, { ...OPTIONS, ...options }, { ...this.ports, ...ports }),
    );
  }

  /** `create network shop_default: started` … of the steps so far. */
  get steps(): readonly string[] {
    return this.events.flatMap((one) =>
      one.type === 'step' ? [`${one.kind} ${one.name} ${one.status}`] : [],
    );
  }
}

const FULL = aStack({
  networks: [aNetwork('front'), aNetwork('back')],
  secrets: [aSecret('key', 'k')],
  configs: [aConfig('conf', 'c')],
  services: [
    aService('web', {
      networks: ['front', 'back'],
      configs: ['conf'],
      Mode: { Replicated: { Replicas: 3 } },
    }),
    aService('db', { networks: ['back'], secrets: ['key'] }),
    aService('agent', { networks: ['back'], Mode: { Global: {} } }),
  ],
});

test('a new stack is written in order and watched until it has been stable', async () => {
  const rehearsal = new Rehearsal();
  const result = await rehearsal.deploy(FULL);
  expect(result).toMatchObject({ outcome: 'converged', exitCode: 0, messages: [] });
  expect(rehearsal.engine.writes).toEqual([
    'POST /networks/create',
    'POST /networks/create',
    'POST /secrets/create',
    'POST /configs/create',
    'POST /services/create',
    'POST /services/create',
    'POST /services/create',
  ]);
  const stored = [...rehearsal.engine.services.values()].find((one) => one.Spec.Name === 'shop_db');
  const [secret] = rehearsal.engine.secrets.values();
  expect(stored?.Spec.TaskTemplate.ContainerSpec?.Secrets?.[0]?.SecretID).toBe(secret?.ID);
  // 300 ms until the tasks run, then the monitor window of 5 s.
  expect(rehearsal.engine.clock.now()).toBeGreaterThanOrEqual(5300);
  expect(result.services.map((one) => [one.service, one.done, one.wanted])).toEqual([
    ['shop_agent', 3, 3],
    ['shop_db', 1, 1],
    ['shop_web', 3, 3],
  ]);
});

test('deploying the same again writes nothing and needs no second window', async () => {
  const rehearsal = new Rehearsal();
  await rehearsal.deploy(FULL);
  rehearsal.engine.settle(10_000);
  rehearsal.engine.clock.advanceTo(toInstant(60_000));
  const result = await rehearsal.deploy(FULL);
  expect(result).toMatchObject({ outcome: 'converged', exitCode: 0 });
  expect(rehearsal.engine.writes).toEqual([]);
  expect(rehearsal.engine.clock.now()).toBe(60_000);
});

test('a secret this machine does not know is compared by the engine, once', async () => {
  const rehearsal = new Rehearsal();
  await rehearsal.deploy(FULL);
  rehearsal.memory.clear();
  await rehearsal.deploy(FULL);
  expect(rehearsal.engine.writes).toHaveLength(1);
  expect(rehearsal.engine.writes[0]).toMatch(/^POST \/secrets\/\w+\/update$/);
  await rehearsal.deploy(FULL);
  expect(rehearsal.engine.writes).toEqual([]);
});

test('requests do not grow with the number of services', async () => {
  const counts = await Promise.all(
    [1, 20].map(async (count) => {
      const rehearsal = new Rehearsal();
      const services = Array.from({ length: count }, (_, index) => aService(`s${index}`));
      await rehearsal.deploy(aStack({ services }), { detach: true });
      await rehearsal.deploy(aStack({ services }), { detach: true });
      return rehearsal.engine.requests.length;
    }),
  );
  expect(counts[1]).toBe(counts[0]);
});

test('an update is watched through; only what changed is written', async () => {
  const rehearsal = new Rehearsal();
  await rehearsal.deploy(FULL);
  const changed = aStack({
    ...FULL,
    services: [
      ...FULL.services.slice(1),
      aService('web', {
        image: 'nginx:1.28',
        networks: ['front', 'back'],
        configs: ['conf'],
        Mode: { Replicated: { Replicas: 3 } },
      }),
    ],
  });
  const result = await rehearsal.deploy(changed);
  expect(result).toMatchObject({ outcome: 'converged', exitCode: 0 });
  expect(rehearsal.engine.writes).toHaveLength(1);
  const images = rehearsal.engine
    .tasksOf('shop_web')
    .filter((one) => one.Status.State === 'running')
    .map((one) => one.Spec.ContainerSpec?.Image);
  expect(images).toEqual(['nginx:1.28', 'nginx:1.28', 'nginx:1.28']);
});

const one = (image: string, more: Parameters<typeof aService>[1] = {}): StackSpec =>
  aStack({ services: [aService('web', { image, ...more })] });

test.each([
  ['pause', 'paused', 5, 'service update paused: update paused due to failure'],
  ['rollback', 'rolled-back', 6, 'service update rolled back: rollback completed'],
] as const)('a failing update with failure action %s', async (action, outcome, exitCode, text) => {
  const rehearsal = new Rehearsal();
  const update = { UpdateConfig: { Parallelism: 1, FailureAction: action } };
  await rehearsal.deploy(one('good', update));
  rehearsal.engine.behave('bad', { kind: 'exits', code: 1 });
  const result = await rehearsal.deploy(one('bad', update));
  expect(result).toMatchObject({ outcome, exitCode });
  expect(result.messages[0]).toContain(text);
  expect(result.messages[0]).toContain('(task shop_web.1: task: non-zero exit (1))');
});

test('redeploying what is paused still says so, without a write', async () => {
  const rehearsal = new Rehearsal();
  await rehearsal.deploy(one('good'));
  rehearsal.engine.behave('bad', { kind: 'rejected', error: 'No such image: bad' });
  expect((await rehearsal.deploy(one('bad'))).exitCode).toBe(5);
  expect((await rehearsal.deploy(one('bad'))).exitCode).toBe(5);
  expect(rehearsal.engine.writes).toEqual([]);
});

test('a new service whose image does not exist is given up, with its error', async () => {
  const rehearsal = new Rehearsal();
  rehearsal.engine.behave('bad', { kind: 'rejected', error: 'No such image: bad' });
  const result = await rehearsal.deploy(one('bad'));
  expect(result).toMatchObject({ outcome: 'failed', exitCode: 5 });
  expect(result.messages).toEqual(['shop_web: task shop_web.1 failed 3 times: No such image: bad']);
});

test('a crash loop is given up later: a start may wait for a database', async () => {
  const rehearsal = new Rehearsal();
  rehearsal.engine.behave('bad', { kind: 'exits', code: 3 });
  const result = await rehearsal.deploy(one('bad'), { timeoutMs: 600_000 });
  expect(result).toMatchObject({ outcome: 'failed', exitCode: 5 });
  expect(result.messages[0]).toContain('failed 10 times: task: non-zero exit (3)');
});

test('a task that is not to be restarted is not waited for', async () => {
  const rehearsal = new Rehearsal();
  rehearsal.engine.behave('bad', { kind: 'exits', code: 3 });
  const task = { RestartPolicy: { Condition: 'none' } } as const;
  const result = await rehearsal.deploy(one('bad', { task }), { timeoutMs: undefined });
  expect(result).toMatchObject({ outcome: 'failed', exitCode: 5 });
  expect(result.messages[0]).toContain('is not restarted (restart condition none)');
});

test('a one-shot task that ends well is what was asked for', async () => {
  const rehearsal = new Rehearsal();
  rehearsal.engine.behave('once', { kind: 'exits', code: 0 });
  const task = { RestartPolicy: { Condition: 'on-failure' } } as const;
  const result = await rehearsal.deploy(one('once', { task }), { timeoutMs: undefined });
  expect(result).toMatchObject({ outcome: 'converged', exitCode: 0 });
});

test('what no node can take times out, with reason and count', async () => {
  const rehearsal = new Rehearsal();
  const error = 'no suitable node (insufficient resources on 3 nodes)';
  rehearsal.engine.behave('big', { kind: 'pending', error });
  const result = await rehearsal.deploy(one('big', { Mode: { Replicated: { Replicas: 2 } } }));
  expect(result).toMatchObject({ outcome: 'timed-out', exitCode: 7 });
  expect(result.messages).toEqual([
    `shop_web: timed out with 0 of 2 running; 2 tasks pending: ${error}`,
  ]);
  expect(rehearsal.engine.clock.now()).toBe(60_000);
});

test('jobs are waited for and run again by the next deploy', async () => {
  const rehearsal = new Rehearsal();
  rehearsal.engine.behave('once', { kind: 'exits', code: 0 });
  const job = one('once', { Mode: { ReplicatedJob: { TotalCompletions: 2, MaxConcurrent: 2 } } });
  expect(await rehearsal.deploy(job)).toMatchObject({ outcome: 'converged' });
  await rehearsal.deploy(job);
  expect(rehearsal.engine.writes).toHaveLength(1);
});

test('zero replicas converge at once', async () => {
  const rehearsal = new Rehearsal();
  const result = await rehearsal.deploy(one('nginx', { Mode: { Replicated: { Replicas: 0 } } }));
  expect(result.exitCode).toBe(0);
  expect(rehearsal.engine.clock.now()).toBe(0);
});

test('detached says so', async () => {
  const rehearsal = new Rehearsal();
  const result = await rehearsal.deploy(FULL, { detach: true });
  expect(result).toMatchObject({ outcome: 'detached', exitCode: 0 });
  expect(result.messages[0]).toContain('--detach');
});

test('prune is the last write', async () => {
  const rehearsal = new Rehearsal();
  await rehearsal.deploy(FULL);
  await rehearsal.deploy(one('nginx'), { prune: true });
  expect(rehearsal.steps.filter((step) => step.endsWith('started'))).toEqual([
    'network-create shop_default started',
    'service-update shop_web started',
    'service-remove shop_agent started',
    'service-remove shop_db started',
  ]);
});

test('refusals stop before the first write', async () => {
  const rehearsal = new Rehearsal();
  await expect(rehearsal.deploy(one('nginx', { secrets: ['gone'] }))).rejects.toMatchObject({
    exitCode: 4,
    message: 'service web: secret not found: shop_gone',
  });
  expect(rehearsal.engine.writes).toEqual([]);
});

test('a failed write names what was done and what was not', async () => {
  const rehearsal = new Rehearsal();
  rehearsal.engine.fail({ matches: /POST \/configs\/create/, status: 500, message: 'disk full' });
  const failure: unknown = await rehearsal.deploy(FULL).catch((error: unknown) => error);
  expect(failure).toMatchObject({
    exitCode: 10,
    message: 'failed to create config shop_conf: Error response from daemon: disk full',
    hint: expect.stringMatching(
      /^done: create network shop_back, .*not done: create service shop_agent, .*shop_web\. Running/,
    ),
  });
  expect(await rehearsal.deploy(FULL)).toMatchObject({ exitCode: 0 });
});

test('failures of one wave are all reported', async () => {
  const rehearsal = new Rehearsal();
  rehearsal.engine.fail({ matches: /POST \/services/, status: 500, message: 'no', times: 2 });
  const failure: unknown = await rehearsal.deploy(FULL).catch((error: unknown) => error);
  expect(String(failure)).toContain('shop_agent');
  expect(String(failure)).toContain('shop_db');
});

test('losing the race for a version: look again, decide again', async () => {
  const rehearsal = new Rehearsal();
  await rehearsal.deploy(one('nginx:1'));
  const message = 'rpc error: code = Unknown desc = update out of sequence';
  rehearsal.engine.fail({ matches: /services\/\w+\/update/, status: 500, message, times: 2 });
  expect(await rehearsal.deploy(one('nginx:2'))).toMatchObject({ exitCode: 0 });
  expect(rehearsal.steps).toEqual([
    'service-update shop_web started',
    'service-update shop_web retrying',
    'service-update shop_web retrying',
    'service-update shop_web done',
  ]);
});

test('losing the race to somebody who did the same: nothing more is sent', async () => {
  const rehearsal = new Rehearsal();
  await rehearsal.deploy(one('nginx:1'));
  const message = 'rpc error: code = Unknown desc = update out of sequence';
  rehearsal.engine.fail({
    matches: /services\/\w+\/update/,
    status: 500,
    message,
    afterwards: true,
  });
  expect(await rehearsal.deploy(one('nginx:2'))).toMatchObject({ exitCode: 0 });
  expect(rehearsal.engine.writes).toHaveLength(1);
});

test('a race that does not end is a conflict', async () => {
  const rehearsal = new Rehearsal();
  await rehearsal.deploy(one('nginx:1'));
  const message = 'update out of sequence';
  rehearsal.engine.fail({ matches: /services\/\w+\/update/, status: 500, message, times: 99 });
  await expect(rehearsal.deploy(one('nginx:2'))).rejects.toMatchObject({ exitCode: 8 });
});

test('a network that is only listed any more is created again', async () => {
  const rehearsal = new Rehearsal();
  const id = 'dying' as NetworkId;
  const { engine } = rehearsal;
  engine.networks.set(id, { ...aNetwork('default'), Id: id, Scope: 'swarm', Driver: 'overlay' });
  const { networks } = { ...engine.client };
  const list = networks.list.bind(networks);
  Object.assign(engine.client.networks, {
    list: async (query: object) => {
      const found = await list(query);
      engine.networks.delete(id);
      return found;
    },
  });
  expect(await rehearsal.deploy(one('nginx'))).toMatchObject({ exitCode: 0 });
  expect([...engine.networks.values()].map((each) => each.Name)).toEqual(['shop_default']);
});

test('Ctrl-C while waiting says what is not converged', async () => {
  const rehearsal = new Rehearsal();
  const abort = new AbortController();
  rehearsal.engine.behave('big', { kind: 'pending', error: 'no suitable node' });
  rehearsal.engine.clock.at(toInstant(3000), () => abort.abort(new CancelledError('interrupted')));
  await expect(rehearsal.deploy(one('big'), {}, { signal: abort.signal })).rejects.toMatchObject({
    exitCode: 130,
    message:
      'interrupted; not converged yet: shop_web 0/1. All of stack shop is written; the cluster goes on by itself',
  });
  expect(rehearsal.events.at(-1)).toMatchObject({ type: 'finished', outcome: 'interrupted' });
});

test('Ctrl-C while writing says what was written', async () => {
  const rehearsal = new Rehearsal();
  const abort = new AbortController();
  const emit = (event: RolloutEvent): void => {
    if (event.type === 'step' && event.kind === 'config-create') {
      abort.abort(new CancelledError('interrupted'));
    }
  };
  await expect(rehearsal.deploy(FULL, {}, { signal: abort.signal, emit })).rejects.toMatchObject({
    exitCode: 130,
    message: expect.stringMatching(/done: create network shop_back.*not certain: create config/),
  });
});

test('an engine that stays away for a moment does not end the watch', async () => {
  const rehearsal = new Rehearsal();
  await rehearsal.deploy(one('nginx:1'));
  rehearsal.engine.fail({ matches: /GET \/tasks/, status: 503, message: 'no leader', times: 3 });
  expect(await rehearsal.deploy(one('nginx:2'))).toMatchObject({ exitCode: 0 });
});

test('a service that somebody removes while it is watched is a failure', async () => {
  const rehearsal = new Rehearsal();
  rehearsal.engine.clock.at(toInstant(2000), () => rehearsal.engine.services.clear());
  const result = await rehearsal.deploy(one('nginx'));
  expect(result).toMatchObject({
    outcome: 'failed',
    messages: [expect.stringContaining('removed')],
  });
});

test('compat docker writes what is unchanged too, removals first', async () => {
  const rehearsal = new Rehearsal();
  await rehearsal.deploy(FULL);
  const next = aStack({ ...FULL, services: FULL.services.slice(0, 2) });
  await rehearsal.deploy(next, { prune: true, compatDocker: true, detach: true });
  expect(rehearsal.steps.filter((step) => step.endsWith('started'))).toEqual([
    'service-remove shop_agent started',
    'secret-verify shop_key started',
    'config-update shop_conf started',
    'service-update shop_db started',
    'service-update shop_web started',
  ]);
});

test('events are plain data and hold no secret', async () => {
  const rehearsal = new Rehearsal();
  await rehearsal.deploy(aStack({ ...FULL, secrets: [aSecret('key', 'canary-4711')] }));
  const text = JSON.stringify(rehearsal.events);
  expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(rehearsal.events)));
  expect(text).not.toContain(Buffer.from('canary-4711').toString('base64'));
  expect(text).not.toContain('canary-4711');
});

test('registry credentials are handed over to what is unchanged too, when there are any', async () => {
  const rehearsal = new Rehearsal();
  const spec = one('nginx:1');
  await rehearsal.deploy(spec);
  await rehearsal.deploy(spec, {}, { registryAuth: async () => 'e30=' });
  expect(rehearsal.engine.writes).toEqual([]);
  await rehearsal.deploy(spec, {}, { registryAuth: async () => 'secret' });
  expect(rehearsal.engine.requests.filter((each) => each.method === 'POST')).toMatchObject([
    { path: expect.stringContaining('/update'), registryAuth: 'secret' },
  ]);
});
