import { describe, expect, test } from 'vitest';
import { createSeededRandom } from '../../../../src/base/random.ts';
import { createControl } from '../../../../src/orchestrator/control.ts';
import { lookUp } from '../../../../src/orchestrator/control/look-up.ts';
import type { StoredService } from '../../../../src/orchestrator/store/stored-object.ts';
import type { Nanoseconds, NodeId } from '../../../../src/swarm/object.ts';
import type { ServiceSpec } from '../../../../src/swarm/service.ts';
import { aNode, aServiceSpec, aStore, aTask } from '../../../support/builders.ts';

function setUp() {
  const cluster = aStore();
  const control = createControl({ ...cluster, random: createSeededRandom(1) });
  control.createCluster();
  return { ...cluster, control };
}

const sent = (partial: object): ServiceSpec => ({ ...aServiceSpec(), ...partial });

describe('service specs', () => {
  test('come back as the engine normalises them: absent stays absent, empty objects stay', () => {
    const { control } = setUp();
    const { Spec } = control.createService(
      sent({
        Labels: null,
        Mode: {},
        TaskTemplate: {
          ContainerSpec: { Image: 'x', Env: [], User: '', TTY: false, Labels: {}, Init: false },
          Resources: { Limits: {}, Reservations: {} },
          RestartPolicy: { Delay: 1e9 as Nanoseconds },
          Placement: null,
        },
        UpdateConfig: { Delay: 0 },
        EndpointSpec: { Ports: [{ TargetPort: 80 }] },
      }),
    );
    expect(Spec).toEqual({
      Name: 'web',
      Labels: {},
      TaskTemplate: {
        ContainerSpec: { Image: 'x', Init: false, Isolation: 'default' },
        Resources: { Limits: {}, Reservations: {} },
        RestartPolicy: { Condition: 'any', Delay: 1e9, MaxAttempts: 0 },
        ForceUpdate: 0,
        Runtime: 'container',
      },
      Mode: { Replicated: { Replicas: 1 } },
      UpdateConfig: {
        Parallelism: 0,
        FailureAction: 'pause',
        MaxFailureRatio: 0,
        Order: 'stop-first',
      },
      EndpointSpec: {
        Mode: 'vip',
        Ports: [{ Protocol: 'tcp', TargetPort: 80, PublishMode: 'ingress' }],
      },
    });
  });

  test('keep empty values in maps of the users own keys', () => {
    const { control } = setUp();
    expect(control.createService(sent({ Labels: { a: '' } })).Spec.Labels).toEqual({ a: '' });
  });

  test('name networks by id', () => {
    const { control, store } = setUp();
    const network = control.createNetwork({ Name: 'front', Driver: 'overlay' });
    const TaskTemplate = { ContainerSpec: { Image: 'x' }, Networks: [{ Target: 'front' }] };
    const service = control.createService(sent({ TaskTemplate }));
    expect(service.Spec.TaskTemplate.Networks).toEqual([{ Target: network.ID }]);
    expect(store.view.servicesByNetwork(network.ID)).toEqual([service]);
    expect(() => control.removeNetwork('front')).toThrow(
      `network ${network.ID} is in use by service ${service.ID}`,
    );
  });
});

describe('updates', () => {
  const update = (
    { control }: ReturnType<typeof setUp>,
    service: StoredService,
    image: string,
  ): StoredService =>
    control.updateService(service.ID, aServiceSpec({ image }), { version: service.Version.Index });

  test('keep the previous spec, take the quoted version as spec version, reset the status', () => {
    const at = setUp();
    const first = at.control.createService(aServiceSpec());
    const running = at.store.update('updater', (tx) =>
      tx.update('service', { ...first, UpdateStatus: { State: 'updating' } }),
    );
    const second = update(at, running, 'nginx:2');
    expect(second).toMatchObject({
      SpecVersion: running.Version.Index,
      PreviousSpecVersion: 0,
      PreviousSpec: first.Spec,
    });
    expect(second.UpdateStatus).toBeUndefined();
  });

  test('quote the newest version or fail', () => {
    const at = setUp();
    const first = at.control.createService(aServiceSpec());
    update(at, first, 'nginx:2');
    expect(() => update(at, first, 'nginx:3')).toThrow('update out of sequence');
  });

  test('roll back by swapping, so twice is back again', () => {
    const at = setUp();
    const first = at.control.createService(aServiceSpec());
    const second = update(at, first, 'nginx:2');
    const rollBack = (service: StoredService): StoredService =>
      at.control.updateService(service.ID, service.Spec, {
        version: service.Version.Index,
        rollback: 'previous',
      });
    const back = rollBack(second);
    expect(back).toMatchObject({
      Spec: first.Spec,
      SpecVersion: 0,
      UpdateStatus: { State: 'rollback_started', Message: 'manually requested rollback' },
    });
    expect(rollBack(back)).toMatchObject({ Spec: second.Spec, SpecVersion: second.SpecVersion });
    const lonely = at.control.createService(aServiceSpec({ name: 'lonely' }));
    expect(() => rollBack(lonely)).toThrow(`service ${lonely.ID} does not have a previous spec`);
  });

  test('change neither mode nor name', () => {
    const at = setUp();
    const { ID, Version } = at.control.createService(aServiceSpec());
    const attempt = (spec: ServiceSpec) => () =>
      at.control.updateService(ID, spec, { version: Version.Index });
    expect(attempt(aServiceSpec({ global: true }))).toThrow('service mode change is not allowed');
    expect(attempt(aServiceSpec({ name: 'db' }))).toThrow('renaming services is not supported');
  });

  test('of a job start its next iteration', () => {
    const at = setUp();
    const spec = sent({ Mode: { ReplicatedJob: {} } });
    const job = at.control.createService(spec);
    expect(job.Spec.Mode).toEqual({ ReplicatedJob: { MaxConcurrent: 1, TotalCompletions: 1 } });
    const next = at.control.updateService(job.ID, spec, { version: job.Version.Index });
    expect(next.JobStatus?.JobIteration.Index).toBe(1);
  });

  test('keep the registry credentials unless new ones come, or the previous ones are asked for', () => {
    const at = setUp();
    const first = at.control.createService(aServiceSpec(), { registryAuth: 'one' });
    const second = at.control.updateService(first.ID, aServiceSpec(), {
      version: first.Version.Index,
      registryAuth: 'two',
    });
    const third = update(at, second, 'nginx:3');
    expect([third.RegistryAuth, third.PreviousRegistryAuth]).toEqual(['two', 'two']);
    expect([second.RegistryAuth, second.PreviousRegistryAuth]).toEqual(['two', 'one']);
    const back = at.control.updateService(second.ID, aServiceSpec(), {
      version: third.Version.Index,
      registryAuthFrom: 'previous-spec',
    });
    expect(back.RegistryAuth).toBe('two');
  });
});

describe('nodes', () => {
  test('the last manager is not demoted, a manager not removed, a ready node only by force', () => {
    const at = setUp();
    const manager = at.write((tx) =>
      tx.create('node', aNode({ Role: 'manager', hostname: 'boss' })),
    );
    const worker = at.write((tx) => tx.create('node', aNode()));
    const demote = (): unknown =>
      at.control.updateNode('boss', { Role: 'worker', Availability: 'active' }, { version: 1 });
    expect(demote).toThrow('attempting to demote the last manager of the swarm');
    expect(() => at.control.removeNode(manager.ID, { force: true })).toThrow('must be demoted');
    expect(() => at.control.removeNode(worker.ID, { force: false })).toThrow('is not down');
    at.control.removeNode(worker.ID, { force: true });
    expect(at.store.view.get('node', worker.ID)).toBeUndefined();
  });

  test('leave their unfinished tasks orphaned', () => {
    const at = setUp();
    const node = at.write((tx) => tx.create('node', aNode({ Status: { State: 'down' } })));
    const service = at.control.createService(aServiceSpec());
    const NodeID = node.ID;
    at.write((tx) => {
      tx.create('task', aTask(service, { NodeID, Status: { State: 'running' } }));
      tx.create('task', aTask(service, { NodeID, Status: { State: 'failed' } }));
    });
    at.control.removeNode(node.ID, { force: false });
    expect(at.store.view.tasksByService(service.ID).map((task) => task.Status)).toMatchObject([
      { State: 'orphaned', Message: 'Task belonged to a node that has been deleted' },
      { State: 'failed' },
    ]);
  });

  test('words are checked before anything else', () => {
    const { control } = setUp();
    const change = (Role: string, Availability: string) => () =>
      control.updateNode('nope', { Role, Availability } as never, { version: 1 });
    expect(change('king', 'active')).toThrow('invalid Role: "king"');
    expect(change('worker', 'sleepy')).toThrow('invalid Availability: "sleepy"');
    expect(change('worker', 'drain')).toThrow('node nope not found');
  });
});

describe('secrets and configs', () => {
  test('sizes, names and changes follow the engine', () => {
    const { control } = setUp();
    const size = (bytes: number): string => Buffer.alloc(bytes, 'x').toString('base64');
    const secret = control.createSecret({ Name: 'key', Data: size(511_999) });
    const limit = 'must be larger than 0 and less than';
    expect(() => control.createSecret({ Name: 'big', Data: size(512_000) })).toThrow(limit);
    expect(() => control.createSecret({ Name: 'none' })).toThrow(limit);
    expect(() => control.createConfig({ Name: 'big', Data: size(1_024_000) })).toThrow(limit);
    expect(() => control.createSecret({ Name: 'KEY', Data: size(1) })).toThrow(
      'secret KEY already exists',
    );
    const version = secret.Version.Index;
    const relabelled = control.updateSecret(
      'key',
      { Name: 'key', Labels: { a: 'b' } },
      { version },
    );
    expect(relabelled.Spec).toMatchObject({ Labels: { a: 'b' }, Data: secret.Spec.Data });
    expect(() =>
      control.updateSecret('key', { Name: 'key', Data: size(2) }, { version: 9 }),
    ).toThrow('only updates to Labels are allowed');
  });

  test('are kept while a service refers to them', () => {
    const { control } = setUp();
    const secret = control.createSecret({ Name: 'key', Data: 'eA==' });
    const File = { Name: 'key', UID: '0', GID: '0', Mode: 0o444 };
    const Secrets = [{ SecretID: secret.ID, SecretName: 'key', File }];
    const TaskTemplate = { ContainerSpec: { Image: 'x', Secrets } };
    control.createService(sent({ TaskTemplate }));
    expect(() => control.removeSecret('key')).toThrow(
      "secret 'key' is in use by the following service: web",
    );
    control.removeService('web');
    control.removeSecret('key');
    expect(() => control.removeSecret('key')).toThrow('secret key not found');
  });
});

describe('look-up', () => {
  test('takes id, then exact name, then id prefix; several are ambiguous', () => {
    const { store, write } = aStore();
    const [a, b] = write((tx) => [
      tx.create('node', aNode({ ID: 'aa1' as NodeId, hostname: 'aa' })),
      tx.create('node', aNode({ ID: 'aa2' as NodeId, hostname: 'b' })),
    ]);
    expect(lookUp(store.view, 'node', 'aa2')).toBe(b);
    expect(lookUp(store.view, 'node', 'aa')).toBe(a);
    expect(() => lookUp(store.view, 'node', 'a')).toThrow('node a is ambiguous (2 matches found)');
    expect(() => lookUp(store.view, 'node', 'AA')).toThrow('node AA not found');
  });

  test('finds a task by its container name', () => {
    const { store, write } = aStore();
    const control = createControl({ ...aStore(), random: createSeededRandom(1) });
    const service = control.createService(aServiceSpec());
    const task = write((tx) => tx.create('task', aTask(service, { Slot: 3 })));
    expect(lookUp(store.view, 'task', `web.3.${task.ID}`)).toBe(task);
    expect(() => lookUp(store.view, 'task', `web.4.${task.ID}`)).toThrow('not found');
  });
});

describe('networks', () => {
  test('problems of addresses are told together, with the subnet they concern', () => {
    const { control } = setUp();
    const create = (Config: object) => () =>
      control.createNetwork({ Name: 'n', Driver: 'overlay', IPAM: { Config: [Config] } });
    expect(create({ Subnet: '10.0.0.0/99' })).toThrow(
      'invalid network config:\ninvalid subnet 10.0.0.0/99: invalid CIDR block notation',
    );
    expect(create({ Subnet: '10.44.0.0/24', Gateway: '10.45.0.1' })).toThrow(
      "invalid gateway 10.45.0.1: parent subnet 10.44.0.0/24 doesn't contain this address",
    );
  });

  test('predefined ones stay, and there is one ingress', () => {
    const { control } = setUp();
    expect(() => control.removeNetwork('bridge')).toThrow('bridge is a pre-defined network');
    expect(() => control.createNetwork({ Name: 'in', Driver: 'overlay', Ingress: true })).toThrow(
      'is already present',
    );
    expect(() => control.createNetwork({ Name: 'host' })).toThrow(
      'network with name host already exists',
    );
  });
});

test('the cluster keeps its name and its defaults', () => {
  const { control, store } = setUp();
  expect(() => control.updateCluster({ Name: 'other' }, { version: 1 })).toThrow(
    'swarm spec must be named "default"',
  );
  const version = store.view.list('cluster')[0]?.Version.Index ?? 0;
  const { Spec } = control.updateCluster(
    { Orchestration: { TaskHistoryRetentionLimit: 0 }, Raft: { ElectionTick: 0 } },
    { version },
  );
  expect(Spec).toMatchObject({
    Orchestration: { TaskHistoryRetentionLimit: 0 },
    Raft: { ElectionTick: 10 },
  });
});
