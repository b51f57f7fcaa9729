import type { Service } from '../../../src/swarm/service.ts';
import type { Task } from '../../../src/swarm/task.ts';
import { awaitStep } from './await.ts';
import { ApiError } from './engine-api.ts';
import { mismatch, type Json } from './json.ts';
import { Names } from './names.ts';
import { OPERATIONS } from './operations.ts';
import { probe } from './probes.ts';
import { Recorder, type Record } from './recorder.ts';
import type { Scenario, Step } from './scenario.ts';
import { World, type WorldOptions } from './world.ts';

const RETRY_MS = 150;
const DEFAULT_WITHIN_MS = 4000;

/** Plays one scenario in virtual time. */
export class Driver {
  readonly world: World;
  readonly names: Names;
  readonly marks = new Map<string, number>();
  readonly #recorder = new Recorder();

  constructor(nodes: number, options: WorldOptions) {
    this.world = new World(nodes, options);
    this.names = new Names(this.world);
    this.world.cluster.store.watch((commit) => this.#recorder.observe(commit));
  }

  /** Runs all steps; gives what went wrong, empty when nothing did. */
  run(scenario: Scenario): readonly string[] {
    this.world.advance(1000);
    for (const [node, fields] of Object.entries(scenario.setup ?? {})) {
      this.#operate({ do: 'updateNode', node, ...fields });
    }
    const problems: string[] = [];
    for (const [index, raw] of scenario.steps.entries()) {
      const step = this.names.resolve({ ...raw, expect: null });
      const where = `step ${index + 1} ${raw.do}${raw.label ? ` (${raw.label})` : ''}`;
      const problem = this.#play({ ...step, expect: raw.expect as Json });
      if (problem === undefined) continue;
      problems.push(`${where}: ${problem.text}`);
      if (problem.isFatal) break;
    }
    return [...problems, ...this.#recorder.violations];
  }

  allTasks(): readonly Task[] {
    return this.world.api.get('/tasks') as unknown as readonly Task[];
  }

  /** A service's tasks, oldest first; none for a service the scenario did not make. */
  tasksOf(service: string): readonly Task[] {
    const id = this.names.get('service', service);
    return this.allTasks().filter((task) => task.ServiceID === id);
  }

  service(name: string): Service | undefined {
    const id = this.names.get('service', name);
    return id === undefined
      ? undefined
      : (this.world.api.get(`/services/${id}`) as unknown as Service);
  }

  recordsOf(service: string): readonly Record[] {
    return this.#recorder.of(this.names.get('service', service) ?? '');
  }

  #play(step: Step): Problem | undefined {
    if (step.do === 'await') {
      const missing = awaitStep(step, this);
      return missing === undefined ? undefined : { text: `timed out: ${missing}`, isFatal: true };
    }
    if (step.do === 'check') return this.#check(step);
    const { value, refusal } = this.#try(step);
    if (refusal && !step.error) return { text: refusal.message, isFatal: true };
    if (!step.error && !step.returns) return undefined;
    const got = refusal
      ? { status: refusal.status, message: this.names.mask(refusal.message) }
      : step.error
        ? { ok: true }
        : this.names.mask(value);
    return toProblem(mismatch(step.expect, got));
  }

  #check(step: Step): Problem | undefined {
    this.world.advance(step.settleMs ?? 0);
    const until = this.world.clock.now() + (step.withinMs ?? DEFAULT_WITHIN_MS);
    for (;;) {
      const found = mismatch(step.expect, probe(step, this));
      if (found === undefined || this.world.clock.now() >= until) return toProblem(found);
      this.world.advance(RETRY_MS);
    }
  }

  #try(step: Step): { readonly value?: Json | undefined; readonly refusal?: ApiError } {
    try {
      return { value: this.#operate(step) };
    } catch (error) {
      if (error instanceof ApiError) return { refusal: error };
      throw error;
    }
  }

  #operate(step: Step): Json | undefined {
    const operation = OPERATIONS[step.do];
    if (!operation) throw new Error(`unknown step ${step.do}`);
    const value = operation(step, {
      world: this.world,
      names: this.names,
      mark: (name) => this.marks.set(name, this.world.clock.now()),
      tasksOf: (service) => this.tasksOf(service),
    });
    this.world.advance(1);
    return value;
  }
}

interface Problem {
  readonly text: string;
  /** The rest of the scenario makes no sense. */
  readonly isFatal: boolean;
}

function toProblem(text: string | undefined): Problem | undefined {
  return text === undefined ? undefined : { text, isFatal: false };
}
