import { toInstant, type Clock } from '../base/clock.ts';
import type { Random } from '../base/random.ts';
import type {
  Assignment,
  Cancel,
  ContainerFacts,
  Controller,
  Executor,
  Step,
  StepOutcome,
} from '../orchestrator/agent/executor.ts';
import type { TaskId } from '../swarm/object.ts';
import {
  SimulatedContainer,
  type SimulatedBehaviour,
  type SimulatedExit,
} from './simulated-container.ts';

export interface SimulatedRuntimeOptions {
  readonly clock: Clock;
  /** For container ids. */
  readonly random: Random;
  /** How a task behaves; asked once, when it is prepared. */
  readonly behaviourOf: (assignment: Assignment) => SimulatedBehaviour;
}

/** An executor that runs nothing, and the hand of fate over what it runs. */
export interface SimulatedRuntime extends Executor {
  /** The container of a task, running or not; undefined before it was prepared and once removed. */
  containerOf(task: TaskId): SimulatedContainer | undefined;
  /** Makes the container of a task that was prepared, or is running, before this runtime began. */
  adopt(task: TaskId, behaviour: SimulatedBehaviour, isRunning: boolean): void;
  /** How many containers there are. */
  readonly size: number;
  /** Removes a task's container behind the agent's back. */
  discard(task: TaskId): void;
}

const DONE: StepOutcome = { kind: 'done' };
const NOTHING = (): void => undefined;

/**
 * A runtime on whatever clock it is given: every step takes the time its behaviour says.
 *
 * Containers outlive their controllers, as real ones outlive the daemon: a new controller for a
 * task finds what the former one left.
 */
export function createSimulatedRuntime(options: SimulatedRuntimeOptions): SimulatedRuntime {
  const containers = new Map<TaskId, SimulatedContainer>();
  return {
    name: 'simulated',
    get size() {
      return containers.size;
    },
    createController: (assignment) => createController(assignment, containers, options),
    sweep(known) {
      for (const id of containers.keys()) if (!known.has(id)) discard(containers, id);
    },
    containerOf: (task) => containers.get(task),
    adopt(task, behaviour, isRunning) {
      const container = new SimulatedContainer(newId(options.random), behaviour, options.clock);
      containers.set(task, container);
      if (isRunning) container.run();
    },
    discard: (task) => discard(containers, task),
    readLogs: () => emptyLog(),
  };
}

type Containers = Map<TaskId, SimulatedContainer>;

function discard(containers: Containers, task: TaskId): void {
  const container = containers.get(task);
  containers.delete(task);
  container?.kill();
}

function createController(
  assignment: Assignment,
  containers: Containers,
  options: SimulatedRuntimeOptions,
): Controller {
  const { ID: id } = assignment.task;
  const after = (ms: number, run: () => void): Cancel => {
    if (ms > 0) return options.clock.at(toInstant(options.clock.now() + ms), run);
    run();
    return NOTHING;
  };
  const withContainer =
    (step: (container: SimulatedContainer) => Step, missing: StepOutcome): Step =>
    (done) => {
      const container = containers.get(id);
      if (container) return step(container)(done);
      done(missing);
      return NOTHING;
    };
  const stop =
    (container: SimulatedContainer, ms: number): Step =>
    (done) => {
      const { stopExitCode = 137 } = container.behaviour;
      const finish = (): void => {
        container.end({ exitCode: stopExitCode, isUnhealthy: false });
        done({ kind: 'done', facts: factsOf(container) });
      };
      return container.isRunning ? after(ms, finish) : after(0, finish);
    };
  return {
    prepare: (done) => {
      if (containers.has(id)) {
        done(DONE);
        return NOTHING;
      }
      const behaviour = options.behaviourOf(assignment);
      return after(behaviour.prepareMs ?? 0, () => {
        if (behaviour.rejectedWith !== undefined) {
          done({ kind: 'failed', error: behaviour.rejectedWith });
          return;
        }
        const container = new SimulatedContainer(newId(options.random), behaviour, options.clock);
        containers.set(id, container);
        done({ kind: 'done', facts: factsOf(container) });
      });
    },
    start: withContainer((container) => start(container, assignment, after), GONE),
    wait: withContainer((container) => (done) => waitFor(container, done), GONE),
    shutdown: withContainer((container) => stop(container, container.behaviour.stopMs ?? 0), DONE),
    terminate: withContainer((container) => stop(container, 0), DONE),
    remove: (done) => {
      discard(containers, id);
      done(DONE);
      return NOTHING;
    },
    close: NOTHING,
  };
}

const GONE: StepOutcome = { kind: 'failed', error: 'No such container' };

function start(
  container: SimulatedContainer,
  assignment: Assignment,
  after: (ms: number, run: () => void) => Cancel,
): Step {
  return (done) => {
    const { failsToStartWith, startMs = 0 } = container.behaviour;
    let cancel: Cancel = NOTHING;
    const cancelDelay = after(container.isRunning ? 0 : startMs, () => {
      const error = failsToStartWith ?? fileTrouble(assignment);
      if (error !== undefined) {
        done({ kind: 'failed', error, facts: factsOf(container) });
        return;
      }
      container.run();
      if (container.isHealthy) done({ kind: 'done', facts: factsOf(container) });
      else cancel = waitUntilHealthy(container, done);
    });
    return () => {
      cancelDelay();
      cancel();
    };
  };
}

/** Why a task's secrets and configs cannot be given to it; undefined when they can. */
function fileTrouble(assignment: Assignment): string | undefined {
  try {
    assignment.files();
    return undefined;
  } catch (error) {
    return `starting container failed: ${error instanceof Error ? error.message : String(error)}`;
  }
}

/** An exit with code 0 before the first check passes counts as started; `wait` then completes. */
function waitUntilHealthy(
  container: SimulatedContainer,
  done: (outcome: StepOutcome) => void,
): Cancel {
  const cancelHealthy = container.onHealthy(() => {
    cancelExit();
    done({ kind: 'done', facts: factsOf(container) });
  });
  const cancelExit = container.onExit((exit) => {
    cancelHealthy();
    done(exitOutcome(container, exit));
  });
  return () => {
    cancelHealthy();
    cancelExit();
  };
}

function waitFor(container: SimulatedContainer, done: (outcome: StepOutcome) => void): Cancel {
  return container.onExit((exit) => done(exitOutcome(container, exit)));
}

function exitOutcome(container: SimulatedContainer, exit: SimulatedExit): StepOutcome {
  const facts = factsOf(container);
  if (exit.exitCode === 0) return { kind: 'done', facts };
  const because = exit.isUnhealthy ? ': dockerexec: unhealthy container' : '';
  return { kind: 'failed', error: `task: non-zero exit (${exit.exitCode})${because}`, facts };
}

function factsOf(container: SimulatedContainer): ContainerFacts {
  const { exit } = container;
  return { ContainerStatus: { ContainerID: container.id, PID: 0, ExitCode: exit?.exitCode ?? 0 } };
}

/** 64 hexadecimal digits, half of them random. */
function newId(random: Random): string {
  const part = (): string => Math.floor(random.next() * 2 ** 48).toString(16);
  return `${part()}${part()}`.padStart(64, '0');
}

async function* emptyLog(): AsyncGenerator<never> {
  // A container that runs nothing says nothing.
}
