import { describe, expect, test } from 'vitest';
import {
  matchesConstraints,
  parseConstraints,
  type ConstraintSubject,
} from '../../../src/swarm/constraint.ts';
import type { NodeId } from '../../../src/swarm/object.ts';

const NODE: ConstraintSubject = {
  ID: 'abc123' as NodeId,
  Role: 'manager',
  Spec: { Labels: { zone: 'East', Zone: 'west' } },
  Description: {
    Hostname: 'Node-1',
    Platform: { OS: 'linux', Architecture: 'x86_64' },
    Engine: { Labels: { storage: 'ssd' } },
  },
  Status: { Addr: '192.168.1.7' },
};

function matches(expression: string, node: ConstraintSubject = NODE): boolean {
  const parsed = parseConstraints([expression]);
  if (parsed.kind === 'invalid') throw new Error(parsed.message);
  return matchesConstraints(parsed.constraints, node);
}

describe('matches', () => {
  test.each([
    'node.id == ABC123',
    'NODE.Hostname==node-1',
    'node.role == manager',
    'node.role != worker',
    'node.platform.os == LINUX',
    'node.platform.arch == x86_64',
    'node.labels.zone == east',
    'node.labels.Zone == west',
    'Node.Labels.zone == east',
    'node.labels.missing != anything',
    'engine.labels.storage == SSD',
    'node.ip == 192.168.1.7',
    'node.ip == 192.168.0.0/16',
    'node.ip != 10.0.0.0/8',
    'node.ip == ::ffff:192.168.1.7',
    '  node.hostname   !=   other  ',
  ])('%s', (expression) => {
    expect(matches(expression)).toBe(true);
  });
});

describe('does not match', () => {
  test.each([
    'node.id == other',
    'node.platform.arch == amd64',
    'node.labels.ZONE == east',
    'node.labels.zone != east',
    'engine.labels.missing == x',
    'node.ip == nonsense',
    'node.ip != nonsense',
    'node.ip == 192.168.1.8',
    'node.color == blue',
    'node.color != blue',
    'node.hostname == node-*',
  ])('%s', (expression) => {
    expect(matches(expression)).toBe(false);
  });
});

test('a node without description has an empty host name and platform', () => {
  const { Description: _, ...bare } = NODE;
  expect(matches('node.hostname != x', bare)).toBe(true);
  expect(matches('node.platform.os == linux', bare)).toBe(false);
});

test('labels named like object members are not found by accident', () => {
  expect(matches('node.labels.constructor != x')).toBe(true);
});

describe('refuses', () => {
  test.each([
    ['node.id', 'constraint expected one operator from ==, !='],
    ['node.id = x', 'constraint expected one operator from ==, !='],
    ['n*de.x == 1', "key 'n*de.x' is invalid"],
    ['a == b', "key 'a' is invalid"],
    ['aa!=b==c', "key 'aa!=b' is invalid"],
    ['node.id ==', "value '' is invalid"],
    ['node.id == a,b', "value 'a,b' is invalid"],
  ])('%s', (expression, message) => {
    expect(parseConstraints(['node.id == x', expression])).toEqual({ kind: 'invalid', message });
  });
});
