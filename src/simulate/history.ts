import type { Change, Commit } from '../orchestrator/store/commit.ts';
import type { StoredTask } from '../orchestrator/store/stored-object.ts';
import { slotKeyOf } from '../orchestrator/store/store-view.ts';
import type { NodeId, ServiceId, TaskId } from '../swarm/object.ts';
import { isSameMessage } from '../swarm/same-message.ts';
import type { TaskSpec } from '../swarm/service.ts';
import type { TaskState } from '../swarm/task-state.ts';
import type { Judgement } from './judge-service.ts';

/** A moment in a task's life; `at` in ms after the start. */
export interface TaskMoment {
  readonly at: number;
  readonly state: TaskState;
  readonly desired: TaskState;
  /** The error, if there is one. */
  readonly note?: string | undefined;
}

export interface TaskHistory {
  /** `web.1#2`. */
  readonly name: string;
  /** The slot's number, or the node's name for global services. */
  readonly slot: string;
  /** Hostname, once it has one. */
  node?: string | undefined;
  /** Which spec of its service it runs: 1 for the first seen. */
  readonly spec: number;
  readonly moments: TaskMoment[];
}

/** From `at` on, until the next one. */
export interface CapacityPoint {
  readonly at: number;
  readonly available: number;
  readonly wanted: number;
}

export interface ServiceHistory {
  readonly name: string;
  readonly isJob: boolean;
  readonly capacity: readonly CapacityPoint[];
  /** In order of creation. */
  readonly tasks: readonly TaskHistory[];
}

export interface NodeHistory {
  readonly name: string;
  readonly states: readonly { readonly at: number; readonly state: string }[];
}

/** Everything that a timeline shows. */
export interface RunHistory {
  readonly services: readonly ServiceHistory[];
  readonly nodes: readonly NodeHistory[];
}

interface ServiceRecord {
  name: string;
  isJob: boolean;
  readonly capacity: CapacityPoint[];
  readonly tasks: TaskHistory[];
  /** Numbers of the specs, from 1; equal ones have the same. */
  readonly specs: Map<TaskSpec, number>;
}

/** Keeps what happened to tasks, services and nodes. */
export class History {
  readonly #nameOf: (task: StoredTask) => string;
  readonly #hostname: (id: NodeId) => string;
  readonly #services = new Map<ServiceId, ServiceRecord>();
  readonly #tasks = new Map<TaskId, TaskHistory>();
  readonly #nodes = new Map<NodeId, { name: string; states: { at: number; state: string }[] }>();

  constructor(nameOf: (task: StoredTask) => string, hostname: (id: NodeId) => string) {
    this.#nameOf = nameOf;
    this.#hostname = hostname;
  }

  observe(commit: Commit, at: number): void {
    for (const change of commit.changes) this.#note(change, at);
  }

  /** A task that was there from the start, or what has become of it. */
  noteTask(task: StoredTask, at: number): void {
    const history = this.#tasks.get(task.ID) ?? this.#begin(task);
    if (task.NodeID !== undefined) history.node ??= this.#hostname(task.NodeID);
    const { State: state, Err: note } = task.Status;
    const last = history.moments.at(-1);
    const desired = task.DesiredState;
    if (last?.state === state && last.desired === desired && last.note === note) return;
    // Of several moments at one instant only the last one can be seen.
    if (last?.at === at) history.moments.pop();
    history.moments.push({ at, state, desired, note });
  }

  noteService(id: ServiceId, name: string, { isJob, available, wanted }: Judgement, at: number) {
    const record = this.#serviceOf(id);
    record.name = name;
    record.isJob = isJob;
    const last = record.capacity.at(-1);
    if (last?.available === available && last.wanted === wanted) return;
    if (last?.at === at) record.capacity.pop();
    record.capacity.push({ at, available, wanted });
  }

  noteNode(id: NodeId, state: string, at: number): void {
    const node = this.#nodes.get(id) ?? { name: this.#hostname(id), states: [] };
    this.#nodes.set(id, node);
    const last = node.states.at(-1);
    if (last?.state === state) return;
    if (last?.at === at) node.states.pop();
    node.states.push({ at, state });
  }

  /** What happened so far. Services by name; nodes as they joined. */
  toRunHistory(): RunHistory {
    const services = [...this.#services.values()]
      .filter((one) => one.name !== '')
      .sort((a, b) => (a.name < b.name ? -1 : 1));
    return { services, nodes: [...this.#nodes.values()] };
  }

  #note({ kind, action, object, old }: Change, at: number): void {
    if (kind === 'task' && object) this.noteTask(object, at);
    if (kind === 'node' && action === 'remove') this.noteNode(old.ID, 'removed', at);
  }

  #begin(task: StoredTask): TaskHistory {
    const key = slotKeyOf(task);
    const service = this.#serviceOf(task.ServiceID);
    const history: TaskHistory = {
      name: this.#nameOf(task),
      slot: typeof key === 'number' ? String(key) : this.#hostname(key),
      spec: specNumber(service.specs, task.Spec),
      moments: [],
    };
    this.#tasks.set(task.ID, history);
    service.tasks.push(history);
    return history;
  }

  #serviceOf(id: ServiceId): ServiceRecord {
    const known = this.#services.get(id);
    if (known) return known;
    const record: ServiceRecord = {
      name: '',
      isJob: false,
      capacity: [],
      tasks: [],
      specs: new Map(),
    };
    this.#services.set(id, record);
    return record;
  }
}

/** Tasks share the spec of their service, and a service may be sent the same one again. */
function specNumber(specs: Map<TaskSpec, number>, spec: TaskSpec): number {
  const known = specs.get(spec);
  if (known !== undefined) return known;
  const same = [...specs].find(([one]) => isSameMessage(one, spec));
  const number = same?.[1] ?? Math.max(0, ...specs.values()) + 1;
  specs.set(spec, number);
  return number;
}
