import { expect, test } from 'vitest';
import { frontendsOf, virtualPort } from '../../../src/ingress/endpoints.ts';
import { peersOf } from '../../../src/ingress/peers.ts';
import { toVirtualAddresses } from '../../../src/ingress/virtual-addresses.ts';
import type { Transaction } from '../../../src/orchestrator/store/transaction.ts';
import type { StoredService, StoredTask } from '../../../src/orchestrator/store/stored-object.ts';
import type { ServiceId } from '../../../src/swarm/object.ts';
import type { PortConfig, ServiceSpec } from '../../../src/swarm/service.ts';
import { aNode, aService, aStore, aTask } from '../../support/builders.ts';

const OPTIONS = { virtualAddress: '127.64.0.1', canListenLow: false };
const web: readonly PortConfig[] = [
  { TargetPort: 80, PublishedPort: 8080, Protocol: 'tcp', PublishMode: 'ingress' },
  { TargetPort: 53, PublishedPort: 5353, Protocol: 'udp', PublishMode: 'ingress' },
];

function withPorts(ports: readonly PortConfig[]): Partial<ServiceSpec> {
  return { EndpointSpec: { Ports: ports } };
}

function aTaskIn(
  tx: Transaction,
  service: StoredService,
  options: Partial<StoredTask> = {},
): StoredTask {
  const node = tx.create('node', aNode());
  const status = { Status: { State: 'running' as const } };
  return tx.create('task', aTask(service, { NodeID: node.ID, ...status, ...options }));
}

test('only tasks that run and are to go on running are endpoints', () => {
  const { store, write } = aStore();
  const [service, serving] = write((tx) => {
    const one = tx.create('service', aService({ spec: withPorts(web) }));
    const running = aTaskIn(tx, one);
    aTaskIn(tx, one, { Status: { State: 'starting' } });
    aTaskIn(tx, one, { DesiredState: 'shutdown' });
    aTaskIn(tx, one, { Status: { State: 'failed' }, DesiredState: 'shutdown' });
    return [one, running];
  });
  const [first] = frontendsOf(store.view, service, OPTIONS);
  expect(first).toEqual({
    kind: 'ingress',
    service: service.ID,
    protocol: 'tcp',
    port: 8080,
    endpoints: [{ task: serving.ID, targetPort: 80 }],
  });
});

test('published ports and the virtual IP each have their frontends', () => {
  const { store, write } = aStore();
  const service = write((tx) => tx.create('service', aService({ spec: withPorts(web) })));
  const found = frontendsOf(store.view, service, OPTIONS);
  expect(found.map((one) => [one.kind, one.protocol, one.address, one.port])).toEqual([
    ['ingress', 'tcp', undefined, 8080],
    ['ingress', 'udp', undefined, 5353],
    ['virtual', 'tcp', '127.64.0.1', 8080],
    ['virtual', 'udp', '127.64.0.1', 8053],
  ]);
  const none = frontendsOf(store.view, service, { ...OPTIONS, virtualAddress: undefined });
  expect(none).toHaveLength(2);
});

test('a host-mode port is its task alone, with the number that the runtime reports', () => {
  const { store, write } = aStore();
  const port: PortConfig = { TargetPort: 80, PublishMode: 'host', Protocol: 'tcp' };
  const [service, task] = write((tx) => {
    const one = tx.create('service', aService({ spec: withPorts([port]) }));
    const Ports = [{ ...port, PublishedPort: 32_768 }];
    aTaskIn(tx, one);
    return [one, aTaskIn(tx, one, { Status: { State: 'running', PortStatus: { Ports } } })];
  });
  const [first] = frontendsOf(store.view, service, OPTIONS);
  expect(first).toMatchObject({
    kind: 'host',
    port: 32_768,
    endpoints: [{ task: task.ID, targetPort: 80 }],
  });
});

test('ports below 1024 move where the daemon may not listen on them', () => {
  expect(virtualPort(80, true)).toBe(80);
  expect(virtualPort(80, false)).toBe(8080);
  expect(virtualPort(3000, false)).toBe(3000);
  expect(virtualPort(0, true)).toBe(8080);
});

test('virtual IPs do not change when services come, and never meet', () => {
  const ids = Array.from({ length: 2000 }, (_, at) => `service${at}` as ServiceId);
  const all = toVirtualAddresses(ids);
  expect(new Set(all.values()).size).toBe(2000);
  expect(
    [...all.values()].every((one) => /^127\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])\./.test(one)),
  ).toBe(true);
  const some = toVirtualAddresses(ids.slice(0, 1000));
  for (const [id, address] of some) expect(all.get(id)).toBe(address);
});

test('peers are the services on a common network, by name and alias', () => {
  const { store, write } = aStore();
  const on = (...networks: string[]): Partial<ServiceSpec> => ({
    ...withPorts([{ TargetPort: 3000 }]),
    TaskTemplate: {
      Networks: networks.map((Target) => ({ Target, Aliases: [`${Target}-alias`] })),
    },
  });
  const [app] = write((tx) => [
    tx.create('service', aService({ name: 'shop_app', spec: on('front', 'back') })),
    tx.create('service', aService({ name: 'shop_db', spec: on('back') })),
    tx.create('service', aService({ name: 'other', spec: on('elsewhere') })),
  ]);
  const ids = store.view.list('service').map((one) => one.ID);
  const peers = peersOf(store.view, app, {
    virtualAddresses: toVirtualAddresses(ids),
    canListenLow: false,
  });
  expect(peers.map((one) => one.names)).toEqual([
    ['shop_app', 'front-alias', 'back-alias'],
    ['shop_db', 'back-alias'],
  ]);
  expect(peers[1]?.ports).toEqual([{ targetPort: 3000, port: 3000 }]);
});
