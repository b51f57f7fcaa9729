import { expect, test } from 'vitest';
import { toInstant } from '../../../../src/base/clock.ts';
import { createSeededRandom } from '../../../../src/base/random.ts';
import { nextStep } from '../../../../src/orchestrator/agent/advance-task.ts';
import type { Controller, StepOutcome } from '../../../../src/orchestrator/agent/executor.ts';
import {
  StepError,
  TemporaryError,
  toController,
} from '../../../../src/orchestrator/agent/promise-controller.ts';
import { TaskRunner } from '../../../../src/orchestrator/agent/task-runner.ts';
import type { Draft, StoredTask } from '../../../../src/orchestrator/store/stored-object.ts';
import type { SimulatedBehaviour } from '../../../../src/runtimes/simulated-container.ts';
import { createSimulatedRuntime } from '../../../../src/runtimes/simulated.ts';
import type { TaskState } from '../../../../src/swarm/task-state.ts';
import { aNode, aService, aStore, aTask, EPOCH } from '../../../support/builders.ts';

/** A runner over a simulated container; statuses are printed as `+1s running started`. */
function aRunner(behaviour: SimulatedBehaviour, fields: Partial<Draft<StoredTask>> = {}) {
  const { store, clock, write } = aStore();
  const seen: string[] = [];
  const task = write((tx) => {
    const node = tx.create('node', aNode());
    const service = tx.create('service', aService());
    const Status = { State: 'assigned' as const };
    return tx.create('task', aTask(service, { NodeID: node.ID, Status, ...fields }));
  });
  const random = createSeededRandom(1);
  const executor = createSimulatedRuntime({ clock, random, behaviourOf: () => behaviour });
  const make = (from: StoredTask): TaskRunner =>
    new TaskRunner(from, {
      clock,
      executor,
      resolve: (one) => {
        const [node] = store.view.list('node');
        if (!node) throw new Error('no node');
        return { task: one, node, container: one.Spec.ContainerSpec ?? {}, files: () => [] };
      },
      report: (_, status) => {
        const at = (clock.now() - EPOCH) / 1000;
        const err = status.Err === undefined ? '' : ` !${status.Err}`;
        seen.push(`+${at}s ${status.State} ${status.Message}${err}`);
      },
    });
  const advanceTo = (seconds: number): void => clock.advanceTo(toInstant(EPOCH + seconds * 1000));
  return { runner: make(task), make, task, clock, advanceTo, seen, executor };
}

const wanted = (task: StoredTask, DesiredState: TaskState): StoredTask => ({
  ...task,
  DesiredState,
});

test('walks a task up to running and reports every step', () => {
  const { runner, task, advanceTo, seen } = aRunner({ prepareMs: 1000, startMs: 500 });
  runner.update(task);
  advanceTo(5);
  expect(seen).toEqual([
    '+0s accepted accepted',
    '+0s preparing preparing',
    '+1s ready prepared',
    '+1s starting starting',
    '+1.5s running started',
  ]);
});

test('holds a task at ready until it is released', () => {
  const { runner, task, advanceTo, seen } = aRunner({});
  runner.update(wanted(task, 'ready'));
  expect(seen.at(-1)).toBe('+0s ready prepared');
  advanceTo(3);
  runner.update(task);
  expect(seen.at(-1)).toBe('+3s running started');
});

test('tells failures apart: rejected before starting, failed from then on', () => {
  const rejected = aRunner({ rejectedWith: 'No such image: x:1' });
  rejected.runner.update(rejected.task);
  expect(rejected.seen.at(-1)).toBe('+0s rejected preparing !No such image: x:1');
  const failed = aRunner({ exitsAfterMs: 2000, exitCode: 3 });
  failed.runner.update(failed.task);
  failed.clock.step();
  expect(failed.seen.at(-1)).toBe('+2s failed started !task: non-zero exit (3)');
  const done = aRunner({ exitsAfterMs: 1000 });
  done.runner.update(done.task);
  done.clock.step();
  expect(done.seen.at(-1)).toBe('+1s complete finished');
});

test('a health check holds a task at starting, and ends it when it fails for good', () => {
  const slow = aRunner({ healthyAfterMs: 3000 });
  slow.runner.update(slow.task);
  expect(slow.seen.at(-1)).toBe('+0s starting starting');
  slow.clock.step();
  expect(slow.seen.at(-1)).toBe('+3s running started');
  const sick = aRunner({ unhealthyAfterMs: 4000 });
  sick.runner.update(sick.task);
  sick.clock.step();
  const why = '!task: non-zero exit (137): dockerexec: unhealthy container';
  expect(sick.seen.at(-1)).toBe(`+4s failed starting ${why}`);
});

test('a new desired state interrupts the step under way', () => {
  const { runner, task, clock, seen } = aRunner({ prepareMs: 60_000 });
  runner.update(task);
  runner.update(wanted(task, 'shutdown'));
  expect(seen.at(-1)).toBe('+0s shutdown shutdown');
  expect(clock.nextDeadline()).toBeUndefined();
});

test('takes up a task that an earlier life has started', () => {
  const { runner, task, advanceTo, seen, make, executor } = aRunner({ exitsAfterMs: 9000 });
  runner.update(task);
  const known = runner.stop();
  advanceTo(1);
  make(known).update(known);
  advanceTo(10);
  expect(seen.at(-1)).toBe('+9s complete finished');
  expect(executor.size).toBe(1);
});

test('a task that managers threw off its node is still stopped there', () => {
  const Status = { State: 'rejected' as const, Message: 'task rejected by constraint enforcer' };
  const { runner, task, seen } = aRunner({}, { Status });
  runner.update(wanted(task, 'shutdown'));
  expect(seen).toEqual(['+0s shutdown shutdown']);
});

test('a mount that no node accepts rejects the task before anything is made', () => {
  const Mounts = [{ Type: 'bind' as const, Source: 'x', Target: '/x' }];
  const { runner, task, seen } = aRunner({}, { Spec: { ContainerSpec: { Mounts } } });
  runner.update(task);
  const why = '!invalid bind mount source, must be an absolute path: x';
  expect(seen).toEqual([`+0s rejected resolving controller failed ${why}`]);
});

test('removal leaves nothing', () => {
  const { runner, task, executor } = aRunner({});
  runner.update(task);
  let isGone = false;
  runner.remove(() => {
    isGone = true;
  });
  expect([isGone, executor.size]).toEqual([true, 0]);
});

test('an ended task rests, whatever is wanted', () => {
  for (const desired of ['running', 'shutdown', 'remove'] as const) {
    expect(nextStep(desired, 'failed')).toEqual({ kind: 'rest' });
  }
});

test('a controller written with promises tells its outcomes, unless it was given up', async () => {
  const steps = (prepare: () => Promise<void>): Controller =>
    toController({
      prepare,
      start: async () => ({ ContainerStatus: { ContainerID: 'c', PID: 7, ExitCode: 0 } }),
      wait: async () => {
        const ContainerStatus = { ContainerID: 'c', PID: 0, ExitCode: 2 };
        throw new StepError('task: non-zero exit (2)', { ContainerStatus });
      },
      shutdown: async () => undefined,
      terminate: async () => undefined,
      remove: async () => undefined,
      close: () => undefined,
    });
  const outcome = (controller: Controller, step: 'prepare' | 'start' | 'wait') =>
    new Promise<StepOutcome>((resolve) => {
      controller[step](resolve);
    });
  const busy = steps(() => Promise.reject(new TemporaryError('engine busy')));
  expect(await outcome(busy, 'prepare')).toEqual({ kind: 'retry', error: 'engine busy' });
  expect(await outcome(busy, 'start')).toMatchObject({ kind: 'done', facts: {} });
  expect(await outcome(busy, 'wait')).toMatchObject({
    kind: 'failed',
    error: 'task: non-zero exit (2)',
    facts: { ContainerStatus: { ExitCode: 2 } },
  });
  const told: StepOutcome[] = [];
  steps(() => Promise.resolve()).prepare((one) => told.push(one))();
  await Promise.resolve();
  await Promise.resolve();
  expect(told).toEqual([]);
});
