import { byString } from '../base/compare.ts';
import { toInstant } from '../base/clock.ts';
import { EXIT_CODE, UserError } from '../base/errors.ts';
import { invariant } from '../base/invariant.ts';
import type { StoredNode, StoredService } from '../orchestrator/store/stored-object.ts';
import type { StackSpec } from '../stack/stack-spec.ts';
import { deploySpec } from './deploy-spec.ts';
import { Observer } from './observer.ts';
import {
  formatMs,
  judgeExpectations,
  nameIn,
  type NodeOutcome,
  type ServiceOutcome,
  type SimulationReport,
} from './report.ts';
import type { Scenario, ScenarioEvent } from './scenario.ts';
import { SimulatedWorld, START, withoutTag } from './simulated-world.ts';

export interface SimulationInput {
  readonly stack: StackSpec;
  readonly scenario: Scenario;
  /** What the files of `update` events ask for. */
  readonly updates: ReadonlyMap<string, StackSpec>;
  readonly seed: number;
  /** Horizon, ms after the start. */
  readonly untilMs: number;
}

/**
 * Deploys a stack on the scenario's nodes and lets time pass until nothing more can happen or the
 * horizon is reached. Deterministic: the same input gives the same report.
 * @throws UserError when the scenario does not fit the stack; ControlError where a deploy is refused
 */
export function runSimulation(input: SimulationInput): SimulationReport {
  const { stack, scenario, seed, untilMs } = input;
  checkFits(input);
  const world = new SimulatedWorld(scenario, seed);
  const observer = new Observer(world);
  observer.beginPhase('start');
  deploySpec(stack, world.control, world.view);
  for (const event of scenario.events) {
    pass(world, observer, event.at);
    world.clock.advanceTo(toInstant(START + event.at));
    apply(world, observer, event, input);
  }
  pass(world, observer, untilMs);
  const report = describe(world, observer, input);
  world.cluster.stop();
  return report;
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
  { updates }: SimulationInput,
): void {
  if (event.action !== 'update') {
    observer.beginPhase(`${event.action} ${event.node}`);
    world.act(event.action, event.node);
    return;
  }
  const spec = updates.get(event.file);
  invariant(spec !== undefined, `no stack was given for ${event.file}`);
  observer.beginPhase(`update ${event.file}`);
  deploySpec(spec, world.control, world.view);
}

/** A word that fits nothing is a slip, not a wish. */
function checkFits({ stack, scenario, updates, untilMs }: SimulationInput): void {
  const services = [stack, ...updates.values()].flatMap((one) => one.services);
  const images = services.map((one) => one.TaskTemplate.ContainerSpec?.Image ?? '');
  const known = new Set(images.flatMap((image) => [image, withoutTag(image)]));
  const { expect, events } = scenario;
  const problems = [...scenario.images.keys()]
    .filter((image) => !known.has(image))
    .map(
      (image) => `images: no service runs ${image}; there are ${[...new Set(images)].join(', ')}`,
    );
  for (const name of expect.minAvailable.keys()) {
    if (services.some((service) => nameIn(service.Name, [name]) !== undefined)) continue;
    problems.push(`expect.min_available: there is no service ${name}`);
  }
  const late = events.find((event) => event.at > untilMs);
  if (late) {
    const [at, until] = [formatMs(late.at), formatMs(untilMs)];
    problems.push(`events: ${late.action} at ${at} is after the end at ${until}; see --until`);
  }
  if (problems.length === 0) return;
  throw new UserError(problems.join('\n'), {
    code: 'scenario-does-not-fit',
    exitCode: EXIT_CODE.invalidFile,
    hint: 'Correct the scenario, or give the stack it was written for.',
  });
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
    timeline: observer.timeline,
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
  { view, lost }: SimulatedWorld,
  observer: Observer,
): ServiceOutcome {
  const judgement = observer.judgementOf(service.ID);
  invariant(judgement !== undefined, `service ${service.Spec.Name} was never judged`);
  const wanted = view.tasksByService(service.ID).filter((one) => one.DesiredState === 'running');
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
  };
}

function describeNode(node: StoredNode, { view, lost }: SimulatedWorld): NodeOutcome {
  const { Availability } = node.Spec;
  const state = lost.has(node.ID) ? 'lost' : node.Status.State;
  const tasks = view
    .tasksByNode(node.ID)
    .filter((one) => one.Status.State === 'running' && one.DesiredState === 'running').length;
  return {
    name: node.Description.Hostname ?? node.ID,
    state: Availability === 'active' ? state : `${state}, ${Availability}`,
    tasks: lost.has(node.ID) ? 0 : tasks,
  };
}
