import { expect, test } from 'vitest';
import { toInstant } from '../../../src/base/clock.ts';
import { historyLimit, overLimit } from '../../../src/orchestrator/reaper.ts';
import type { StoredTask } from '../../../src/orchestrator/store/stored-object.ts';
import type { TaskId } from '../../../src/swarm/object.ts';
import type { RestartPolicy } from '../../../src/swarm/service.ts';
import type { TaskState } from '../../../src/swarm/task-state.ts';
import { aCluster, aService, aStore, aTask, EPOCH } from '../../support/builders.ts';

/** Tasks of one slot, oldest first, named a, b, c … */
function history(...states: readonly TaskState[]): readonly StoredTask[] {
  const { write } = aStore();
  return write((tx) => {
    const service = tx.create('service', aService());
    return states.map((State, at) => {
      const Status = { State, AppliedAt: toInstant(EPOCH + at) };
      const ID = String.fromCodePoint(97 + at) as TaskId;
      return tx.create('task', aTask(service, { ID, Status }));
    });
  });
}

test('the limit counts the running task; the oldest go first', () => {
  const tasks = history('failed', 'shutdown', 'failed', 'running');
  expect(overLimit(tasks, 2)).toEqual({ remove: ['a', 'b'], isOver: false });
  expect(overLimit(tasks, 4)).toEqual({ remove: [], isOver: false });
  expect(overLimit(tasks, -1).remove).toEqual([]);
});

test('what still runs stays, and the slot with it', () => {
  expect(overLimit(history('running', 'running'), 1)).toEqual({ remove: [], isOver: true });
});

test('with limit 0 a lone finished task stays, one with a successor goes', () => {
  expect(overLimit(history('failed'), 0).remove).toEqual([]);
  expect(overLimit(history('failed', 'running'), 0).remove).toEqual(['a']);
});

test('a restart limit replaces the history limit, jobs have none', () => {
  const { store, write } = aStore();
  const limitOf = (policy: RestartPolicy | undefined, Mode = {}): number | undefined =>
    write((tx) => {
      const TaskTemplate = policy ? { RestartPolicy: policy } : {};
      const service = tx.create(
        'service',
        aService({ spec: { TaskTemplate, Mode }, name: `s${tx.view.version}` }),
      );
      return historyLimit(service, tx.view);
    });
  write((tx) => tx.create('cluster', aCluster()));
  expect(limitOf(undefined)).toBe(5);
  expect(limitOf({ MaxAttempts: 2 })).toBe(3);
  expect(limitOf(undefined, { ReplicatedJob: {} })).toBeUndefined();
  expect(store.view.count('service')).toBe(3);
});
