import { dirname } from 'node:path';
import type { Clock } from '../base/clock.ts';
import { EXIT_CODE, UserError } from '../base/errors.ts';
import type { Random } from '../base/random.ts';
import type { Executor } from '../orchestrator/agent/executor.ts';
import type { StoredTask } from '../orchestrator/store/stored-object.ts';
import type { BackingEngine, TaskAccess } from '../server/backend.ts';
import type { TaskId } from '../swarm/object.ts';
import { createContainerRuntime } from '../runtimes/container/container-runtime.ts';
import { createSimulatedRuntime } from '../runtimes/simulated.ts';
import { createProcessRuntime } from '../runtimes/process/process-runtime.ts';
import { openContainerEngine } from './container-engine.ts';
import { ingressOf } from './open-ingress.ts';
import type { ClusterPaths } from './paths.ts';
import type { OpenTraffic, TrafficSwitch } from './traffic.ts';

/** What runs tasks, by the words of `--runtime`. */
export type RuntimeName = 'process' | 'container' | 'simulated';

export interface RuntimeOptions {
  /** The images there are, for a runtime that has none; undefined: every name is one. */
  readonly images: readonly string[] | undefined;
  /** The container engine, `unix:///path`; undefined: the one there is. */
  readonly engine: string | undefined;
  readonly version: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly paths: ClusterPaths;
  /** Who runs the daemon. */
  readonly user: { readonly uid: number; readonly home: string };
  /** PATH of the daemon. */
  readonly path: string;
  readonly traffic: TrafficSwitch;
  /** Hears of trouble that no task's status can tell. */
  readonly onTrouble: (error: unknown) => void;
}

/** What runs the tasks of a cluster. */
export interface Runtime {
  /** The engine behind it, for what only an engine can answer. */
  readonly engine?: BackingEngine;
  readonly executor: Executor;
  /** What clients may do with running tasks; absent: nothing. */
  readonly access?: (find: (task: TaskId) => StoredTask | undefined) => TaskAccess;
  /** How traffic reaches its tasks; absent: they have none. */
  readonly openTraffic?: OpenTraffic;
  /** Frees what it holds; what runs goes on. */
  close(): Promise<void>;
}

type OpenRuntime = (options: RuntimeOptions) => Promise<Runtime>;

const OPEN: Readonly<Record<RuntimeName, OpenRuntime>> = {
  simulated: ({ clock, random }) =>
    Promise.resolve({
      executor: createSimulatedRuntime({ clock, random, behaviourOf: () => ({}) }),
      close: () => Promise.resolve(),
    }),
  process: openProcessRuntime,
  container: openContainerRuntime,
};

/** Opens a runtime. @throws UserError (rejects) it cannot be used here */
export function openRuntime(name: RuntimeName, options: RuntimeOptions): Promise<Runtime> {
  return OPEN[name](options);
}

async function openContainerRuntime(options: RuntimeOptions): Promise<Runtime> {
  const { clock, paths, user, traffic, version, onTrouble } = options;
  const runtimeDirectory = dirname(paths.runtime);
  const { engine, backing } = await openContainerEngine(options.engine, {
    clock,
    version,
    runtimeDirectory,
  });
  const executor = createContainerRuntime({
    clock,
    engine,
    stateDirectory: paths.tasks,
    filesDirectory: `${paths.runtime}/${paths.name}-files`,
    drain: (task, signal) => traffic.drain(task, signal),
    onTrouble,
  });
  const openTraffic = ingressOf({
    clock,
    findAddresses: (port, protocol) => executor.findAddresses(port, protocol),
    canListenLow: user.uid === 0,
    onTrouble,
  });
  const close = async (): Promise<void> => {
    executor.close();
    engine.close();
  };
  return { executor, engine: backing, openTraffic, close };
}

async function openProcessRuntime(options: RuntimeOptions): Promise<Runtime> {
  const { clock, random, paths, user, path, images, traffic, onTrouble } = options;
  try {
    const executor = createProcessRuntime({
      clock,
      random,
      stateDirectory: paths.tasks,
      filesDirectory: `${paths.runtime}/${paths.name}-files`,
      user,
      path,
      images,
      nameServer: () => traffic.nameServer,
      peersOf: (assignment) => traffic.peersOf(assignment),
      drain: (task, signal) => traffic.drain(task, signal),
      onTrouble,
    });
    const canListenLow = user.uid === 0;
    const openTraffic = ingressOf({
      clock,
      findAddresses: (port, protocol) => executor.findAddresses(port, protocol),
      canListenLow,
      processes: executor,
      onTrouble,
    });
    return {
      executor,
      access: (find) => executor.accessBy(find),
      openTraffic,
      close: async () => executor.close(),
    };
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new UserError(`the process runtime cannot be used here: ${reason}`, {
      code: 'runtime-unusable',
      exitCode: EXIT_CODE.preflight,
      hint: 'It needs Linux with /proc; --runtime container uses a container engine.',
      cause,
    });
  }
}
