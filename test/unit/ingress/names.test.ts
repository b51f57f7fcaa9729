import { expect, test } from 'vitest';
import { parseQuery, toAnswer } from '../../../src/ingress/dns-message.ts';
import { resolveName } from '../../../src/ingress/service-names.ts';
import { toVirtualAddresses } from '../../../src/ingress/virtual-addresses.ts';
import type { StoredService } from '../../../src/orchestrator/store/stored-object.ts';
import type { ServiceSpec } from '../../../src/swarm/service.ts';
import { aNode, aService, aStore, aTask } from '../../support/builders.ts';

function query(name: string, type: number, flags = 0x0100): Uint8Array {
  const labels = name.split('.').flatMap((one) => [one.length, ...Buffer.from(one)]);
  const head = [0xab, 0xcd, flags >> 8, flags & 255, 0, 1, 0, 0, 0, 0, 0, 0];
  return Uint8Array.from([...head, ...labels, 0, type >> 8, type & 255, 0, 1]);
}

test('a query is read, and answered with the addresses that fit into a datagram', () => {
  const question = parseQuery(query('Tasks.Web', 1));
  expect(question).toMatchObject({ id: 0xabcd, name: 'tasks.web', type: 1 });
  if (!question) return;
  const answer = Buffer.from(
    toAnswer(question, { code: 0, addresses: ['127.128.0.1', '1.2.3.4'] }),
  );
  expect(answer.subarray(0, 8).toString('hex')).toBe('abcd818000010002');
  expect(answer.subarray(-4)).toEqual(Buffer.from([1, 2, 3, 4]));
  expect(answer).toHaveLength(12 + question.bytes.length + 2 * 16);
  const many = Array.from({ length: 100 }, () => '127.128.0.1');
  expect(toAnswer(question, { code: 0, addresses: many }).length).toBeLessThanOrEqual(512);
});

test.each([
  ['nothing', new Uint8Array()],
  ['an answer', query('web', 1, 0x8100)],
  ['a name without end', query('web', 1).slice(0, 15)],
  ['a compressed name', Uint8Array.from([...query('', 1).slice(0, 12), 0xc0, 12, 0, 1, 0, 1])],
  ['a question cut short', query('web', 1).slice(0, -1)],
])('%s is not a query', (_what, bytes) => {
  expect(parseQuery(bytes)).toBeUndefined();
});

const on = (network: string, aliases: string[] = []): Partial<ServiceSpec> => ({
  TaskTemplate: { ContainerSpec: {}, Networks: [{ Target: network, Aliases: aliases }] },
});

test('names are those of services on a shared network: a virtual IP, or the tasks', () => {
  const { store, write } = aStore();
  const [asker, web, rr, task] = write((tx) => {
    const make = (name: string, spec: Partial<ServiceSpec>): StoredService =>
      tx.create('service', aService({ name, spec }));
    const one = make('probe', on('n1'));
    const two = make('shop_web', on('n1', ['web']));
    const three = make('rr', { ...on('n1'), EndpointSpec: { Mode: 'dnsrr' } });
    make('far', on('n2'));
    const node = tx.create('node', aNode());
    const status = { NodeID: node.ID, Status: { State: 'running' as const } };
    tx.create('task', aTask(two, { ...status, Status: { State: 'starting' } }));
    tx.create('task', aTask(two, status));
    return [one, two, three, tx.create('task', aTask(three, status))];
  });
  const virtualAddresses = toVirtualAddresses(store.view.list('service').map((one) => one.ID));
  const addressOf = (id: string): string => `address of ${id}`;
  const find = (name: string): readonly string[] | undefined =>
    resolveName(store.view, asker, name, { virtualAddresses, addressOf });
  expect(find('web')).toEqual([virtualAddresses.get(web.ID)]);
  expect(find('shop_web')).toEqual(find('web'));
  expect(find('tasks.web')).toHaveLength(1);
  expect(find('rr')).toEqual([`address of ${task.ID}`]);
  expect(virtualAddresses.get(rr.ID)).toBeDefined();
  expect(find('far')).toBeUndefined();
  expect(find('example.com')).toBeUndefined();
});
