import { readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { adoptStack, type AdoptedStack } from '../../../src/adopt/adopt-stack.ts';
import type { RunningStack } from '../../../src/adopt/observe-running.ts';
import { canonicalSpec } from '../../../src/plan/canonical-spec.ts';
import { planStack } from '../../../src/plan/plan-stack.ts';
import { keyPaths } from '../../../src/stack/keys/table/paths.ts';
import { convertLoadedStack, loadStack } from '../../../src/stack/pipeline.ts';
import type { StackSpec } from '../../../src/stack/stack-spec.ts';
import type { NetworkId } from '../../../src/swarm/object.ts';
import type { ServiceSpec } from '../../../src/swarm/service.ts';
import { sampleOf } from '../../support/key-samples.ts';
import { loadFixture } from '../../support/load-fixture.ts';
import { runningStack, storedService } from '../../support/running-stack.ts';

const FILES: Readonly<Record<string, string>> = {
  'more.env': 'B=2\n',
  'raw.env': 'C=3\n',
  'data.txt': 'content',
  'other.yml': 'services: { c: { image: c } }',
  'more.yml': 'services: { c: { image: c } }',
  'base.yml': 'services: { a: { image: base }, b: { image: base } }',
};

function read(text: string, files: Readonly<Record<string, string>> = {}): StackSpec {
  const loaded = loadStack(
    ['stack.yml'],
    {
      readFile: (path) => {
        const name = path.split('/').at(-1) ?? '';
        const content = name === 'stack.yml' ? text : files[name];
        return content === undefined
          ? { kind: 'error', code: 'ENOENT', message: path }
          : { kind: 'data', bytes: Buffer.from(content) };
      },
      readStdin: () => new Uint8Array(),
      workingDirectory: '/project',
    },
    { compat: 'none', env: { DATA: 'secret' }, projectName: 'shop' },
  );
  return convertLoadedStack(loaded, 'shop').spec;
}

/** What a plan of the adopted file writes against the cluster it was adopted from. */
function writesOf(running: RunningStack, { text, files }: AdoptedStack): readonly string[] {
  const contents = files.map(({ path, bytes }) => [
    path.split('/').at(-1) ?? '',
    Buffer.from(bytes).toString(),
  ]);
  const spec = read(text, Object.fromEntries(contents) as Record<string, string>);
  const snapshot = { ...running, foreignServices: [], networks: running.networks };
  const plan = planStack(spec, withReferences(snapshot), {
    options: { prune: true, resolveImage: 'changed', compatDocker: false },
    resolutions: new Map(),
  });
  expect(plan.refusals).toEqual([]);
  return plan.operations
    .filter(({ kind, cause }) => !kind.endsWith('-keep') && !cause.startsWith('a job runs'))
    .map(({ kind, name, changes }) => `${kind} ${name} ${JSON.stringify(changes)}`);
}

/** Secrets and configs that only services tell of are there too. */
function withReferences<T extends RunningStack>(running: T): T {
  const meta = { Version: { Index: 1 }, CreatedAt: '', UpdatedAt: '' };
  const containers = running.services.map(({ Spec }) => Spec.TaskTemplate.ContainerSpec);
  const secrets = containers.flatMap((one) => one?.Secrets ?? []);
  const configs = containers.flatMap((one) => one?.Configs ?? []);
  return {
    ...running,
    secrets: [
      ...running.secrets,
      ...secrets.map((one) => ({ ...meta, ID: one.SecretID, Spec: { Name: one.SecretName } })),
    ],
    configs: [
      ...running.configs,
      ...configs.map((one) => ({ ...meta, ID: one.ConfigID, Spec: { Name: one.ConfigName } })),
    ],
  };
}

/** Spec → file → spec. */
function expectIdentity(spec: StackSpec): AdoptedStack {
  const running = runningStack(spec);
  const adopted = adoptStack(running);
  const back = read(adopted.text);
  const canonical = (services: readonly ServiceSpec[]) =>
    services.map((one) => canonicalSpec(withoutReferenceIds(one), new Map()));
  expect(canonical(back.services)).toEqual(canonical(spec.services));
  expect(writesOf(running, adopted)).toEqual([]);
  expect(adopted.isWhole).toBe(true);
  return adopted;
}

function withoutReferenceIds(spec: ServiceSpec): ServiceSpec {
  return JSON.parse(
    JSON.stringify(spec).replaceAll(/"(Secret|Config)ID":"[^"]*"/g, '"$1ID":""'),
  ) as ServiceSpec;
}

const engineWords = ({ notes }: AdoptedStack): readonly string[] =>
  notes.filter(({ code }) => code === 'adopt-engine-words').map(({ message }) => message);

describe('spec to file to spec is identity', () => {
  const mapped = keyPaths().filter(
    ({ path, facts }) => path.startsWith('services.') && facts.outcome === 'mapped',
  );
  // A label of the file's; a profile of seccomp is bytes, no word for it fits in a file.
  const SAID_BY_THE_ENGINE = new Set(['services.*.x-tstack.spec']);

  test.each(mapped.map((key) => [key.path, key] as const))('%s', (path, key) => {
    const spec = read(JSON.stringify(sampleOf(key).with), FILES);
    const adopted = expectIdentity(spec);
    if (!SAID_BY_THE_ENGINE.has(path)) expect(engineWords(adopted)).toEqual([]);
  });

  const FIXTURES = resolve(import.meta.dirname, '../../../fixtures/stack/valid');
  test.each(readdirSync(FIXTURES))('the fixture %s', (name) => {
    const { spec } = convertLoadedStack(loadFixture(join(FIXTURES, name)), 'shop');
    expectIdentity(spec);
  });
});

const word = fc.constantFrom('a', 'b$c', '${d}', "it's", 'x: y', '- z', '0644', 'true', '#');
const words = fc.array(word, { maxLength: 3 });
const count = fc.nat({ max: 3 });
const ns = fc.constantFrom(0, 1_000_001, 1_500_000_000, 90_000_000_000) as fc.Arbitrary<never>;
const maybe = <T>(one: fc.Arbitrary<T>) => fc.option(one, { nil: undefined });
const map = fc.dictionary(fc.constantFrom('k', 'l.m', 'n-o'), word, { maxKeys: 2 });

/** Specs as other clients make them: with fields no key of a file says, in any order. */
const foreignSpec: fc.Arbitrary<ServiceSpec> = fc
  .record({
    container: fc.record(
      {
        Image: fc.constantFrom('nginx:1', 'nginx:1@sha256:' + 'a'.repeat(64)),
        Args: words,
        Command: words,
        Env: fc.array(fc.constantFrom('A=1', 'B=$x', 'C', 'D='), { maxLength: 4 }),
        Labels: map,
        Hosts: fc.subarray(['10.0.0.1 db', '::1 six', '10.0.0.2 a b']),
        Sysctls: map,
        Groups: words,
        StopGracePeriod: ns,
        Healthcheck: fc.record({ Test: words, Retries: count, Interval: ns }),
        Mounts: fc.subarray([
          { Type: 'bind', Source: '/s', Target: '/a' },
          { Type: 'volume', Target: '/anonymous' },
          {
            Type: 'volume',
            Source: 'data',
            Target: '/d',
            VolumeOptions: { DriverConfig: { Name: 'nfs' } },
          },
          { Type: 'tmpfs', Target: '/t', TmpfsOptions: { Options: [['noexec']] } },
        ] as const),
        Ulimits: fc.subarray([{ Name: 'nofile', Soft: 0, Hard: 10 }]),
        Privileges: fc.constantFrom(
          { Seccomp: { Mode: 'custom', Profile: 'e30=' } },
          { NoNewPrivileges: true },
        ),
        CapabilityAdd: fc.subarray(['CAP_SYSLOG', 'CAP_CHOWN']),
        TTY: fc.boolean(),
        Init: fc.boolean(),
      },
      { requiredKeys: ['Image'] },
    ),
    mode: fc.constantFrom<ServiceSpec['Mode'][]>(
      { Replicated: { Replicas: 0 } },
      { Replicated: {} },
      { Global: {} },
      { ReplicatedJob: { MaxConcurrent: 2, TotalCompletions: 5 } },
    ),
    update: maybe(fc.record({ Parallelism: count, Delay: ns, MaxFailureRatio: fc.constant(0.1) })),
    restart: maybe(fc.record({ Condition: fc.constantFrom('none', 'any'), Delay: ns })),
    ports: fc.shuffledSubarray([
      { TargetPort: 80, PublishedPort: 8080, Protocol: 'tcp', PublishMode: 'ingress' },
      { TargetPort: 53, PublishedPort: 53, Protocol: 'udp', PublishMode: 'host' },
      { TargetPort: 81 },
    ] as const),
    networks: fc.shuffledSubarray(['n1', 'n2']),
    labels: map,
    limits: fc.record({
      NanoCPUs: fc.constantFrom(0, 1_000_001, 1_500_000_000),
      MemoryBytes: fc.constantFrom(0, 67_108_864),
    }),
    named: fc.boolean(),
  })
  .map((parts) => ({
    Name: 'shop_web',
    Labels: { 'com.docker.stack.namespace': 'shop', ...parts.labels },
    TaskTemplate: {
      ContainerSpec: parts.container as never,
      Resources: {
        Limits: parts.limits,
        ...(parts.named && {
          Reservations: {
            GenericResources: [{ NamedResourceSpec: { Kind: 'gpu', Value: 'one' } }],
          },
        }),
      },
      ...(parts.restart && { RestartPolicy: parts.restart as never }),
      ...(parts.networks.length > 0 && {
        Networks: parts.networks.map((Target) => ({ Target })),
      }),
      ForceUpdate: 3,
    },
    Mode: parts.mode ?? {},
    // The engine takes none for jobs.
    ...(parts.update && !parts.mode?.ReplicatedJob && { UpdateConfig: parts.update }),
    EndpointSpec: { Mode: 'vip', Ports: parts.ports },
  }));

test('the plan of what was adopted is empty for any service, whoever created it', () => {
  fc.assert(
    fc.property(foreignSpec, (spec) => {
      const networks = ['n1', 'n2'].map((Name) => ({
        Id: Name as NetworkId,
        Name,
        Scope: 'swarm' as const,
        Driver: 'overlay',
      }));
      const running = {
        stack: 'shop',
        services: [storedService(spec)],
        networks,
        secrets: [],
        configs: [],
      };
      const adopted = adoptStack(running);
      expect(writesOf(running, adopted)).toEqual([]);
      expect(adopted.isWhole).toBe(true);
    }),
    { numRuns: Number(process.env['TSTACK_FUZZ_RUNS'] ?? 40) },
  );
});

describe('what a file cannot say', () => {
  const service = (Name: string, more: Partial<ServiceSpec> = {}) =>
    storedService({
      Name,
      Labels: { 'com.docker.stack.namespace': 'shop' },
      TaskTemplate: { ContainerSpec: { Image: 'busybox' } },
      ...more,
    });
  const running = (...services: RunningStack['services']): RunningStack => ({
    stack: 'shop',
    services,
    networks: [],
    secrets: [],
    configs: [],
  });

  test('a service whose name is not the stack’s is left out, and named', () => {
    const { notes, text, isWhole } = adoptStack(running(service('shop_web'), service('alone')));
    expect(isWhole).toBe(false);
    expect(text).not.toContain('alone');
    expect(notes[0]).toMatchObject({ code: 'adopt-name-outside', subject: 'alone' });
  });

  test('a service that is no container is left out, and named', () => {
    const plugin = { TaskTemplate: { Runtime: 'plugin' } };
    const { notes } = adoptStack(running(service('shop_web'), service('shop_p', plugin)));
    expect(notes[0]).toMatchObject({ code: 'adopt-not-a-container', subject: 'shop_p' });
  });

  test('fields without a key are said in the words of the engine, and named', () => {
    const adopted = adoptStack(running(service('shop_web')));
    expect(engineWords(adopted)[0]).toContain('TaskTemplate.Networks');
    expect(adopted.text).toContain('Networks: null');
    expect(writesOf(running(service('shop_web')), adopted)).toEqual([]);
  });
});

test('contents of configs become files on request, also those of a later version', () => {
  const spec = read(
    JSON.stringify({
      name: 'shop',
      services: { web: { image: 'nginx', configs: ['page'] } },
      configs: { page: { content: 'hello', labels: { a: 'b' } } },
    }),
  );
  const before = runningStack(spec);
  const adopted = adoptStack(before, { configDirectory: './configs' });
  expect(adopted.files).toEqual([{ path: './configs/page', bytes: Buffer.from('hello') }]);
  expect(adopted.text).toContain('file: ./configs/page');
  expect(writesOf(before, adopted)).toEqual([]);
});
