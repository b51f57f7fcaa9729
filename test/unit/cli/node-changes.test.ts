import { expect, test } from 'vitest';
import { toNodeRequest } from '../../../src/cli/embedded/add-nodes.ts';
import { listNodes } from '../../../src/cli/listings/node-listing.ts';
import { changeNodeSpec } from '../../../src/cli/node-changes.ts';
import { renderListing } from '../../../src/cli/render/render-listing.ts';
import type { Node, NodeSpec } from '../../../src/swarm/node.ts';

const spec: NodeSpec = {
  Role: 'worker',
  Availability: 'active',
  Labels: { zone: 'a', disk: 'ssd' },
};

test('a change touches what it names', () => {
  expect(
    changeNodeSpec(spec, {
      availability: 'drain',
      addLabels: ['zone=b', 'gpu'],
      removeLabels: ['disk'],
    }),
  ).toEqual({ Role: 'worker', Availability: 'drain', Labels: { zone: 'b', gpu: '' } });
  expect(() => changeNodeSpec(spec, { removeLabels: ['no'] })).toThrow(
    "key no doesn't exist in node's labels",
  );
  expect(() => changeNodeSpec(spec, { addLabels: ['=x'] })).toThrow('invalid label');
});

test('a label cannot become a prototype', () => {
  const { Labels } = changeNodeSpec(spec, { addLabels: ['__proto__=x'] });
  expect(Object.getPrototypeOf(Labels)).toBe(Object.prototype);
  expect(Object.hasOwn(Labels ?? {}, '__proto__')).toBe(true);
});

const flags = {
  role: 'worker',
  availability: 'active',
  label: [],
  cpus: undefined,
  memory: undefined,
} as const;

test('a new node says what it has', () => {
  expect(toNodeRequest('w', { ...flags, label: ['zone=b'], cpus: '0.5', memory: '4G' })).toEqual({
    Hostname: 'w',
    Role: 'worker',
    Availability: 'active',
    Labels: { zone: 'b' },
    Resources: { NanoCPUs: 5e8, MemoryBytes: 4 * 2 ** 30 },
  });
  expect(() => toNodeRequest('w', { ...flags, cpus: 'two' })).toThrow('invalid number of CPUs');
  expect(() => toNodeRequest('w', { ...flags, memory: '0' })).toThrow('invalid amount of memory');
});

test('nodes are listed as docker lists them', () => {
  const aNode = (Hostname: string, rest: Partial<Node> = {}): Node => ({
    ID: Hostname.padEnd(25, '0') as Node['ID'],
    Version: { Index: 1 },
    CreatedAt: '',
    UpdatedAt: '',
    Spec: spec,
    Description: { Hostname, Engine: { EngineVersion: '28.0' } },
    Status: { State: 'ready' },
    ...rest,
  });
  const leader = aNode('m1', { ManagerStatus: { Leader: true, Reachability: 'reachable' } });
  const nodes = [
    aNode('w10', { Status: { State: 'down' } }),
    aNode('w2'),
    leader,
    aNode('m2', { ManagerStatus: { Reachability: 'unreachable' } }),
  ];
  expect(renderListing(listNodes(nodes, leader.ID), { format: undefined })).toMatchInlineSnapshot(`
    "ID                            HOSTNAME   STATUS    AVAILABILITY   MANAGER STATUS   ENGINE VERSION
    m100000000000000000000000 *   m1         Ready     Active         Leader           28.0
    m200000000000000000000000     m2         Ready     Active         Unreachable      28.0
    w200000000000000000000000     w2         Ready     Active                          28.0
    w100000000000000000000000     w10        Down      Active                          28.0
    "
  `);
});
