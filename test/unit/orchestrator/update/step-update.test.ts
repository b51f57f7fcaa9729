import { expect, test } from 'vitest';
import { toInstant } from '../../../../src/base/clock.ts';
import type { Nanoseconds, TaskId } from '../../../../src/swarm/object.ts';
import type { Service, UpdateConfig } from '../../../../src/swarm/service.ts';
import type { TaskState } from '../../../../src/swarm/task-state.ts';
import type { Action } from '../../../../src/orchestrator/action.ts';
import { applyActions } from '../../../../src/orchestrator/apply-actions.ts';
import { slotsOf } from '../../../../src/orchestrator/reconcile/slots.ts';
import { beginUpdate, stepUpdate } from '../../../../src/orchestrator/update/step-update.ts';
import type { UpdateFacts, UpdateState } from '../../../../src/orchestrator/update/update-state.ts';
import { aService, aStore, aTask, EPOCH } from '../../../support/builders.ts';

const SECOND = 1e9;
const ns = (seconds: number): Nanoseconds => (seconds * SECOND) as Nanoseconds;

/** An update of `replicas` running slots, driven by hand: tasks are `old-1`… and `new-1`…. */
function anUpdate(
  config: Partial<UpdateConfig>,
  replicas = 3,
  fields: Partial<Service> = { PreviousSpec: { Name: 'web', TaskTemplate: {} } },
) {
  const { store, write } = aStore();
  const spec = { UpdateConfig: { Parallelism: 1, ...config }, RollbackConfig: { Parallelism: 1 } };
  const service = write((tx) => {
    const made = tx.create('service', aService({ replicas, spec, SpecVersion: 7, ...fields }));
    const old = { ...made, SpecVersion: 0, Spec: { ...made.Spec, TaskTemplate: {} } };
    for (let Slot = 1; Slot <= replicas; Slot += 1) {
      const Status = { State: 'running' as const };
      tx.create('task', aTask(old, { ID: `old-${Slot}` as TaskId, Slot, Status }));
    }
    return made;
  });
  let now = EPOCH;
  let created = 0;
  const facts = (): UpdateFacts => ({
    view: store.view,
    now,
    newTaskId: () => `new-${(created += 1)}` as TaskId,
    shouldRestart: () => true,
  });
  let state: UpdateState | undefined;
  let wakeAt: number | undefined;
  const take = (decision: ReturnType<typeof beginUpdate>): string[] => {
    state = decision.state;
    wakeAt = decision.wakeAt && decision.wakeAt - EPOCH;
    write((tx) => applyActions(tx, decision.actions), 'updater');
    return decision.actions.map(printAction);
  };
  return {
    begin: () => take(beginUpdate(service, slotsOf(store.view, service.ID), facts())),
    /** The task reaches a state (released, if it has to be); then the update looks again. */
    report(id: string, State: TaskState): string[] {
      const task = store.view.get('task', id as TaskId);
      if (task?.DesiredState === 'ready') {
        write(
          (tx) => tx.update('task', { ...task, DesiredState: 'running' }),
          'restart-supervisor',
        );
      }
      write((tx) => {
        const seen = tx.view.get('task', id as TaskId);
        if (!seen) throw new Error(`no task ${id}`);
        tx.remove('task', seen.ID);
        tx.create('task', { ...seen, Status: { State } });
      });
      return state ? take(stepUpdate(state, [id as TaskId], facts())) : ['over'];
    },
    wait(seconds: number): string[] {
      now = toInstant(now + seconds * 1000);
      return state ? take(stepUpdate(state, [], facts())) : ['over'];
    },
    status: () => store.view.get('service', service.ID)?.UpdateStatus,
    service: () => store.view.get('service', service.ID),
    isOver: () => state === undefined,
    wakeAt: () => wakeAt,
  };
}

function printAction(action: Action): string {
  switch (action.kind) {
    case 'create-task':
      return `create ${action.task.ID} in ${action.task.Slot}`;
    case 'set-desired':
      return `${action.task} ${action.desired}`;
    case 'delay-start':
      return `start ${action.start.task}${action.start.waitFor ? ` after ${action.start.waitFor}` : ''}`;
    case 'delete-task':
      return `delete ${action.task}`;
    case 'set-update-status':
    case 'roll-back':
      return `${action.kind} ${action.status.State}: ${action.status.Message}`;
  }
}

const BEGIN = 'set-update-status updating: update in progress';
const END = 'set-update-status completed: update completed';

test('stop-first: makes the new task, shuts the old one down, goes on when the new one runs', () => {
  const update = anUpdate({}, 2);
  expect(update.begin()).toEqual([
    BEGIN,
    'create new-1 in 1',
    'old-1 shutdown',
    'start new-1 after old-1',
  ]);
  expect(update.report('new-1', 'ready')).toEqual([]);
  expect(update.report('new-1', 'running')).toEqual([
    'create new-2 in 2',
    'old-2 shutdown',
    'start new-2 after old-2',
  ]);
  expect(update.report('new-2', 'running')).toEqual([]);
  expect(update.wakeAt()).toBe(5000);
  expect(update.wait(4.9)).toEqual([]);
  expect(update.wait(0.1)).toEqual([END]);
  expect(update.isOver()).toBe(true);
  expect(update.status()?.CompletedAt).toBeDefined();
});

test('start-first: the old task goes only once the new one runs', () => {
  const update = anUpdate({ Order: 'start-first' }, 1);
  expect(update.begin()).toEqual([BEGIN, 'create new-1 in 1', 'start new-1']);
  expect(update.report('new-1', 'running')).toEqual(['old-1 shutdown']);
});

test('start-first: a new task that fails leaves the old one alone', () => {
  const update = anUpdate({ Order: 'start-first' }, 1);
  update.begin();
  const paused = 'update paused due to failure or early termination of task new-1';
  expect(update.report('new-1', 'rejected')).toEqual([`set-update-status paused: ${paused}`]);
  expect(update.status()).toMatchObject({ State: 'paused', Message: paused });
  expect(update.status()?.CompletedAt).toBeUndefined();
  expect(update.isOver()).toBe(true);
});

test('parallelism 0 works on every slot at once', () => {
  const update = anUpdate({ Parallelism: 0 });
  expect(update.begin().filter((line) => line.startsWith('create'))).toHaveLength(3);
});

test('the delay follows every slot, the last one too, and lengthens the final watch', () => {
  const update = anUpdate({ Delay: ns(10), Monitor: ns(2) }, 1);
  update.begin();
  expect(update.report('new-1', 'running')).toEqual([]);
  expect(update.wakeAt()).toBe(10_000);
  expect(update.wait(10)).toEqual([]);
  expect(update.wakeAt()).toBe(21_000);
  expect(update.wait(11)).toEqual([END]);
});

test('a failure after the monitor time does not count', () => {
  const update = anUpdate({ Monitor: ns(1), Delay: ns(30) }, 2);
  update.begin();
  update.report('new-1', 'running');
  update.wait(2);
  expect(update.report('new-1', 'failed')).toEqual([]);
  expect(update.isOver()).toBe(false);
});

test('the share of failed slots must be exceeded, not reached', () => {
  const update = anUpdate({ Parallelism: 0, MaxFailureRatio: 0.34 });
  update.begin();
  expect(update.report('new-1', 'failed')).toEqual([]);
  expect(update.report('new-2', 'failed')[0]).toMatch(/paused/);
});

test('failure action continue watches nothing', () => {
  const update = anUpdate({ FailureAction: 'continue' }, 1);
  update.begin();
  expect(update.report('new-1', 'failed')).toEqual([]);
  expect(update.wait(5)).toEqual([END]);
});

test('failure action rollback restores the former spec and forgets it', () => {
  const update = anUpdate({ FailureAction: 'rollback' }, 1);
  update.begin();
  update.report('new-1', 'failed');
  expect(update.status()).toMatchObject({
    State: 'rollback_started',
    Message: 'update rolled back due to failure or early termination of task new-1',
  });
  expect(update.service()).toMatchObject({
    Spec: { Name: 'web', TaskTemplate: {} },
    SpecVersion: 0,
  });
  expect(update.service()).not.toHaveProperty('PreviousSpec');
});

test('a rollback that fails pauses, and without a former spec there is only pause', () => {
  const rolling = { UpdateStatus: { State: 'rollback_started' as const } };
  const update = anUpdate({}, 1, rolling);
  expect(update.begin()[0]).toBe('create new-1 in 1');
  expect(update.report('new-1', 'failed')[0]).toMatch(/rollback_paused: update paused due to/);
  const stuck = anUpdate({ FailureAction: 'rollback' }, 1, {});
  stuck.begin();
  expect(stuck.report('new-1', 'failed')[0]).toMatch(/ paused: update paused due to/);
});

test('a paused update does nothing, one with nothing dirty left completes', () => {
  expect(anUpdate({}, 1, { UpdateStatus: { State: 'paused' } }).begin()).toEqual([]);
  expect(anUpdate({}, 0, { UpdateStatus: { State: 'updating' } }).begin()).toEqual([END]);
  expect(anUpdate({}, 0).begin()).toEqual([]);
});
