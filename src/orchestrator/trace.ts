import type { Instant } from '../base/clock.ts';
import type { NodeId, TaskId } from '../swarm/object.ts';
import type { Actor } from '../swarm/task-state.ts';
import type { Change, ChangeOf, Commit } from './store/commit.ts';
import { slotKeyOf, type StoreView } from './store/store-view.ts';
import type { StoredNode, StoredService, StoredTask } from './store/stored-object.ts';

/** One thing that happened to one object, in the user's words. */
export interface TraceEvent {
  readonly at: Instant;
  readonly by: Actor;
  /** What it happened to: `web.2`, `web` or a node's hostname. */
  readonly subject: string;
  readonly kind: 'task' | 'desired' | 'service' | 'node';
  /** State before; absent at creation. */
  readonly from?: string | undefined;
  /** State after; absent at removal. */
  readonly to?: string | undefined;
  /** Hostname of the task's node, once it has one. */
  readonly node?: string | undefined;
  /** Why: the error if there is one, else a message that says more than the state. */
  readonly note?: string | undefined;
}

/**
 * Turns commits into events for people: one per transition of a task's observed or desired state,
 * of a service's update and of a node.
 *
 * Tasks are named by slot: `web.2`; a later task of the same slot is `web.2#2`. A task of a global
 * service is named by its node: `agent@n1`. Names stay what they were once given.
 */
export class Tracer {
  readonly #view: StoreView;
  readonly #names = new Map<TaskId, string>();
  readonly #generations = new Map<string, number>();
  readonly #hostnames = new Map<NodeId, string>();

  constructor(view: StoreView) {
    this.#view = view;
  }

  /** The events of one commit, in its order; may be empty. */
  events(commit: Commit): readonly TraceEvent[] {
    const { at, by } = commit;
    return commit.changes.flatMap((change) =>
      this.#eventsOf(change).map((event) => ({ at, by, ...event })),
    );
  }

  /** A task's name in the trace. */
  nameOf(task: StoredTask): string {
    const known = this.#names.get(task.ID);
    if (known !== undefined) return known;
    const key = slotKeyOf(task);
    const service = task.ServiceAnnotations.Name;
    const slot =
      typeof key === 'number' ? `${service}.${key}` : `${service}@${this.#hostname(key) ?? key}`;
    const generation = (this.#generations.get(slot) ?? 0) + 1;
    this.#generations.set(slot, generation);
    const name = generation === 1 ? slot : `${slot}#${generation}`;
    this.#names.set(task.ID, name);
    return name;
  }

  #eventsOf(change: Change): readonly Event[] {
    switch (change.kind) {
      case 'task':
        return this.#taskEvents(change);
      case 'service':
        return serviceEvents(change);
      case 'node':
        return this.#nodeEvents(change);
      case 'cluster':
      case 'network':
      case 'secret':
      case 'config':
        return [];
    }
  }

  #taskEvents({ object: task, old }: ChangeOf<'task'>): readonly Event[] {
    const subject = this.nameOf(task ?? old);
    if (!task) return [{ kind: 'task', subject, from: old.Status.State, to: undefined }];
    const node = task.NodeID && this.#hostname(task.NodeID);
    const { State, Err } = task.Status;
    const [from, to] = [old?.DesiredState, task.DesiredState];
    const hasMoved = State !== old?.Status.State || Err !== old.Status.Err;
    const events: Event[] = [];
    if (hasMoved) {
      events.push({ kind: 'task', subject, from: old?.Status.State, to: State, node, note: Err });
    }
    if (old && from !== to) events.push({ kind: 'desired', subject, from, to, node });
    return events;
  }

  #nodeEvents({ object: node, old }: ChangeOf<'node'>): readonly Event[] {
    const subject = hostnameOf(node ?? old);
    if (node) this.#hostnames.set(node.ID, subject);
    const [from, to] = [old && nodeState(old), node && nodeState(node)];
    if (from === to) return [];
    return [{ kind: 'node', subject, from, to, note: node?.Status.Message }];
  }

  #hostname(id: NodeId): string | undefined {
    const known = this.#hostnames.get(id);
    if (known !== undefined) return known;
    const node = this.#view.get('node', id);
    if (!node) return undefined;
    this.#hostnames.set(id, hostnameOf(node));
    return hostnameOf(node);
  }
}

type Event = Omit<TraceEvent, 'at' | 'by'>;

function hostnameOf(node: StoredNode): string {
  return node.Description.Hostname || node.ID;
}

/** `ready`, or with the availability when it is not the ordinary one: `ready, drain`. */
function nodeState(node: StoredNode): string {
  const { Availability } = node.Spec;
  return Availability === 'active' ? node.Status.State : `${node.Status.State}, ${Availability}`;
}

function serviceEvents({ object: service, old }: ChangeOf<'service'>): readonly Event[] {
  const subject = (service ?? old).Spec.Name;
  if (!service) return [{ kind: 'service', subject, from: 'service', to: undefined }];
  if (!old) return [{ kind: 'service', subject, from: undefined, to: scaleOf(service) }];
  const events: Event[] = [];
  if (service.Spec !== old.Spec) {
    events.push({
      kind: 'service',
      subject,
      from: scaleOf(old),
      to: `${scaleOf(service)}, new spec`,
    });
  }
  const { State, Message } = service.UpdateStatus ?? {};
  if (State !== undefined && State !== old.UpdateStatus?.State) {
    events.push({
      kind: 'service',
      subject,
      from: old.UpdateStatus?.State,
      to: State,
      note: Message,
    });
  }
  return events;
}

function scaleOf({ Spec: { Mode } }: StoredService): string {
  if (Mode?.Global) return 'global';
  if (Mode?.GlobalJob) return 'global job';
  if (Mode?.ReplicatedJob) return 'replicated job';
  return `replicas ${Mode?.Replicated?.Replicas ?? 1}`;
}

/**
 * One event as one line: `+12.500s  web.2  pending → assigned  scheduler  node-2  (why)`.
 * @param start - the instant that counts as +0
 */
export function formatTraceLine(event: TraceEvent, start: Instant): string {
  const seconds = ((event.at - start) / 1000).toFixed(3);
  const move = [event.from ?? '·', event.to ?? 'gone'].join(' → ');
  const what = event.kind === 'desired' ? `wanted ${move}` : move;
  const parts = [`+${seconds}s`, event.subject, what, event.by];
  if (event.node) parts.push(event.node);
  if (event.note) parts.push(`(${event.note})`);
  return parts.join('  ');
}
