import type { Instant } from '../../base/clock.ts';
import type { TaskId } from '../../swarm/object.ts';
import type { ServiceMode } from '../../swarm/service.ts';
import type { TaskState } from '../../swarm/task-state.ts';
import type { Action } from '../action.ts';
import { newTask } from '../new-task.ts';
import type { SlotKey, StoreView } from '../store/store-view.ts';
import type { StoredNode, StoredService, StoredTask } from '../store/stored-object.ts';
import type { ShouldRestart, Slot } from './slots.ts';

/** What a reconcile may look at, and where new ids come from. */
export interface ReconcileFacts {
  readonly view: StoreView;
  readonly now: Instant;
  readonly newTaskId: () => TaskId;
  readonly shouldRestart: ShouldRestart;
}

/** What brings a service's tasks to its spec. */
export interface Reconciliation {
  readonly actions: readonly Action[];
  /** Slots for the update supervisor; absent: it is not to be called. */
  readonly update?: readonly Slot[];
}

/** One kind of service; see `index.ts`. */
export interface Orchestrator {
  readonly mode: keyof ServiceMode;
  /** Compares a service with its tasks. Pure. */
  reconcile(service: StoredService, facts: ReconcileFacts): Reconciliation;
  /** A wanted task ended, or its node is no longer valid: is it the restart supervisor's? */
  restarts(task: StoredTask, service: StoredService, facts: ReconcileFacts): boolean;
  /** What one node's creation or change asks for at once, without the update supervisor. */
  onNode?(node: StoredNode, service: StoredService, facts: ReconcileFacts): readonly Action[];
}

/** The kind of a service; one that names none is replicated. */
export function modeOf(service: Pick<StoredService, 'Spec'>): keyof ServiceMode {
  const mode = service.Spec.Mode;
  if (mode?.Global) return 'Global';
  if (mode?.ReplicatedJob) return 'ReplicatedJob';
  return mode?.GlobalJob ? 'GlobalJob' : 'Replicated';
}

/** A new task for a slot. */
export function createTask(
  service: StoredService,
  slot: SlotKey,
  desired: TaskState,
  facts: ReconcileFacts,
): Action {
  return {
    kind: 'create-task',
    task: newTask({
      id: facts.newTaskId(),
      service,
      cluster: facts.view.list('cluster')[0],
      slot,
      desired,
      now: facts.now,
    }),
  };
}

/** Sets the desired state of every task that does not have it yet. */
export function setDesired(tasks: readonly StoredTask[], desired: TaskState): readonly Action[] {
  return tasks
    .filter((task) => task.DesiredState !== desired)
    .map((task) => ({ kind: 'set-desired', task: task.ID, desired }));
}

/** Whether a node cannot keep its tasks: it is gone, down or drained. */
export function isInvalidNode(node: StoredNode | undefined): boolean {
  return !node || node.Status.State === 'down' || node.Spec.Availability === 'drain';
}
