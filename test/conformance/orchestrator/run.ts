import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { PROMPT_TIMINGS, SWARM_TIMINGS } from '../../../src/orchestrator/cluster.ts';
import { Driver } from './driver.ts';
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
 * How many sets of node ids a scenario may be tried with.
 *
 * Among equal nodes the one with the lower id is taken, and ids are random. A recording shows what
 * one cluster's ids brought about, so a scenario passes if some set of ids gives exactly that; only
 * a placement that was otherwise can be another's luck.
 */
const ID_SETS = 12;

/** Plays one scenario in a cluster of its own. */
export function runScenario(scenario: Scenario, options: RunOptions): Outcome {
  const why = obstacle(scenario);
  if (why !== undefined) return { id: scenario.id, kind: 'skipped', why: [why] };
  const first = play(scenario, options);
  let outcome = first;
  for (let set = 1; set < ID_SETS && isPlacementOnly(outcome, scenario); set += 1) {
    outcome = play(scenario, { ...options, seed: options.seed + set });
  }
  return outcome.kind === 'passed' ? outcome : first;
}

/** Whether nothing but checks of who is where went wrong. */
function isPlacementOnly({ why }: Outcome, { steps }: Scenario): boolean {
  return (
    why.length > 0 &&
    why.every((line) => {
      const step = steps[Number(/^step (\d+) check/.exec(line)?.[1] ?? 0) - 1];
      return step?.probe === 'placement';
    })
  );
}

function play(scenario: Scenario, options: RunOptions): Outcome {
  const { id } = scenario;
  const timings = options.timings === 'swarm' ? SWARM_TIMINGS : PROMPT_TIMINGS;
  try {
    const problems = new Driver(scenario.nodes, { seed: options.seed, timings }).run(scenario);
    return { id, kind: problems.length > 0 ? 'failed' : 'passed', why: problems };
  } catch (error) {
    return {
      id,
      kind: 'failed',
      why: [error instanceof Error ? (error.stack ?? '') : String(error)],
    };
  }
}
