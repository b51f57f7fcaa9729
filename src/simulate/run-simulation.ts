import { byString } from '../base/compare.ts';
import { toInstant } from '../base/clock.ts';
import { invariant } from '../base/invariant.ts';
import type { StoredNode, StoredService, StoredTask } from '../orchestrator/store/stored-object.ts';
import { findStuckUpdate } from '../orchestrator/update/find-stuck-update.ts';
import { formatTraceLine, type TraceEvent } from '../orchestrator/trace.ts';
import type { StackSpec } from '../stack/stack-spec.ts';
import { deploySpec, type DecideService } from './deploy-spec.ts';
import type { RunHistory } from './history.ts';
import { Observer, stateOfNode } from './observer.ts';
import {
  judgeExpectations,
  type NodeOutcome,
  type ServiceOutcome,
  type SimulationReport,
} from './report.ts';
import { nameOfEvent, type Expectations, type Scenario, type ScenarioEvent } from './scenario.ts';
import { SimulatedWorld, START } from './simulated-world.ts';
import type { LiveState } from './start-state.ts';

export interface SimulationInput {
  readonly stack: StackSpec;
  readonly scenario: Scenario;
  /** What the files of `update` events ask for. */
  readonly updates: ReadonlyMap<string, StackSpec>;
  readonly seed: number;
  /** Horizon, ms after the start. */
  readonly untilMs: number;
  /** What runs on the nodes from the start; absent: nothing. */
  readonly live?: LiveState | undefined;
  /** What to send for services that are there; by default what the stack says. */
  readonly decide?: DecideService | undefined;
}

/** What a simulation gives. */
export interface Simulation {
  readonly report: SimulationReport;
  /** Every transition of a task, service and node. */
  readonly events: readonly TraceEvent[];
  readonly history: RunHistory;
  /** What was expected of it. */
  readonly expect: Expectations;
}

/**
 * Deploys a stack on the scenario's nodes and lets time pass until nothing more can happen or the
 * horizon is reached. Deterministic: the same input gives the same report.
 * @throws ControlError where a deploy is refused
 */
export function runSimulation(input: SimulationInput): Simulation {
  const { stack, scenario, untilMs, decide } = input;
  const world = new SimulatedWorld(input);
  const observer = new Observer(world);
  // What runs already is as declared before anything is asked of it.
  observer.touchAll();
  observer.sample();
  observer.beginPhase('start');
  deploySpec(stack, world, decide);
  for (const event of scenario.events) {
    pass(world, observer, event.at);
    world.clock.advanceTo(toInstant(START + event.at));
    apply(world, observer, event, input);
  }
  pass(world, observer, untilMs);
  const report = describe(world, observer, input);
  world.cluster.stop();
  return {
    report,
    events: observer.events,
    history: observer.history.toRunHistory(),
    expect: scenario.expect,
  };
}

/** The lines of a simulation's timeline, one per transition. */
export function formatTimeline({ events }: Simulation): readonly string[] {
  return events.map((event) => formatTraceLine(event, START));
}

/** Lets everything happen up to an instant, looking after each. */
function pass({ clock }: SimulatedWorld, observer: Observer, untilMs: number): void {
  const until = START + untilMs;
  clock.advanceTo(clock.now());
  observer.sample();
  for (let next = clock.nextDeadline(); next !== undefined && next <= until;) {
    clock.advanceTo(next);
    observer.sample();
    next = clock.nextDeadline();
  }
}

function apply(
  world: SimulatedWorld,
  observer: Observer,
  event: ScenarioEvent,
  { updates, decide }: SimulationInput,
): void {
  observer.beginPhase(nameOfEvent(event));
  if (event.action === 'update') {
    const spec = updates.get(event.file);
    invariant(spec !== undefined, `no stack was given for ${event.file}`);
    deploySpec(spec, world, decide);
  } else if (event.action === 'add') world.join(event.node);
  else world.act(event.action, event.node);
  observer.touchAll();
}

function describe(
  world: SimulatedWorld,
  observer: Observer,
  { scenario, seed }: SimulationInput,
): SimulationReport {
  const { view, elapsed } = world;
  const services = view
    .list('service')
    .map((service) => describeService(service, world, observer))
    .sort(byString((one) => one.name));
  const converged = services.every((one) => one.shortfall === undefined);
  const phases = observer.phases.map((phase, at) =>
    converged || at + 1 < observer.phases.length ? phase : { ...phase, convergedAfter: undefined },
  );
  const expectations = judgeExpectations(scenario.expect, services, phases);
  return {
    seed,
    endedAt: elapsed,
    phases,
    services,
    nodes: view.list('node').map((node) => describeNode(node, world)),
    converged,
    expectations,
    passed: converged && expectations.every((one) => one.met),
  };
}

function describeService(
  service: StoredService,
  { view, lost, clock }: SimulatedWorld,
  observer: Observer,
): ServiceOutcome {
  const judgement = observer.judgementOf(service.ID);
  invariant(judgement !== undefined, `service ${service.Spec.Name} was never judged`);
  const wanted = view.tasksByService(service.ID).filter(isWanted);
  const hostname = (id: StoredNode['ID']): string =>
    view.get('node', id)?.Description.Hostname ?? id;
  return {
    name: service.Spec.Name,
    ...judgement,
    shortfall: judgement.shortfall ?? (judgement.isJob ? undefined : observer.loopOf(service.ID)),
    leastAvailable: observer.least.get(service.ID),
    tasks: wanted.flatMap((task) =>
      task.NodeID && task.Status.State === 'running' && !lost.has(task.NodeID)
        ? [{ name: observer.nameOf(task), node: hostname(task.NodeID) }]
        : [],
    ),
    pending: wanted.flatMap((task) =>
      task.Status.State === 'pending'
        ? [{ name: observer.nameOf(task), reason: task.Status.Err ?? task.Status.Message ?? '' }]
        : [],
    ),
    stuck: findStuckUpdate(view, service, clock.now()),
  };
}

/** It is to run; a job's, to complete. */
function isWanted({ DesiredState }: StoredTask): boolean {
  return DesiredState === 'running' || DesiredState === 'complete';
}

function describeNode(node: StoredNode, { view, lost }: SimulatedWorld): NodeOutcome {
  const tasks = view
    .tasksByNode(node.ID)
    .filter((one) => one.Status.State === 'running' && isWanted(one)).length;
  return {
    name: node.Description.Hostname ?? node.ID,
    state: stateOfNode(node, lost),
    tasks: lost.has(node.ID) ? 0 : tasks,
  };
}
