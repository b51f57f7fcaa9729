import { expect, test } from 'vitest';
import { dirtyReason, type DirtyTask } from '../../../src/swarm/dirty.ts';
import { isSameMessage } from '../../../src/swarm/same-message.ts';
import type { ServiceSpec } from '../../../src/swarm/service.ts';

const SPEC: ServiceSpec = {
  Name: 'web',
  TaskTemplate: { ContainerSpec: { Image: 'nginx:1', Env: ['A=1'] } },
  EndpointSpec: { Mode: 'vip' },
};

function aDirtyTask(change: Partial<DirtyTask> = {}): DirtyTask {
  return {
    Spec: SPEC.TaskTemplate,
    SpecVersion: 3,
    Endpoint: { Spec: { Mode: 'vip' } },
    Status: { State: 'running' },
    DesiredState: 'running',
    ...change,
  };
}

function reason(spec: Partial<ServiceSpec>, task = aDirtyTask(), meets = true) {
  return dirtyReason({ Spec: { ...SPEC, ...spec }, SpecVersion: 9 }, task, () => meets);
}

test('an equal spec version settles it, whatever the specs say', () => {
  const service = { Spec: { ...SPEC, TaskTemplate: { ForceUpdate: 1 } }, SpecVersion: 3 };
  expect(dirtyReason(service, aDirtyTask(), () => false)).toBeUndefined();
});

test('anything in the task template makes a task dirty', () => {
  expect(reason({ TaskTemplate: { ...SPEC.TaskTemplate, ForceUpdate: 1 } })).toBe('task-template');
  expect(reason({})).toBeUndefined();
});

test('a port makes a task dirty, the default mode spelled out does not', () => {
  expect(reason({ EndpointSpec: { Mode: 'vip', Ports: [{ TargetPort: 80 }] } })).toBe('endpoint');
  expect(reason({ EndpointSpec: {} })).toBeUndefined();
});

test('a change of placement alone counts where the node violates the constraints', () => {
  const moved = { ...SPEC.TaskTemplate, Placement: { Constraints: ['node.role==worker'] } };
  expect(reason({ TaskTemplate: moved })).toBeUndefined();
  expect(reason({ TaskTemplate: moved }, aDirtyTask(), false)).toBe('constraints');
  expect(reason({ TaskTemplate: { ...moved, ForceUpdate: 1 } })).toBe('task-template');
});

test('credentials count only while a task may still need them', () => {
  const withAuth = {
    ContainerSpec: { ...SPEC.TaskTemplate.ContainerSpec, PullOptions: { RegistryAuth: 'x' } },
  };
  expect(reason({ TaskTemplate: withAuth })).toBeUndefined();
  const preparing = aDirtyTask({ Status: { State: 'preparing' } });
  expect(reason({ TaskTemplate: withAuth }, preparing)).toBe('task-template');
});

test('absent, zero and empty are one value but for what the wire keeps apart', () => {
  expect(isSameMessage({ Env: [], Labels: {}, Pids: 0 }, {})).toBe(true);
  expect(isSameMessage({ Labels: { a: '' } }, { Labels: {} })).toBe(false);
  expect(isSameMessage({ Init: false }, {})).toBe(false);
  expect(isSameMessage({ Resources: {} }, {})).toBe(false);
  expect(isSameMessage({ Args: ['a', 'b'] }, { Args: ['b', 'a'] })).toBe(false);
  expect(isSameMessage({ Ports: [{ Protocol: 'tcp' }] }, { Ports: [{}] })).toBe(true);
});
