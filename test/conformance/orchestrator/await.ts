import { isTerminal, taskStateRank } from '../../../src/swarm/task-state.ts';
import type { Node } from '../../../src/swarm/node.ts';
import type { Service } from '../../../src/swarm/service.ts';
import type { Task } from '../../../src/swarm/task.ts';
import { show } from './json.ts';
import type { Driver } from './driver.ts';
import type { NodeCondition, Step, TaskCondition } from './scenario.ts';

const POLL_MS = 50;
const DEFAULT_TIMEOUT_MS = 60_000;

/**
 * Lets time pass until every condition of an `await` step holds.
 * @returns what was missing when the time was over; undefined when all held
 */
export function awaitStep(step: Step, driver: Driver): string | undefined {
  const { clock } = driver.world;
  const deadline = clock.now() + (step.timeoutMs ?? DEFAULT_TIMEOUT_MS);
  const quiet = new Quiet(driver);
  for (;;) {
    const missing = firstMissing(step, driver) ?? quiet.missing(step.quietMs);
    if (missing === undefined) return undefined;
    if (clock.now() > deadline) return missing;
    driver.world.advance(POLL_MS);
  }
}

function firstMissing(step: Step, driver: Driver): string | undefined {
  return (
    (step.tasks && missingTasks(step.tasks, driver)) ??
    (step.update && missingUpdate(step.update, driver)) ??
    (step.history && missingHistory(step.history, driver)) ??
    (step.seen && missingSeen(step.seen, driver)) ??
    (typeof step.error === 'object' ? missingError(step.error, driver) : undefined) ??
    (step.gone && missingGone(step.gone.service, driver)) ??
    (typeof step.node === 'object' ? missingNode(step.node, driver) : undefined)
  );
}

function missingTasks(wanted: TaskCondition, driver: Driver): string | undefined {
  const live = driver.tasksOf(wanted.service).filter(({ DesiredState }) => {
    if (wanted.desired) return wanted.desired.includes(DesiredState);
    return !isTerminal(DesiredState) || DesiredState === 'complete';
  });
  const counts: Record<string, number> = {};
  for (const { Status } of live) counts[Status.State] = (counts[Status.State] ?? 0) + 1;
  const holds = Object.entries(wanted.states).every(([state, n]) => (counts[state] ?? 0) === n);
  const isExact = wanted.others || Object.keys(counts).every((state) => state in wanted.states);
  return holds && isExact ? undefined : `tasks are ${show(counts)}`;
}

function missingUpdate(wanted: NonNullable<Step['update']>, driver: Driver): string | undefined {
  const status = driver.service(wanted.service)?.UpdateStatus;
  const states = [wanted.state].flat();
  return status?.State !== undefined && states.includes(status.State)
    ? undefined
    : `update is ${show(status)}`;
}

function missingHistory(wanted: NonNullable<Step['history']>, driver: Driver): string | undefined {
  const { length } = driver
    .tasksOf(wanted.service)
    .filter((task) => wanted.slot === undefined || task.Slot === wanted.slot)
    .filter((task) => wanted.states?.includes(task.Status.State) ?? true);
  return length >= wanted.min ? undefined : `${length} tasks are listed`;
}

function missingSeen(wanted: NonNullable<Step['seen']>, driver: Driver): string | undefined {
  const { length } = driver.recordsOf(wanted.service);
  return length >= wanted.min ? undefined : `${length} tasks were seen`;
}

interface ErrorCondition {
  readonly service: string;
  readonly contains?: string;
  readonly min?: number;
}

function missingError(wanted: ErrorCondition, driver: Driver): string | undefined {
  const errors = driver.tasksOf(wanted.service).map((task) => task.Status.Err ?? '');
  const found = errors.filter((text) => text !== '' && text.includes(wanted.contains ?? ''));
  return found.length >= (wanted.min ?? 1) ? undefined : `errors are ${show(errors)}`;
}

function missingGone(service: string, driver: Driver): string | undefined {
  const id = driver.names.get('service', service);
  const { length } = driver.allTasks().filter((task) => task.ServiceID === id);
  return length === 0 ? undefined : `${length} tasks are left`;
}

function missingNode(wanted: NodeCondition, driver: Driver): string | undefined {
  const { id } = driver.world.member(wanted.node);
  const { Spec, Status, ManagerStatus } = driver.world.api.get(`/nodes/${id}`) as unknown as Node;
  const holds =
    (wanted.state ?? Status.State) === Status.State &&
    (wanted.availability ?? Spec.Availability) === Spec.Availability &&
    (wanted.role ?? Spec.Role) === Spec.Role &&
    (wanted.reachability ?? ManagerStatus?.Reachability) === ManagerStatus?.Reachability &&
    !(wanted.manager === false && ManagerStatus);
  return holds ? undefined : `node is ${show([Status, Spec, ManagerStatus])}`;
}

/** Watches whether anything still moves. */
class Quiet {
  readonly #driver: Driver;
  #since = -Infinity;
  #print = '';

  constructor(driver: Driver) {
    this.#driver = driver;
  }

  missing(quietMs: number | undefined): string | undefined {
    if (quietMs === undefined) return undefined;
    const now = this.#driver.world.clock.now();
    const tasks = this.#driver.allTasks();
    const services = this.#driver.world.api.get('/services') as unknown as readonly Service[];
    const print = show([
      tasks.map((task) => [task.ID, task.Status.State, task.DesiredState, task.Status.Err]),
      services.map((service) => [service.ID, service.UpdateStatus?.State]),
    ]);
    if (print !== this.#print) {
      this.#print = print;
      this.#since = now;
    }
    const leaving = tasks.filter((task) => this.#isLeaving(task)).length;
    if (leaving > 0) return `${leaving} tasks are still leaving`;
    return now - this.#since >= quietMs ? undefined : 'something still moves';
  }

  /** On its way out, and its node can tell. */
  #isLeaving({ DesiredState, Status, NodeID }: Task): boolean {
    if (DesiredState === 'remove') return true;
    if (DesiredState !== 'shutdown' || NodeID === undefined) return false;
    if (isTerminal(Status.State) || taskStateRank(Status.State) < taskStateRank('assigned')) {
      return false;
    }
    return this.#driver.world.cluster.store.view.get('node', NodeID)?.Status.State === 'ready';
  }
}
