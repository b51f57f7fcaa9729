import type { Clock } from '../base/clock.ts';
import { EXIT_CODE, UserError } from '../base/errors.ts';
import type { Random } from '../base/random.ts';
import type { Executor } from '../orchestrator/agent/executor.ts';
import { createSimulatedRuntime } from '../runtimes/simulated.ts';
import type { ClusterPaths } from './paths.ts';

export const RUNTIMES = ['process', 'container', 'simulated'] as const;
export type RuntimeName = (typeof RUNTIMES)[number];

export interface RuntimeOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly paths: ClusterPaths;
}

/** What runs the tasks of a cluster. */
export interface Runtime {
  readonly executor: Executor;
  /** Frees what it holds; what runs goes on. */
  close(): Promise<void>;
}

type OpenRuntime = (options: RuntimeOptions) => Promise<Runtime>;

const OPEN: Readonly<Partial<Record<RuntimeName, OpenRuntime>>> = {
  simulated: ({ clock, random }) =>
    Promise.resolve({
      executor: createSimulatedRuntime({ clock, random, behaviourOf: () => ({}) }),
      close: () => Promise.resolve(),
    }),
};

/** Opens a runtime. @throws UserError it cannot be used here */
export function openRuntime(name: RuntimeName, options: RuntimeOptions): Promise<Runtime> {
  const open = OPEN[name];
  if (open) return open(options);
  return Promise.reject(
    new UserError(`this tstack has no ${name} runtime yet`, {
      code: 'runtime-missing',
      exitCode: EXIT_CODE.preflight,
      hint: `Use one of: ${Object.keys(OPEN).join(', ')}.`,
    }),
  );
}
