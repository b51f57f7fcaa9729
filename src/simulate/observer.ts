import { slotKeyOf } from '../orchestrator/store/store-view.ts';
import type { Change, ChangeOf, Commit } from '../orchestrator/store/commit.ts';
import type { StoredNode, StoredTask } from '../orchestrator/store/stored-object.ts';
import { Tracer, type TraceEvent } from '../orchestrator/trace.ts';
import type { NodeId, ServiceId } from '../swarm/object.ts';
import { isTerminal } from '../swarm/task-state.ts';
import { History } from './history.ts';
import { judgeService, type Judgement } from './judge-service.ts';
import type { SimulatedWorld } from './simulated-world.ts';

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

/** Follows a run: what happened, the services' availability, and when all was as declared. */
export class Observer {
  readonly events: TraceEvent[] = [];
  readonly phases: Phase[] = [];
  /** Least available tasks of a service since it first was as declared. */
  readonly least = new Map<ServiceId, number>();
  readonly history: History;
  readonly #world: SimulatedWorld;
  readonly #tracer: Tracer;
  readonly #judgements = new Map<ServiceId, Judgement>();
  /** Services that are not as declared. */
  readonly #short = new Set<ServiceId>();
  readonly #touched = new Set<ServiceId>();
  #isNodeTouched = true;
  readonly #ends = new Map<ServiceId, Map<string, Ends>>();

  constructor(world: SimulatedWorld) {
    this.#world = world;
    this.#tracer = new Tracer(world.view);
    this.history = new History(
      (task) => this.nameOf(task),
      (id) => hostnameOf(world.view.get('node', id), id),
    );
    for (const task of world.view.list('task')) this.history.noteTask(task, 0);
    world.cluster.store.watch((commit) => this.#observe(commit));
  }

  /** A disturbance: from now on it is counted how long services take to be as declared. */
  beginPhase(cause: string): void {
    this.#ends.clear();
    this.phases.push({ cause, at: this.#world.elapsed });
    this.touchAll();
  }

  /** Every service and node is looked at in the next sample. */
  touchAll(): void {
    for (const { ID } of this.#world.view.list('service')) this.#touched.add(ID);
    this.#isNodeTouched = true;
  }

  /** Takes a look; to be called when nothing more happens at this instant. */
  sample(): void {
    const { elapsed } = this.#world;
    for (const id of this.#touched) this.#judge(id);
    this.#touched.clear();
    if (this.#isNodeTouched) this.#sampleNodes();
    const phase = this.phases.at(-1);
    if (!phase) return;
    const isConverged = this.#short.size === 0;
    if (isConverged === (phase.convergedAfter !== undefined)) return;
    const convergedAfter = isConverged ? elapsed - phase.at : undefined;
    this.phases[this.phases.length - 1] = { ...phase, convergedAfter };
  }

  judgementOf(id: ServiceId): Judgement | undefined {
    return this.#judgements.get(id);
  }

  /** Which task of a service keeps ending by itself, and how; undefined when none does. */
  loopOf(id: ServiceId): string | undefined {
    for (const { name, count, error } of this.#ends.get(id)?.values() ?? []) {
      if (count < LOOP) continue;
      return `${name} keeps ending: ${count} times${error === '' ? '' : `, ${error}`}`;
    }
    return undefined;
  }

  nameOf(task: StoredTask): string {
    return this.#tracer.nameOf(task);
  }

  #judge(id: ServiceId): void {
    const { view, lost, elapsed } = this.#world;
    const service = view.get('service', id);
    if (!service) {
      this.#judgements.delete(id);
      this.#short.delete(id);
      return;
    }
    const judgement = judgeService(service, view, lost);
    this.#judgements.set(id, judgement);
    if (judgement.shortfall === undefined) this.#short.delete(id);
    else this.#short.add(id);
    this.history.noteService(id, service.Spec.Name, judgement, elapsed);
    this.#noteAvailability(id, judgement);
  }

  #noteAvailability(id: ServiceId, { isJob, available, shortfall }: Judgement): void {
    const least = this.least.get(id);
    if (isJob || (least === undefined && shortfall !== undefined)) return;
    this.least.set(id, Math.min(least ?? available, available));
  }

  #sampleNodes(): void {
    const { view, lost, elapsed } = this.#world;
    for (const node of view.list('node')) {
      this.history.noteNode(node.ID, stateOfNode(node, lost), elapsed);
    }
    this.#isNodeTouched = false;
  }

  #observe(commit: Commit): void {
    this.events.push(...this.#tracer.events(commit));
    this.history.observe(commit, this.#world.elapsed);
    for (const change of commit.changes) this.#note(change);
  }

  #note(change: Change): void {
    if (change.kind === 'service') this.#touched.add((change.object ?? change.old).ID);
    if (change.kind === 'node') this.#isNodeTouched = true;
    if (change.kind !== 'task') return;
    const task = change.object ?? change.old;
    this.#touched.add(task.ServiceID);
    if (!hasJustEnded(change)) return;
    const ends = this.#ends.get(task.ServiceID) ?? new Map<string, Ends>();
    this.#ends.set(task.ServiceID, ends);
    const key = String(slotKeyOf(task));
    const count = (ends.get(key)?.count ?? 0) + 1;
    const name = this.nameOf(task).replace(/#\d+$/, '');
    ends.set(key, { name, count, error: task.Status.Err ?? '' });
  }
}

function hostnameOf(node: StoredNode | undefined, id: NodeId): string {
  return node?.Description.Hostname ?? id;
}

/** `ready`, `down`, `lost`; with the availability when it is not the ordinary one. */
export function stateOfNode(node: StoredNode, lost: ReadonlySet<NodeId>): string {
  const { Availability } = node.Spec;
  const state = lost.has(node.ID) ? 'lost' : node.Status.State;
  return Availability === 'active' ? state : `${state}, ${Availability}`;
}

/** Whether a task ended by itself in this change: nobody wanted it to. */
function hasJustEnded({ object, old }: ChangeOf<'task'>): boolean {
  if (!object || !isTerminal(object.Status.State)) return false;
  return object.DesiredState === 'running' && !(old && isTerminal(old.Status.State));
}
