import { expect, test } from 'vitest';
import { formatPlan } from '../../../src/plan/format-plan.ts';
import { imagesToResolve } from '../../../src/plan/images.ts';
import { observe } from '../../../src/plan/observe.ts';
import { isEmptyPlan, type Plan } from '../../../src/plan/plan.ts';
import type { PlanOptions } from '../../../src/plan/plan-options.ts';
import { planStack, servicesByName } from '../../../src/plan/plan-stack.ts';
import { resolveImages } from '../../../src/plan/resolve-images.ts';
import { NO_SECRET_MEMORY, type SecretMemory } from '../../../src/plan/secret-memory.ts';
import type { StackSpec } from '../../../src/stack/stack-spec.ts';
import type { NetworkId } from '../../../src/swarm/object.ts';
import { LABEL_NAMESPACE } from '../../../src/swarm/stack-labels.ts';
import { aConfig, aNetwork, aSecret, aService, aStack } from '../../support/a-stack.ts';
import { FakeEngine } from '../../support/fake-engine-client.ts';

const OPTIONS: PlanOptions = { prune: false, resolveImage: 'always', compatDocker: false };

async function planOf(
  spec: StackSpec,
  engine: FakeEngine,
  more: Partial<PlanOptions> & { readonly secretMemory?: SecretMemory } = {},
): Promise<Plan> {
  const { secretMemory, ...options } = more;
  const all = { ...OPTIONS, ...options };
  const snapshot = await observe(engine.client, spec);
  const images = imagesToResolve(spec.services, servicesByName(snapshot), all);
  const resolutions = await resolveImages(engine.client, images, { authOf: () => undefined });
  return planStack(spec, snapshot, { options: all, resolutions, secretMemory });
}

const OURS = { [LABEL_NAMESPACE]: 'shop' };
const DIGEST = `sha256:${'1'.repeat(64)}`;

test('a new stack is created in dependency order', async () => {
  const spec = aStack({
    networks: [aNetwork('front'), aNetwork('back')],
    secrets: [aSecret('key', 'k')],
    configs: [aConfig('conf', 'c')],
    services: [
      aService('web', { networks: ['front', 'back'], configs: ['conf'] }),
      aService('db', { networks: ['back'], secrets: ['key'] }),
    ],
  });
  const plan = await planOf(spec, new FakeEngine(), { compatDocker: true });
  expect(formatPlan(plan)).toBe(
    `[]      -> #1 network shop_back  create declared, not found
[]      -> #2 network shop_front create declared, not found
[]      -> #3 secret shop_key    create declared, not found
[]      -> #4 config shop_conf   create declared, not found
[1,3]   -> #5 service shop_db    create declared, not found
[1,2,4] -> #6 service shop_web   create declared, not found
`,
  );
});

test('an update says what differs, in words', async () => {
  const engine = new FakeEngine();
  await engine.client.networks.create(aNetwork('default'));
  await engine.client.services.create(
    aService('web', {
      image: 'nginx:1.26',
      container: { Image: 'nginx:1.26', Env: ['A=1', 'B=2'] },
    }),
  );
  const spec = aStack({
    services: [
      aService('web', {
        container: { Image: 'nginx:1.27', Env: ['A=1', 'C=3'] },
        Mode: { Replicated: { Replicas: 3 } },
      }),
    ],
  });
  const plan = await planOf(spec, engine, { resolveImage: 'never' });
  expect(formatPlan(plan)).toBe(
    `[] -> #1 network shop_default keep   exists
[] -> #2 service shop_web     update label com.docker.stack.image nginx:1.26 → nginx:1.27; replicas 1 → 3; environment +C=3 -B=2; image nginx:1.26 → nginx:1.27
`,
  );
});

test('what the engine fills in is no difference', async () => {
  const engine = new FakeEngine();
  const { id: networkId } = await engine.client.networks.create(aNetwork('default'));
  const wanted = aService('web', {
    task: { RestartPolicy: {} },
    UpdateConfig: { Parallelism: 1, MaxFailureRatio: 0.1 },
    EndpointSpec: { Ports: [{ TargetPort: 80, PublishedPort: 8080 }] },
    container: {
      Image: 'nginx:1.27',
      Mounts: [
        { Type: 'bind', Source: '/a', Target: '/b', Consistency: 'cached', BindOptions: {} },
      ],
      Healthcheck: { Interval: 0 as never },
    },
  });
  await engine.client.services.create({
    ...wanted,
    TaskTemplate: {
      ContainerSpec: {
        Image: 'nginx:1.27',
        Labels: OURS,
        Isolation: 'default',
        Mounts: [
          { Type: 'bind', Source: '/a', Target: '/b', BindOptions: { Propagation: 'rprivate' } },
        ],
      },
      Networks: [{ Target: networkId, Aliases: ['web'] }],
      RestartPolicy: { Condition: 'any', MaxAttempts: 0 },
      ForceUpdate: 7,
      Runtime: 'container',
    },
    Mode: { Replicated: { Replicas: 1 } },
    UpdateConfig: {
      Parallelism: 1,
      FailureAction: 'pause',
      MaxFailureRatio: Math.fround(0.1),
      Order: 'stop-first',
    },
    EndpointSpec: {
      Mode: 'vip',
      Ports: [{ Protocol: 'tcp', TargetPort: 80, PublishedPort: 8080, PublishMode: 'ingress' }],
    },
  });
  const plan = await planOf(aStack({ services: [wanted] }), engine, { resolveImage: 'never' });
  expect(plan.operations.map((one) => one.kind)).toEqual(['network-keep', 'service-keep']);
  expect(plan.operations.flatMap((one) => one.changes)).toEqual([]);
});

test.each([
  [{ task: { RestartPolicy: { Delay: 0 as never } } }, 'RestartPolicy.Delay'],
  [{ container: { Image: 'nginx:1.27', Labels: OURS, Init: false } }, 'ContainerSpec.Init'],
  [
    { container: { Image: 'nginx:1.27', Labels: OURS, StopGracePeriod: 0 as never } },
    'StopGracePeriod',
  ],
  [{ UpdateConfig: { Parallelism: 0 } }, 'UpdateConfig.Parallelism'],
  [{ Mode: { Replicated: { Replicas: 0 } } }, 'Replicas'],
  [{ Labels: { ...aService('web').Labels, empty: '' } }, 'Labels.empty'],
])('a zero that means something is a difference: %j', async (parts, path) => {
  const engine = new FakeEngine();
  await engine.client.networks.create(aNetwork('default'));
  await engine.client.services.create(aService('web'));
  const plan = await planOf(aStack({ services: [aService('web', parts)] }), engine, {
    resolveImage: 'never',
  });
  const changes = plan.operations.find((one) => one.kind === 'service-update')?.changes ?? [];
  expect(changes.map((one) => one.path).join()).toContain(path);
});

test('a network of another identity but the same name is a difference', async () => {
  const engine = new FakeEngine();
  const gone = 'gone' as NetworkId;
  engine.networks.set(gone, { Id: gone, Name: 'gone', Scope: 'swarm', Driver: 'overlay' });
  await engine.client.networks.create(aNetwork('default'));
  await engine.client.services.create(
    aService('web', { task: { Networks: [{ Target: 'gone', Aliases: ['web'] }] } }),
  );
  const plan = await planOf(aStack({ services: [aService('web')] }), engine);
  expect(plan.operations.at(-1)).toMatchObject({
    kind: 'service-update',
    changes: [{ path: 'TaskTemplate.Networks[0].Target', from: 'gone', to: 'shop_default' }],
  });
});

test('the hidden twin of host is recognised', async () => {
  const engine = new FakeEngine();
  const id = 'hiddenhosttwin' as NetworkId;
  const web = aService('web', { task: { Networks: [{ Target: 'host' }] } });
  engine.networks.set('local', {
    Id: 'local' as NetworkId,
    Name: 'host',
    Scope: 'local',
    Driver: 'host',
  });
  await engine.client.services.create(web);
  const [stored] = engine.services.values();
  engine.services.set(stored?.ID ?? '', {
    ...stored!,
    Spec: { ...web, TaskTemplate: { ...web.TaskTemplate, Networks: [{ Target: id }] } },
  });
  engine.networks.set(id, { Id: id, Name: 'host', Scope: 'swarm', Driver: 'host' });
  const external = [{ key: 'h', name: 'host' }];
  const plan = await planOf(
    aStack({ networks: [], externalNetworks: external, services: [web] }),
    engine,
  );
  expect(plan.operations.map((one) => one.kind)).toEqual(['service-keep']);
});

test('a recreated secret is a difference although its name is the same', async () => {
  const engine = new FakeEngine();
  await engine.client.networks.create(aNetwork('default'));
  const { id } = await engine.client.secrets.create(aSecret('key', 'k'));
  const web = aService('web', { secrets: ['key'] });
  const reference = web.TaskTemplate.ContainerSpec?.Secrets?.[0];
  await engine.client.services.create(
    aService('web', {
      container: { ...web.TaskTemplate.ContainerSpec, Secrets: [{ ...reference!, SecretID: id }] },
    }),
  );
  const spec = aStack({ secrets: [aSecret('key', 'k')], services: [web] });
  const memory: SecretMemory = { ...NO_SECRET_MEMORY, compare: () => 'same' };
  expect(isEmptyPlan(await planOf(spec, engine, { secretMemory: memory }))).toBe(true);
  engine.secrets.clear();
  await engine.client.secrets.create(aSecret('key', 'k'));
  const plan = await planOf(spec, engine, { secretMemory: memory });
  expect(plan.operations.at(-1)?.changes.map((one) => one.path)).toEqual([
    'TaskTemplate.ContainerSpec.Secrets[0].SecretID',
  ]);
});

test('secrets: unknown content is for the engine to compare, other content is refused', async () => {
  const engine = new FakeEngine();
  await engine.client.secrets.create(aSecret('key', 'old'));
  const spec = aStack({ networks: [], secrets: [aSecret('key', 'new')] });
  const kinds = async (compare: SecretMemory['compare']): Promise<unknown> => {
    const plan = await planOf(spec, engine, { secretMemory: { ...NO_SECRET_MEMORY, compare } });
    return [plan.operations.map((one) => one.kind), plan.refusals.map((one) => one.code)];
  };
  expect(await kinds(() => 'unknown')).toEqual([['secret-verify'], []]);
  expect(await kinds(() => 'same')).toEqual([['secret-keep'], []]);
  expect(await kinds(() => 'different')).toEqual([['secret-keep'], ['secret-content-changed']]);
});

test('configs are compared by content and labels', async () => {
  const engine = new FakeEngine();
  await engine.client.configs.create(aConfig('same', 'x'));
  await engine.client.configs.create(aConfig('label', 'x', { tier: '1' }));
  await engine.client.configs.create(aConfig('other', 'x'));
  const plan = await planOf(
    aStack({
      networks: [],
      configs: [aConfig('same', 'x'), aConfig('label', 'x', { tier: '2' }), aConfig('other', 'y')],
    }),
    engine,
  );
  expect(formatPlan(plan)).toBe(
    `[] -> #1 config shop_label update labels differ
[] -> #2 config shop_other keep   unchanged
[] -> #3 config shop_same  keep   unchanged
refused: failed to update config shop_other: its content has changed, and only updates to Labels are allowed
`,
  );
});

test('everything that is known to fail is refused at once', async () => {
  const engine = new FakeEngine();
  await engine.client.networks.create({ Name: 'shop_n', Driver: 'overlay' });
  await engine.client.services.create({ ...aService('taken'), Labels: {}, TaskTemplate: {} });
  await engine.client.services.create(aService('global', { Mode: { Global: {} }, networks: [] }));
  const plan = await planOf(
    aStack({
      networks: [aNetwork('n')],
      externalNetworks: [{ key: 'e', name: 'elsewhere' }],
      services: [
        aService('taken', { networks: [] }),
        aService('global', { networks: [] }),
        aService('refs', { networks: [], secrets: ['gone'], configs: ['gone'] }),
      ],
    }),
    engine,
  );
  expect(plan.refusals.map((one) => [one.code, one.message])).toEqual([
    ['network-name-taken', expect.stringContaining('network with name shop_n already exists')],
    ['external-network', expect.stringContaining('"elsewhere" is declared as external, but could')],
    ['service-mode-change', expect.stringContaining('mode change is not allowed')],
    ['reference-not-found', 'service refs: secret not found: shop_gone'],
    ['reference-not-found', 'service refs: config not found: shop_gone'],
    ['service-name-taken', expect.stringContaining('service shop_taken already exists')],
  ]);
});

test('images: each is asked for once; the answer pins digest and platforms', async () => {
  const engine = new FakeEngine({
    distributions: {
      'nginx:1.27': {
        Descriptor: { digest: DIGEST },
        Platforms: [
          { os: 'linux', architecture: 'amd64' },
          { os: 'linux', architecture: 'arm' },
          { os: 'unknown', architecture: 'unknown' },
          { os: 'linux', architecture: 'amd64' },
        ],
      },
    },
  });
  const spec = aStack({ networks: [], services: [aService('a'), aService('b')] });
  const plan = await planOf(spec, engine);
  expect(engine.requests.filter((one) => one.path.startsWith('/distribution'))).toHaveLength(1);
  expect(plan.operations[0]).toMatchObject({
    spec: {
      TaskTemplate: {
        ContainerSpec: { Image: `nginx:1.27@${DIGEST}` },
        Placement: {
          Platforms: [{ OS: 'linux', Architecture: 'amd64' }, { OS: 'linux' }],
        },
      },
    },
  });
});

test('images: an unreachable registry keeps a pinned digest and warns', async () => {
  const engine = new FakeEngine();
  await engine.client.services.create(
    aService('a', {
      networks: [],
      container: { Image: `nginx:1.27@${DIGEST}`, Labels: OURS },
      task: { Placement: { Platforms: [{ OS: 'linux' }] } },
    }),
  );
  const spec = aStack({ networks: [], services: [aService('a', { networks: [] })] });
  const plan = await planOf(spec, engine);
  expect(isEmptyPlan(plan)).toBe(true);
  expect(plan.notes.map((one) => one.code)).toEqual(['image-not-resolved']);
});

test('images: changed keeps digest and platforms, never keeps the digest only', async () => {
  const engine = new FakeEngine();
  await engine.client.services.create(
    aService('a', {
      container: { Image: `nginx:1.27@${DIGEST}`, Labels: OURS },
      task: { Placement: { Platforms: [{ OS: 'linux' }] }, Networks: [] },
    }),
  );
  const spec = aStack({ networks: [], services: [aService('a', { networks: [] })] });
  expect(isEmptyPlan(await planOf(spec, engine, { resolveImage: 'changed' }))).toBe(true);
  const plan = await planOf(spec, engine, { resolveImage: 'never' });
  expect(plan.operations[0]?.changes.map((one) => one.path)).toEqual([
    'TaskTemplate.Placement.Platforms',
  ]);
});

test('prune comes last, except for what holds a port that is needed', async () => {
  const engine = new FakeEngine();
  const port = { EndpointSpec: { Ports: [{ TargetPort: 80, PublishedPort: 80 }] } };
  await engine.client.services.create(aService('old-web', { ...port, networks: [] }));
  await engine.client.services.create(aService('old-db', { networks: [] }));
  const spec = aStack({ networks: [], services: [aService('web', { ...port, networks: [] })] });
  const plan = await planOf(spec, engine, { prune: true });
  expect(formatPlan(plan)).toContain(
    `[]  -> #1 service shop_old-web remove not in the file; frees port 80/tcp
[]  -> #2 service shop_web     create declared, not found
[2] -> #3 service shop_old-db  remove not in the file
`,
  );
  const kept = await planOf(spec, engine);
  expect(kept.notes.map((one) => one.code)).toContain('undeclared-service');
});

test('prune removes what depends on a service before the service', async () => {
  const engine = new FakeEngine();
  const web = aService('web', { networks: [] });
  const Labels = { ...web.Labels, 'io.tstack.depends-on': 'db' };
  await engine.client.services.create(aService('db', { networks: [] }));
  await engine.client.services.create({ ...web, Labels });
  const plan = await planOf(aStack({ networks: [], services: [] }), engine, { prune: true });
  expect(plan.operations.map(({ name, wave }) => `${wave} ${name}`)).toEqual([
    '6 shop_web',
    '7 shop_db',
  ]);
});

test('a field that the engine is too old for is no change, and told', async () => {
  const engine = new FakeEngine({ apiVersion: '1.43' });
  const web = aService('web', { networks: [] });
  const Healthcheck = { Test: ['CMD', 'true'], StartInterval: 1e9 };
  const specWith = (ContainerSpec: object): typeof web => ({
    ...web,
    TaskTemplate: {
      ...web.TaskTemplate,
      ContainerSpec: { ...web.TaskTemplate.ContainerSpec, ...ContainerSpec },
    },
  });
  await engine.client.services.create(specWith({ Healthcheck: { Test: ['CMD', 'true'] } }));
  const spec = aStack({ networks: [], services: [specWith({ Healthcheck })] });
  const plan = await planOf(spec, engine);
  expect(isEmptyPlan(plan)).toBe(true);
  expect(plan.notes.map((one) => one.message)).toContainEqual(
    'service shop_web: Healthcheck.StartInterval has no effect: the engine speaks API 1.43, and it came with 1.44',
  );
});

test("variables in another order are no change; as docker they are sent in the file's order", async () => {
  const engine = new FakeEngine();
  const web = aService('web', { networks: [] });
  const withEnv = (...Env: string[]): typeof web => ({
    ...web,
    TaskTemplate: {
      ...web.TaskTemplate,
      ContainerSpec: { ...web.TaskTemplate.ContainerSpec, Env },
    },
  });
  await engine.client.services.create(withEnv('B=2', 'A=1'));
  const spec = aStack({ networks: [], services: [withEnv('A=1', 'B=2')] });
  expect(isEmptyPlan(await planOf(spec, engine))).toBe(true);
  const plan = await planOf(spec, engine, { compatDocker: true });
  expect(plan.operations[0]).toMatchObject({
    kind: 'service-update',
    spec: { TaskTemplate: { ContainerSpec: { Env: ['A=1', 'B=2'] } } },
  });
});

test('a job runs at every deploy', async () => {
  const engine = new FakeEngine();
  const job = aService('job', { networks: [], Mode: { ReplicatedJob: { TotalCompletions: 2 } } });
  await engine.client.services.create(job);
  const plan = await planOf(aStack({ networks: [], services: [job] }), engine);
  expect(plan.operations[0]).toMatchObject({ kind: 'service-update', changes: [] });
});

test('an existing network that differs is a warning where services do not notice', async () => {
  const engine = new FakeEngine();
  await engine.client.networks.create(aNetwork('default'));
  const plan = await planOf(
    aStack({ networks: [aNetwork('default', { Attachable: true })] }),
    engine,
  );
  expect(plan.notes[0]?.message).toContain('attachable false → true');
  expect(plan.operations[0]).toMatchObject({ kind: 'network-keep', changes: [{ to: true }] });
  expect(plan.refusals).toEqual([]);
});

test('and a refusal where they would, unless docker rules', async () => {
  const engine = new FakeEngine();
  await engine.client.networks.create(aNetwork('default'));
  const spec = aStack({ networks: [aNetwork('default', { Options: { encrypted: '' } })] });
  const plan = await planOf(spec, engine);
  expect(plan.refusals).toMatchObject([{ code: 'network-fixed', isOverridable: true }]);
  for (const rules of [{ compatDocker: true }, { toleratesDrift: true }]) {
    const asDocker = await planOf(spec, engine, rules);
    expect(asDocker).toMatchObject({ refusals: [], notes: [{ code: 'network-fixed' }] });
  }
});

test('an engine that is no manager is refused before anything else', async () => {
  const engine = new FakeEngine();
  engine.info = { Swarm: { LocalNodeState: 'active', ControlAvailable: false } };
  await expect(planOf(aStack(), engine)).rejects.toMatchObject({
    code: 'not-a-manager',
    exitCode: 9,
    message: expect.stringContaining("Worker nodes can't be used to view or modify cluster state"),
  });
});
