import { describe, expect, test } from 'vitest';
import { Allocator } from '../../../../src/orchestrator/allocator/allocator.ts';
import type {
  StoredService,
  StoredTask,
} from '../../../../src/orchestrator/store/stored-object.ts';
import type { NetworkId, ServiceId } from '../../../../src/swarm/object.ts';
import type { PortConfig } from '../../../../src/swarm/service.ts';
import { aNetwork, anIngressNetwork, aService, aStore, aTask } from '../../../support/builders.ts';

function setUp() {
  const cluster = aStore();
  const allocator = new Allocator(cluster);
  const stop = allocator.start();
  const { store, write, clock } = cluster;
  return {
    ...cluster,
    stop,
    settle: () => clock.advanceTo(clock.now()),
    service: (id: ServiceId): StoredService => store.view.get('service', id) as StoredService,
    create: (options: Parameters<typeof aService>[0] = {}): StoredService =>
      write((tx) => tx.create('service', aService(options)), 'control'),
    createTask: (service: StoredService, Slot = 1): StoredTask =>
      write((tx) => tx.create('task', aTask(service, { Slot })), 'orchestrator'),
    tasks: (service: StoredService): readonly StoredTask[] => store.view.tasksByService(service.ID),
  };
}

const withPorts = (Ports: PortConfig[]): Parameters<typeof aService>[0] => ({
  spec: { EndpointSpec: { Ports } },
});

const onNetwork = (Target: string, name = 'web'): Parameters<typeof aService>[0] => ({
  name,
  spec: { TaskTemplate: { ContainerSpec: { Image: 'x' }, Networks: [{ Target }] } },
});

describe('tasks', () => {
  test('become pending when their service needs nothing, and share one status', () => {
    const at = setUp();
    const service = at.create();
    at.createTask(service, 1);
    at.createTask(service, 2);
    at.settle();
    const [first, second] = at.tasks(service);
    expect(first?.Status).toMatchObject({ State: 'pending', Message: 'pending task scheduling' });
    expect(first?.Status).toBe(second?.Status);
    expect(at.service(service.ID).Version.Index).toBe(service.Version.Index);
  });

  test('that are no longer wanted stay new', () => {
    const at = setUp();
    const service = at.create();
    const task = at.createTask(service);
    at.write((tx) => tx.update('task', { ...task, DesiredState: 'remove' }), 'orchestrator');
    at.settle();
    expect(at.tasks(service)[0]?.Status.State).toBe('new');
  });

  test('get an address per network, and give it back when they end', () => {
    const at = setUp();
    const network = at.write((tx) => tx.create('network', aNetwork()), 'control');
    const service = at.create(onNetwork(network.ID));
    at.createTask(service, 1);
    at.settle();
    expect(at.service(service.ID).Endpoint?.VirtualIPs).toEqual([
      { NetworkID: network.ID, Addr: '10.0.0.2/24' },
    ]);
    expect(at.tasks(service)[0]?.NetworksAttachments).toMatchObject([
      { Network: { Spec: { Name: 'front' } }, Addresses: ['10.0.0.3/24'] },
    ]);
  });

  test('wait with a reason when a network is full, as many as there is room for', () => {
    const at = setUp();
    const small = aNetwork({
      Spec: { Name: 'tiny', IPAMOptions: { Configs: [{ Subnet: '10.9.0.0/29' }] } },
    });
    const network = at.write((tx) => tx.create('network', small), 'control');
    const service = at.create(onNetwork(network.ID));
    for (let slot = 1; slot <= 6; slot += 1) at.createTask(service, slot);
    at.settle();
    const states = (): string[] => at.tasks(service).map((task) => task.Status.State);
    expect(states()).toEqual(['pending', 'pending', 'pending', 'pending', 'new', 'new']);
    expect(at.tasks(service)[5]?.Status.Err).toBe('no address is free on network tiny');
    const first = at.tasks(service)[0] as StoredTask;
    const rejected = { ...first, Status: { State: 'rejected' as const } };
    at.write((tx) => tx.update('task', rejected), 'enforcer');
    at.settle();
    expect(states()).toEqual(['rejected', 'pending', 'pending', 'pending', 'pending', 'new']);
  });
});

describe('ports', () => {
  test('that nobody named are chosen serially from 30000 and kept over updates', () => {
    const at = setUp();
    at.write((tx) => tx.create('network', anIngressNetwork()), 'control');
    const port = (TargetPort: number): PortConfig => ({ Protocol: 'tcp', TargetPort });
    const a = at.create({
      name: 'a',
      ...withPorts([port(80), { ...port(81), PublishedPort: 30000 }]),
    });
    const b = at.create({ name: 'b', ...withPorts([port(80)]) });
    at.settle();
    const published = (id: ServiceId): unknown =>
      at.service(id).Endpoint?.Ports?.map((one) => one.PublishedPort);
    expect([published(a.ID), published(b.ID)]).toEqual([[30001, 30000], [30002]]);
    const now = at.service(a.ID);
    const Spec = { ...now.Spec, EndpointSpec: { Ports: [port(82), port(80)] } };
    at.write((tx) => tx.update('service', { ...now, Spec }), 'control');
    at.settle();
    expect(published(a.ID)).toEqual([30003, 30001]);
  });

  test('held by another service keep the tasks new, saying why, until they are freed', () => {
    const at = setUp();
    at.write((tx) => tx.create('network', anIngressNetwork()), 'control');
    const ports = withPorts([{ Protocol: 'tcp', TargetPort: 80, PublishedPort: 8080 }]);
    const first = at.create({ name: 'first', ...ports });
    at.settle();
    const second = at.create({ name: 'second', ...ports });
    at.createTask(second);
    at.settle();
    expect(at.tasks(second)[0]?.Status).toMatchObject({
      State: 'new',
      Err: 'port 8080/tcp is already in use',
    });
    at.write((tx) => tx.remove('service', first.ID), 'control');
    at.settle();
    expect(at.tasks(second)[0]?.Status).toMatchObject({ State: 'pending' });
    expect(at.tasks(second)[0]?.Status.Err).toBeUndefined();
    expect(at.service(second.ID).Endpoint?.Ports?.[0]?.PublishedPort).toBe(8080);
  });

  test('in host mode are copied, and need no ingress network', () => {
    const at = setUp();
    const port: PortConfig = { TargetPort: 80, PublishedPort: 80, PublishMode: 'host' };
    const service = at.create(withPorts([port]));
    at.settle();
    expect(at.service(service.ID).Endpoint).toEqual({ Spec: { Ports: [port] }, Ports: [port] });
  });

  test('need the ingress network, and its address comes first', () => {
    const at = setUp();
    const service = at.create(withPorts([{ TargetPort: 80, PublishedPort: 80 }]));
    at.createTask(service);
    at.settle();
    expect(at.tasks(service)[0]?.Status.Err).toBe('ingress network is missing');
    at.write((tx) => tx.create('network', anIngressNetwork()), 'control');
    at.settle();
    expect(at.tasks(service)[0]?.Status.State).toBe('pending');
    expect(at.tasks(service)[0]?.NetworksAttachments?.[0]?.Network.Spec.Ingress).toBe(true);
  });
});

describe('networks', () => {
  test('get the lowest free /24 and a VXLAN id, unless they name a subnet', () => {
    const at = setUp();
    const names = ['a', 'b', 'c'];
    const specs = names.map((name) => aNetwork({ name }));
    at.write((tx) => specs.map((draft) => tx.create('network', draft)), 'control');
    at.settle();
    const networks = at.store.view.list('network');
    expect(networks.map((one) => one.IPAMOptions?.Configs?.[0])).toEqual(
      [0, 1, 2].map((n) => ({ Subnet: `10.0.${n}.0/24`, Gateway: `10.0.${n}.1` })),
    );
    expect(networks[2]?.DriverState?.Options).toEqual({
      'com.docker.network.driver.overlay.vxlanid_list': '4098',
    });
    at.write((tx) => tx.remove('network', networks[1]?.ID as NetworkId), 'control');
    at.write((tx) => tx.create('network', aNetwork({ name: 'd' })), 'control');
    at.settle();
    expect(at.store.view.byName('network', 'd')?.IPAMOptions?.Configs?.[0]?.Subnet).toBe(
      '10.0.1.0/24',
    );
  });
});

test('a restarted allocator takes nothing that is in use', () => {
  const at = setUp();
  const network = at.write((tx) => tx.create('network', aNetwork()), 'control');
  const first = at.create(onNetwork(network.ID, 'first'));
  at.createTask(first);
  at.settle();
  at.stop();
  const second = at.create(onNetwork(network.ID, 'second'));
  at.createTask(second);
  new Allocator(at).start();
  at.settle();
  expect(at.service(second.ID).Endpoint?.VirtualIPs?.[0]?.Addr).toBe('10.0.0.4/24');
  expect(at.tasks(second)[0]?.NetworksAttachments?.[0]?.Addresses).toEqual(['10.0.0.5/24']);
});
