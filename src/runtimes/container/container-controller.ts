import { EngineError } from '../../base/errors.ts';
import type { ContainerState } from '../../engine/containers.ts';
import type { Assignment, ContainerFacts } from '../../orchestrator/agent/executor.ts';
import {
  TemporaryError,
  type PromiseController,
} from '../../orchestrator/agent/promise-controller.ts';
import type { PortConfig } from '../../swarm/service.ts';
import { exitError, startError } from '../exit.ts';
import { graceSeconds, portKey, portsOf } from './container-config.ts';
import type { TaskContainer } from './task-container.ts';

/**
 * Runs one task as a container of an engine. It keeps nothing: the engine knows the container by the
 * task's label, so any step may be the first.
 * @source spec/orchestrator.md 18.4
 */
export function createContainerController(
  assignment: Assignment,
  container: TaskContainer,
): PromiseController {
  const steps: Omit<PromiseController, 'close'> = {
    prepare: async (signal) => {
      await container.create(signal);
      const state = await container.inspect();
      return state ? factsOf(state, assignment) : undefined;
    },
    start: (signal) => start(assignment, container, signal),
    wait: (signal) => untilEnded(assignment, container, signal),
    shutdown: async (signal) => {
      await container.settle();
      const state = await container.inspect();
      if (!state) return undefined;
      if (state.State.Running) {
        await container.drain(signal);
        signal.throwIfAborted();
        await container.stop(graceSeconds(assignment.container));
      }
      return finalFacts(assignment, container);
    },
    terminate: async () => {
      await container.settle();
      await container.kill();
      return finalFacts(assignment, container);
    },
    remove: async () => {
      await container.settle();
      await container.remove();
    },
  };
  return { ...mapSteps(steps), close: () => undefined };
}

/** An engine that does not answer may answer in a second; what it refuses stays refused. */
function mapSteps(steps: Omit<PromiseController, 'close'>): Omit<PromiseController, 'close'> {
  const guarded = Object.entries(steps).map(([name, step]) => [
    name,
    async (signal: AbortSignal) => {
      try {
        return await step(signal);
      } catch (error) {
        if (
          error instanceof EngineError &&
          error.status === undefined &&
          error.kind === 'unavailable'
        ) {
          throw new TemporaryError(error.message);
        }
        throw error instanceof EngineError ? new Error(engineText(error)) : error;
      }
    },
  ]);
  return Object.fromEntries(guarded) as Omit<PromiseController, 'close'>;
}

/** The engine's own words. */
function engineText({ message }: Error): string {
  return message.replace(/^Error response from daemon: /, '');
}

async function start(
  assignment: Assignment,
  container: TaskContainer,
  signal: AbortSignal,
): Promise<ContainerFacts> {
  const state = await container.inspect();
  if (!state) throw startError('No such container');
  signal.throwIfAborted();
  if (state.State.Status === 'created') {
    try {
      await container.start(state.Id);
    } catch (error) {
      const isLost = error instanceof EngineError && error.status === undefined;
      if (isLost) throw error;
      const after = await container.inspect();
      const text = error instanceof Error ? engineText(error) : String(error);
      throw startError(text, after ? factsOf(after, assignment) : {});
    }
  }
  return untilStarted(assignment, container, signal);
}

async function untilStarted(
  assignment: Assignment,
  container: TaskContainer,
  signal: AbortSignal,
): Promise<ContainerFacts> {
  return container.watch(signal, async (state) => {
    if (!state) throw startError('No such container');
    const facts = factsOf(state, assignment);
    const { Running, ExitCode, Health } = state.State;
    if (!Running) {
      if (ExitCode !== 0) throw exitError({ code: ExitCode, isUnhealthy: false }, facts);
      return facts;
    }
    const health = Health?.Status ?? 'none';
    if (health === 'unhealthy') return failUnhealthy(assignment, container);
    return health === 'starting' ? undefined : facts;
  });
}

async function untilEnded(
  assignment: Assignment,
  container: TaskContainer,
  signal: AbortSignal,
): Promise<ContainerFacts> {
  return container.watch(signal, async (state) => {
    if (!state) throw new Error('No such container');
    const { Running, ExitCode, Health, Status } = state.State;
    if (Status === 'created') throw new Error('the container was never started');
    if (Running) {
      return Health?.Status === 'unhealthy' ? failUnhealthy(assignment, container) : undefined;
    }
    const facts = factsOf(state, assignment);
    if (ExitCode !== 0) throw exitError({ code: ExitCode, isUnhealthy: false }, facts);
    return facts;
  });
}

async function failUnhealthy(assignment: Assignment, container: TaskContainer): Promise<never> {
  await container.stop(graceSeconds(assignment.container));
  const state = await container.inspect();
  const facts = state ? factsOf(state, assignment) : {};
  throw exitError({ code: state?.State.ExitCode ?? 0, isUnhealthy: true }, facts);
}

async function finalFacts(
  assignment: Assignment,
  container: TaskContainer,
): Promise<ContainerFacts | undefined> {
  const state = await container.inspect();
  return state && factsOf(state, assignment);
}

function factsOf(state: ContainerState, assignment: Assignment): ContainerFacts {
  const { Running, Pid, ExitCode } = state.State;
  const bound = state.NetworkSettings?.Ports ?? {};
  const Ports: PortConfig[] = portsOf(assignment)
    .filter((port) => port.PublishMode === 'host')
    .flatMap((port) => {
      const chosen = Number(bound[portKey(port)]?.[0]?.HostPort ?? 0);
      const PublishedPort = port.PublishedPort || chosen;
      return PublishedPort ? [{ ...port, PublishedPort }] : [];
    });
  return {
    ContainerStatus: { ContainerID: state.Id, PID: Running ? Pid : 0, ExitCode },
    ...(Running && Ports.length > 0 && { PortStatus: { Ports } }),
  };
}
