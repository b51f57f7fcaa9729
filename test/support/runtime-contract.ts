import { afterAll, describe, expect, test } from 'vitest';
import type {
  Assignment,
  Controller,
  Executor,
  LogRecord,
  Step,
  StepOutcome,
} from '../../src/orchestrator/agent/executor.ts';
import type { StoredTask } from '../../src/orchestrator/store/stored-object.ts';

/** What the task of a contract test does. Every runtime says how. */
export type Part =
  | 'runs until stopped'
  | 'ignores the stop signal'
  | 'exits with 0'
  | 'exits with 3'
  | 'becomes healthy'
  | 'becomes unhealthy'
  | 'cannot be started'
  | 'prints three lines and exits';

/** A runtime, and the means to look at it from outside. */
export interface RuntimeUnderTest {
  /** The runtime in its present life. */
  readonly executor: () => Executor;
  /** The daemon ends and begins again: a new executor over what the old one left. */
  readonly nextLife: () => void;
  /** A fresh task that plays the part. */
  readonly aTaskThat: (part: Part) => Assignment;
  /** Waits for work, moving time on if it is virtual. */
  readonly settle: <T>(work: Promise<T>) => Promise<T>;
  /** What there is of a task outside: processes, containers, directories. Sorted. */
  readonly remainsOf: (task: StoredTask) => Promise<readonly string[]>;
  /** Whether it keeps what tasks print. */
  readonly hasLogs: boolean;
  readonly dispose: () => Promise<void> | void;
}

/** Runs a step to its end. */
export function runStep(step: Step): Promise<StepOutcome> {
  return new Promise((resolve) => {
    step(resolve);
  });
}

/**
 * The contract of `Executor` and `Controller`, as every runtime has to keep it.
 * @param create - a runtime of its own for this suite
 */
export function describeRuntimeContract(name: string, create: () => RuntimeUnderTest): void {
  // Real processes need real time, of which a busy machine has little: a second try tells.
  describe(`the ${name} runtime keeps the contract`, { retry: 1 }, () => {
    const runtime = create();
    afterAll(() => runtime.dispose());
    const controllerOf = (assignment: Assignment): Controller =>
      runtime.executor().createController(assignment);
    const run = (step: Step): Promise<StepOutcome> => runtime.settle(runStep(step));
    const started = async (assignment: Assignment): Promise<Controller> => {
      const controller = controllerOf(assignment);
      expect(await run(controller.prepare)).toMatchObject({ kind: 'done' });
      expect(await run(controller.start)).toMatchObject({ kind: 'done' });
      return controller;
    };
    const isGone = async ({ task }: Assignment): Promise<void> => {
      expect(await runtime.remainsOf(task)).toEqual([]);
    };

    test('a task that ends with 0 is done', async () => {
      const assignment = runtime.aTaskThat('exits with 0');
      const controller = await started(assignment);
      const outcome = await run(controller.wait);
      expect(outcome).toMatchObject({ kind: 'done', facts: { ContainerStatus: { ExitCode: 0 } } });
      await run(controller.remove);
      await isGone(assignment);
    });

    test('another exit code is a failure that names it', async () => {
      const controller = controllerOf(runtime.aTaskThat('exits with 3'));
      await run(controller.prepare);
      // It may end before it is seen to run; then the start tells.
      const start = await run(controller.start);
      const outcome = start.kind === 'done' ? await run(controller.wait) : start;
      expect(outcome).toMatchObject({
        kind: 'failed',
        error: 'task: non-zero exit (3)',
        facts: { ContainerStatus: { ExitCode: 3, PID: 0 } },
      });
      expect(outcome).toEqual(await run(controller.wait));
      await run(controller.remove);
    });

    test('preparing and starting twice is once', async () => {
      const assignment = runtime.aTaskThat('runs until stopped');
      const controller = await started(assignment);
      const before = await runtime.remainsOf(assignment.task);
      expect(before).not.toEqual([]);
      const first = await run(controller.start);
      expect(await run(controller.prepare)).toMatchObject({ kind: 'done' });
      expect(await run(controller.start)).toEqual(first);
      expect(await runtime.remainsOf(assignment.task)).toEqual(before);
      await run(controller.remove);
      await isGone(assignment);
    });

    test('a shutdown stops it in good order and is repeatable', async () => {
      const assignment = runtime.aTaskThat('runs until stopped');
      const controller = await started(assignment);
      const outcome = await run(controller.shutdown);
      expect(outcome).toMatchObject({ kind: 'done', facts: { ContainerStatus: { PID: 0 } } });
      expect(await run(controller.shutdown)).toMatchObject({ kind: 'done' });
      expect(await run(controller.terminate)).toMatchObject({ kind: 'done' });
      await run(controller.remove);
      await isGone(assignment);
    });

    test('a start that was given up does not outlive the shutdown or removal after it', async () => {
      const begin = async (assignment: Assignment): Promise<Controller> => {
        const controller = controllerOf(assignment);
        await run(controller.prepare);
        controller.start(() => undefined)();
        return controller;
      };
      const removed = runtime.aTaskThat('runs until stopped');
      await run((await begin(removed)).remove);
      await isGone(removed);
      const stopped = runtime.aTaskThat('runs until stopped');
      expect(await run((await begin(stopped)).shutdown)).toMatchObject({ kind: 'done' });
      runtime.nextLife();
      // It would wait for ever if anything ran.
      expect(await run(controllerOf(stopped).wait)).toBeDefined();
      await run(controllerOf(stopped).remove);
      await isGone(stopped);
    });

    test('what ignores the stop signal is killed after the grace period', async () => {
      const assignment = runtime.aTaskThat('ignores the stop signal');
      const controller = await started(assignment);
      expect(await run(controller.shutdown)).toMatchObject({
        kind: 'done',
        facts: { ContainerStatus: { ExitCode: 137 } },
      });
      await run(controller.remove);
    });

    test('terminating does not wait', async () => {
      const assignment = runtime.aTaskThat('ignores the stop signal');
      const controller = await started(assignment);
      expect(await run(controller.terminate)).toMatchObject({ kind: 'done' });
      await run(controller.remove);
      await isGone(assignment);
    });

    test('removing implies stopping', async () => {
      const assignment = runtime.aTaskThat('runs until stopped');
      const controller = await started(assignment);
      expect(await run(controller.remove)).toMatchObject({ kind: 'done' });
      await isGone(assignment);
      expect(await run(controller.remove)).toMatchObject({ kind: 'done' });
    });

    test('steps on a task that was never prepared', async () => {
      const controller = controllerOf(runtime.aTaskThat('exits with 0'));
      expect(await run(controller.shutdown)).toMatchObject({ kind: 'done' });
      expect(await run(controller.terminate)).toMatchObject({ kind: 'done' });
      expect(await run(controller.wait)).toMatchObject({ kind: 'failed' });
      expect(await run(controller.start)).toMatchObject({ kind: 'failed' });
      expect(await run(controller.remove)).toMatchObject({ kind: 'done' });
    });

    test('the next life of the daemon waits for what runs', async () => {
      const assignment = runtime.aTaskThat('runs until stopped');
      const first = await started(assignment);
      const before = await runtime.remainsOf(assignment.task);
      first.close();
      runtime.nextLife();
      const controller = controllerOf(assignment);
      const waiting = runStep(controller.wait);
      await run(controllerOf(assignment).start);
      expect(await runtime.remainsOf(assignment.task)).toEqual(before);
      await run(controller.terminate);
      expect(await runtime.settle(waiting)).toMatchObject({ kind: 'failed' });
      await run(controller.remove);
      await isGone(assignment);
    });

    test('the next life of the daemon learns how a task ended meanwhile', async () => {
      const assignment = runtime.aTaskThat('exits with 3');
      const first = controllerOf(assignment);
      await run(first.prepare);
      await run(first.start);
      await run(first.wait);
      first.close();
      runtime.nextLife();
      const controller = controllerOf(assignment);
      expect(await run(controller.wait)).toMatchObject({ error: 'task: non-zero exit (3)' });
      await run(controller.remove);
      await isGone(assignment);
    });

    test('sweeping removes what is not known, and nothing else', async () => {
      const [kept, lost] = [
        runtime.aTaskThat('runs until stopped'),
        runtime.aTaskThat('runs until stopped'),
      ];
      await started(kept);
      await started(lost);
      runtime.nextLife();
      runtime.executor().sweep(new Set([kept.task.ID]));
      await expect.poll(() => runtime.remainsOf(lost.task), { timeout: 10_000 }).toEqual([]);
      expect(await runtime.remainsOf(kept.task)).not.toEqual([]);
      await run(controllerOf(kept).remove);
      await isGone(kept);
    });

    test('a start is done when the health check first passes', async () => {
      const controller = await started(runtime.aTaskThat('becomes healthy'));
      await run(controller.remove);
    });

    test('an unhealthy task is stopped and fails', async () => {
      const assignment = runtime.aTaskThat('becomes unhealthy');
      const controller = controllerOf(assignment);
      await run(controller.prepare);
      const outcome = await run(controller.start);
      expect(outcome).toMatchObject({
        kind: 'failed',
        error: expect.stringMatching(
          /^task: non-zero exit \(\d+\): dockerexec: unhealthy container$/,
        ),
      });
      await run(controller.remove);
      await isGone(assignment);
    });

    test('what cannot be started says so', async () => {
      const controller = controllerOf(runtime.aTaskThat('cannot be started'));
      await run(controller.prepare);
      expect(await run(controller.start)).toMatchObject({
        kind: 'failed',
        error: expect.stringMatching(/^starting container failed: ./),
      });
      await run(controller.remove);
    });

    test('a missing secret fails the start', async () => {
      const assignment = runtime.aTaskThat('runs until stopped');
      const controller = controllerOf({
        ...assignment,
        files: () => {
          throw new Error('unable to get secret from secret store: secret x not found');
        },
      });
      await run(controller.prepare);
      expect(await run(controller.start)).toMatchObject({
        kind: 'failed',
        error:
          'starting container failed: unable to get secret from secret store: secret x not found',
      });
      await run(controller.remove);
      await isGone(assignment);
    });

    test('a step that was given up tells nothing', async () => {
      const controller = await started(runtime.aTaskThat('runs until stopped'));
      const told: StepOutcome[] = [];
      const cancel = controller.wait((outcome) => told.push(outcome));
      cancel();
      await run(controller.terminate);
      expect(told).toEqual([]);
      await run(controller.remove);
    });

    test.runIf(runtime.hasLogs)(
      'what a task prints can be read, while it runs and after',
      async () => {
        const assignment = runtime.aTaskThat('prints three lines and exits');
        const everything = { stdout: true, stderr: true, follow: false };
        const controller = await started(assignment);
        const { task } = assignment;
        const following = collect(
          runtime.executor().readLogs(task, { ...everything, follow: true }),
        );
        await run(controller.wait);
        const followed = await runtime.settle(following);
        expect(linesOf(followed, 'stdout')).toEqual(['one', 'two']);
        expect(linesOf(followed, 'stderr')).toEqual(['problem']);
        for (const { timestamp } of followed) {
          expect(timestamp).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z$/);
        }
        runtime.nextLife();
        const ended = { ...task, Status: { ...task.Status, State: 'complete' as const } };
        const later = await collect(runtime.executor().readLogs(ended, everything));
        expect(later.map((one) => one.timestamp).sort()).toEqual(
          followed.map((one) => one.timestamp).sort(),
        );
        const tail = await collect(runtime.executor().readLogs(ended, { ...everything, tail: 1 }));
        expect(tail).toHaveLength(1);
        await run(controllerOf(assignment).remove);
        await isGone(assignment);
      },
    );
  });
}

async function collect(records: AsyncIterable<LogRecord>): Promise<LogRecord[]> {
  const found: LogRecord[] = [];
  for await (const record of records) found.push(record);
  return found;
}

function linesOf(records: readonly LogRecord[], stream: LogRecord['stream']): string[] {
  return records
    .filter((one) => one.stream === stream)
    .map((one) => new TextDecoder().decode(one.data).trimEnd());
}
