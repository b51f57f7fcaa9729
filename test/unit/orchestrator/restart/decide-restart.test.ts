import { expect, test } from 'vitest';
import { toInstant } from '../../../../src/base/clock.ts';
import type { Nanoseconds } from '../../../../src/swarm/object.ts';
import type { RestartPolicy, ServiceMode } from '../../../../src/swarm/service.ts';
import type { TaskState } from '../../../../src/swarm/task-state.ts';
import { decideRestart } from '../../../../src/orchestrator/restart/decide-restart.ts';
import {
  recordRestart,
  type RestartHistory,
} from '../../../../src/orchestrator/restart/restart-history.ts';
import type { StoredNode } from '../../../../src/orchestrator/store/stored-object.ts';
import { aNode, aService, aStore, aTask, EPOCH } from '../../../support/builders.ts';

const SECOND = 1e9 as Nanoseconds;

interface Case {
  readonly policy?: RestartPolicy;
  readonly mode?: ServiceMode;
  readonly state?: TaskState;
  readonly history?: RestartHistory;
  readonly node?: (node: StoredNode) => StoredNode;
}

function decide({ policy, mode, state = 'failed', history, node = (one) => one }: Case) {
  const { write } = aStore();
  const template = { ContainerSpec: { Image: 'a' }, ...(policy && { RestartPolicy: policy }) };
  return write((tx) => {
    const home = tx.create('node', aNode());
    const spec = { TaskTemplate: template, ...(mode && { Mode: mode }) };
    const service = tx.create('service', aService({ spec }));
    const Status = { State: state, AppliedAt: toInstant(EPOCH + 10_000) };
    const task = tx.create('task', aTask(service, { NodeID: home.ID, Status }));
    return decideRestart({ task, service, node: node(home), history, now: EPOCH });
  });
}

test('by default a task comes back after five seconds', () => {
  const back = { kind: 'replace', notBefore: EPOCH + 5000, waitsForStop: false };
  expect(decide({})).toEqual(back);
  expect(decide({ state: 'complete' })).toEqual(back);
});

test('the condition decides about completed and failed tasks', () => {
  const policy = { Condition: 'on-failure' } as const;
  expect(decide({ policy, state: 'complete' }).kind).toBe('leave');
  expect(decide({ policy }).kind).toBe('replace');
  expect(decide({ policy: { Condition: 'none' } }).kind).toBe('leave');
  expect(decide({ mode: { ReplicatedJob: {} }, state: 'complete' }).kind).toBe('leave');
});

test('a drained node means at once, but after the old task has stopped', () => {
  const node = (one: StoredNode): StoredNode => ({
    ...one,
    Spec: { ...one.Spec, Availability: 'drain' },
  });
  const decided = decide({ node, state: 'running' });
  expect(decided).toEqual({ kind: 'replace', notBefore: EPOCH, waitsForStop: true });
  expect(decide({ node, state: 'running', policy: { Condition: 'none' } }).kind).toBe('leave');
});

test('a node that is down means after the delay, without waiting for the old task', () => {
  const node = (one: StoredNode): StoredNode => ({ ...one, Status: { State: 'down' } });
  const decided = decide({ node, state: 'running' });
  expect(decided).toEqual({ kind: 'replace', notBefore: EPOCH + 5000, waitsForStop: false });
});

test('attempts are counted per spec version', () => {
  const policy = { MaxAttempts: 2 };
  const used = (total: number, specVersion = 0): RestartHistory => ({ specVersion, total, at: [] });
  expect(decide({ policy, history: used(1) }).kind).toBe('replace');
  expect(decide({ policy, history: used(2) }).kind).toBe('leave');
  expect(decide({ policy, history: used(2, 7) }).kind).toBe('replace');
});

test('with a window only restarts within it count, back from the end of the task', () => {
  const policy = { MaxAttempts: 2, Window: (5 * SECOND) as Nanoseconds };
  const at = (...seconds: number[]): RestartHistory => ({
    specVersion: 0,
    total: seconds.length,
    at: seconds.map((one) => toInstant(EPOCH + one * 1000)),
  });
  expect(decide({ policy, history: at(6, 8) }).kind).toBe('leave');
  expect(decide({ policy, history: at(1, 2, 3, 8) }).kind).toBe('replace');
});

test('a new spec version forgets former restarts', () => {
  const restart = { at: EPOCH, keepsTimes: true };
  const first = recordRestart(undefined, { ...restart, specVersion: 1 });
  const second = recordRestart(first, { ...restart, specVersion: 1 });
  expect(second).toEqual({ specVersion: 1, total: 2, at: [EPOCH, EPOCH] });
  expect(recordRestart(second, { ...restart, specVersion: 2 }).total).toBe(1);
});
