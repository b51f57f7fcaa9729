import type { Clock } from '../base/clock.ts';
import { formatTimestamp } from '../base/timestamp.ts';
import type { GenericResource, NodeId } from '../swarm/object.ts';
import { taskStateRank } from '../swarm/task-state.ts';
import { meetsConstraints } from './reconcile/task-dirty.ts';
import type { Commit } from './store/commit.ts';
import type { Store } from './store/store.ts';
import type { StoreView } from './store/store-view.ts';
import type { StoredNode, StoredTask } from './store/stored-object.ts';
import { Wakeup } from './wakeup.ts';

const ASSIGNED = taskStateRank('assigned');
const COMPLETE = taskStateRank('complete');

/**
 * The tasks that their node can no longer keep, in creation order; only active nodes throw out.
 *
 * Constraints are those of the service's current spec. Reservations are summed up in creation
 * order: what does not fit any more is out. Deviates: goes on after a missing generic resource
 * (upstream stops there, Q16).
 * @source swarmkit manager/orchestrator/constraintenforcer; spec/orchestrator.md section 16
 */
export function evictions(node: StoredNode, view: StoreView): readonly StoredTask[] {
  if (node.Spec.Availability !== 'active') return [];
  const room = roomOf(node);
  return view.tasksByNode(node.ID).filter((task) => {
    const desired = taskStateRank(task.DesiredState);
    if (desired < ASSIGNED || desired > COMPLETE) return false;
    if (taskStateRank(task.Status.State) >= COMPLETE) return false;
    const owner = view.get('service', task.ServiceID) ?? { Spec: specOf(task) };
    return !meetsConstraints(owner, node) || !room.take(task);
  });
}

function specOf(task: StoredTask) {
  return { ...task.ServiceAnnotations, TaskTemplate: task.Spec };
}

interface Room {
  /** Books a task's reservation; false, and nothing booked, when it does not fit. */
  take(task: StoredTask): boolean;
}

/** A node without a description is not measured. */
function roomOf(node: StoredNode): Room {
  const total = node.Description?.Resources;
  let cpus = total?.NanoCPUs ?? Infinity;
  let memory = total?.MemoryBytes ?? Infinity;
  const names = new Set((total?.GenericResources ?? []).map(genericKey));
  const counts = new Map((total?.GenericResources ?? []).flatMap(countOf));
  const hasGeneric = (one: GenericResource): boolean =>
    'NamedResourceSpec' in one
      ? names.has(genericKey(one))
      : (counts.get(one.DiscreteResourceSpec.Kind) ?? 0) >= one.DiscreteResourceSpec.Value;
  return {
    take(task) {
      const { NanoCPUs = 0, MemoryBytes = 0 } = task.Spec.Resources?.Reservations ?? {};
      const generic = task.GenericResources ?? [];
      if (NanoCPUs > cpus || MemoryBytes > memory || !generic.every(hasGeneric)) return false;
      cpus -= NanoCPUs;
      memory -= MemoryBytes;
      for (const [kind, count] of generic.flatMap(countOf)) {
        counts.set(kind, (counts.get(kind) ?? 0) - count);
      }
      return true;
    },
  };
}

function genericKey(one: GenericResource): string {
  return 'NamedResourceSpec' in one
    ? `${one.NamedResourceSpec.Kind}=${one.NamedResourceSpec.Value}`
    : one.DiscreteResourceSpec.Kind;
}

function countOf(one: GenericResource): readonly (readonly [string, number])[] {
  if (!('DiscreteResourceSpec' in one)) return [];
  return [[one.DiscreteResourceSpec.Kind, one.DiscreteResourceSpec.Value]];
}

/** Throws tasks off nodes that change under them. */
export class Enforcer {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #wakeup: Wakeup;
  readonly #nodes = new Set<NodeId>();

  constructor(store: Store, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
    this.#wakeup = new Wakeup(clock, () => this.#run());
  }

  /** Looks at every node once. */
  resume(): void {
    for (const node of this.#store.view.list('node')) this.#nodes.add(node.ID);
    if (this.#nodes.size > 0) this.#wakeup.now();
  }

  /** Listens to a commit; quick, writes nothing. */
  observe(commit: Commit): void {
    for (const change of commit.changes) {
      if (change.kind !== 'node' || change.action !== 'update') continue;
      this.#nodes.add(change.object.ID);
      this.#wakeup.now();
    }
  }

  stop(): void {
    this.#wakeup.stop();
  }

  #run(): void {
    const { view } = this.#store;
    const out = [...this.#nodes].flatMap((id) => {
      const node = view.get('node', id);
      return node ? evictions(node, view) : [];
    });
    this.#nodes.clear();
    if (out.length === 0) return;
    const now = this.#clock.now();
    this.#store.update('enforcer', (tx) => {
      for (const task of out) {
        const Status = {
          ...task.Status,
          State: 'rejected' as const,
          Message: 'task rejected by constraint enforcer',
          Err: 'assigned node no longer meets constraints',
          Timestamp: formatTimestamp(now),
          AppliedAt: now,
        };
        tx.update('task', { ...task, Status });
      }
    });
  }
}
