import { slotKeyOf } from '../orchestrator/store/store-view.ts';
import type { Change, ChangeOf, Commit } from '../orchestrator/store/commit.ts';
import type { StoredTask } from '../orchestrator/store/stored-object.ts';
import { formatTraceLine, Tracer } from '../orchestrator/trace.ts';
import type { ServiceId } from '../swarm/object.ts';
import { isTerminal } from '../swarm/task-state.ts';
import { judgeService, type Judgement } from './judge-service.ts';
import { START, type SimulatedWorld } from './simulated-world.ts';

/** From the start or an event to the next one. */
export interface Phase {
  /** `start`, `lose n2`, `update stack-v2.yml`. */
  readonly cause: string;
  /** ms after the start. */
  readonly at: number;
  /** ms from `at` until all services were as declared and stayed so; absent if they did not. */
  readonly convergedAfter?: number | undefined;
}

/** Ends of a task by itself in one slot within a phase that make it a loop. */
const LOOP = 2;

interface Ends {
  readonly name: string;
  readonly count: number;
  readonly error: string;
}

/** Follows a run: the timeline, the services' availability, and when all was as declared. */
export class Observer {
  readonly timeline: string[] = [];
  readonly phases: Phase[] = [];
  /** Least available tasks of a service since it first was as declared. */
  readonly least = new Map<ServiceId, number>();
  readonly #world: SimulatedWorld;
  readonly #tracer: Tracer;
  readonly #judgements = new Map<ServiceId, Judgement>();
  readonly #touched = new Set<ServiceId>();
  readonly #ends = new Map<string, Ends>();

  constructor(world: SimulatedWorld) {
    this.#world = world;
    this.#tracer = new Tracer(world.view);
    world.cluster.store.watch((commit) => this.#observe(commit));
  }

  /** A disturbance: from now on it is counted how long services take to be as declared. */
  beginPhase(cause: string): void {
    this.#ends.clear();
    this.phases.push({ cause, at: this.#world.elapsed });
    for (const { ID } of this.#world.view.list('service')) this.#touched.add(ID);
  }

  /** Takes a look; to be called when nothing more happens at this instant. */
  sample(): void {
    const { view, lost, elapsed } = this.#world;
    for (const id of this.#touched) {
      const service = view.get('service', id);
      if (!service) continue;
      const judgement = judgeService(service, view, lost);
      this.#judgements.set(id, judgement);
      this.#noteAvailability(id, judgement);
    }
    this.#touched.clear();
    const phase = this.phases.at(-1);
    if (!phase) return;
    const isConverged = [...this.#judgements.values()].every((one) => one.shortfall === undefined);
    if (isConverged === (phase.convergedAfter !== undefined)) return;
    const convergedAfter = isConverged ? elapsed - phase.at : undefined;
    this.phases[this.phases.length - 1] = { ...phase, convergedAfter };
  }

  judgementOf(id: ServiceId): Judgement | undefined {
    return this.#judgements.get(id);
  }

  /** Which task of a service keeps ending by itself, and how; undefined when none does. */
  loopOf(id: ServiceId): string | undefined {
    for (const [key, { name, count, error }] of this.#ends) {
      if (!key.startsWith(`${id} `) || count < LOOP) continue;
      return `${name} keeps ending: ${count} times${error === '' ? '' : `, ${error}`}`;
    }
    return undefined;
  }

  nameOf(task: StoredTask): string {
    return this.#tracer.nameOf(task);
  }

  #noteAvailability(id: ServiceId, { isJob, available, shortfall }: Judgement): void {
    const least = this.least.get(id);
    if (isJob || (least === undefined && shortfall !== undefined)) return;
    this.least.set(id, Math.min(least ?? available, available));
  }

  #observe(commit: Commit): void {
    for (const event of this.#tracer.events(commit)) {
      this.timeline.push(formatTraceLine(event, START));
    }
    for (const change of commit.changes) this.#note(change);
  }

  #note(change: Change): void {
    if (change.kind === 'service') this.#touched.add((change.object ?? change.old).ID);
    if (change.kind !== 'task') return;
    const task = change.object ?? change.old;
    this.#touched.add(task.ServiceID);
    if (!hasJustEnded(change)) return;
    const key = `${task.ServiceID} ${slotKeyOf(task)}`;
    const count = (this.#ends.get(key)?.count ?? 0) + 1;
    const name = this.nameOf(task).replace(/#\d+$/, '');
    this.#ends.set(key, { name, count, error: task.Status.Err ?? '' });
  }
}

/** Whether a task ended by itself in this change: nobody wanted it to. */
function hasJustEnded({ object, old }: ChangeOf<'task'>): boolean {
  if (!object || !isTerminal(object.Status.State)) return false;
  return object.DesiredState === 'running' && !(old && isTerminal(old.Status.State));
}
