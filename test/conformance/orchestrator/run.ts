import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { PROMPT_TIMINGS, SWARM_TIMINGS } from '../../../src/orchestrator/cluster.ts';
import { Driver } from './driver.ts';
import { nodeOrders } from './node-orders.ts';
import { NO_TASK } from './operations.ts';
import { obstacle, type Scenario } from './scenario.ts';

/** What became of one scenario. */
export interface Outcome {
  readonly id: string;
  readonly kind: 'passed' | 'failed' | 'skipped';
  /** Failures, or why it was skipped. */
  readonly why: readonly string[];
}

export interface RunOptions {
  readonly seed: number;
  /** `prompt` reacts at once, `swarm` waits as SwarmKit does. */
  readonly timings: 'prompt' | 'swarm';
}

/** The scenarios of a file or folder, in file order; undefined when there is no such place. */
export function loadScenarios(place: string): readonly Scenario[] | undefined {
  if (!existsSync(place)) return undefined;
  const files = statSync(place).isDirectory()
    ? readdirSync(place)
        .filter((name) => name.endsWith('.json'))
        .sort()
        .map((name) => join(place, name))
    : [place];
  return files
    .map((file) => JSON.parse(readFileSync(file, 'utf8')) as Scenario)
    .filter((scenario) => Array.isArray(scenario.steps));
}

/**
 * Plays one scenario in a cluster of its own.
 *
 * Of equal nodes the one whose turn it is by order of joining is taken, where SwarmKit reads a map
 * in one of a few orders. So where a placement was otherwise, the scenario passes if some order of
 * joining gives exactly what was recorded, from the first step to the last (D-0320).
 */
export function runScenario(scenario: Scenario, options: RunOptions): Outcome {
  const why = obstacle(scenario);
  if (why !== undefined) return { id: scenario.id, kind: 'skipped', why: [why] };
  const first = play(scenario, options);
  if (!beganWithPlacement(first, scenario)) return first;
  for (const order of nodeOrders(scenario.nodes)) {
    const outcome = play(scenario, { ...options, order });
    if (outcome.kind === 'passed') return outcome;
  }
  return first;
}

/** Whether the first thing that went wrong is who is where; all later ones may follow from it. */
function beganWithPlacement({ why: [first = ''] }: Outcome, { steps }: Scenario): boolean {
  const [, number = '0', problem = ''] = /^step (\d+) [^:]*: (.*)/s.exec(first) ?? [];
  const step = steps[Number(number) - 1];
  return step?.probe === 'placement' || problem.startsWith(NO_TASK);
}

interface PlayOptions extends RunOptions {
  /** Positions of the nodes in order of joining; absent: n1 first. */
  readonly order?: readonly number[];
}

function play(scenario: Scenario, options: PlayOptions): Outcome {
  const { id } = scenario;
  const timings = options.timings === 'swarm' ? SWARM_TIMINGS : PROMPT_TIMINGS;
  try {
    const problems = new Driver(scenario.nodes, { ...options, timings }).run(scenario);
    return { id, kind: problems.length > 0 ? 'failed' : 'passed', why: problems };
  } catch (error) {
    return {
      id,
      kind: 'failed',
      why: [error instanceof Error ? (error.stack ?? '') : String(error)],
    };
  }
}
