import { toInstant, type VirtualClock } from '../../src/base/clock.ts';
import type { Node } from '../../src/swarm/node.ts';
import type { ServiceId, TaskId } from '../../src/swarm/object.ts';
import type {
  Service,
  ServiceStatus,
  TaskSpec,
  UpdateConfig,
  UpdateState,
} from '../../src/swarm/service.ts';
import { isTerminal, type TaskState } from '../../src/swarm/task-state.ts';
import type { Task } from '../../src/swarm/task.ts';

/** What tasks of an image do. */
export type ImageBehaviour =
  /** Reaches running after `afterMs` (default 300) and stays. */
  | { readonly kind: 'runs'; readonly afterMs?: number }
  /** Runs, then exits with `code` after `afterMs` of running (default 100). */
  | {
      readonly kind: 'exits';
      readonly code: number;
      readonly afterMs?: number;
      /** Default `task: non-zero exit (code)`. */
      readonly error?: string;
    }
  /** The node refuses it: `Err` says why, e.g. `No such image: nope:1`. */
  | { readonly kind: 'rejected'; readonly error: string }
  /** Never gets a node: `Err` says why, e.g. `no suitable node (…)`. */
  | { readonly kind: 'pending'; readonly error: string };

interface Cluster {
  readonly clock: VirtualClock;
  readonly nodes: readonly Node[];
  readonly services: Map<string, Service>;
  readonly stamp: () => {
    readonly Version: { readonly Index: number };
    readonly UpdatedAt: string;
  };
  readonly newId: () => string;
}

/** A place for one task: a slot number, or the node of a global service. */
interface Position {
  readonly slot?: number;
  readonly nodeId?: Node['ID'];
}

const DEFAULT_UPDATE: UpdateConfig = { Parallelism: 1 };
const STOP_MS = 100;
const NS_PER_MS = 1e6;
const DEFAULT_DELAY_MS = 5000;

const MESSAGES: Readonly<Partial<Record<TaskState, string>>> = {
  new: 'created',
  pending: 'pending task scheduling',
  assigned: 'scheduler assigned task to node',
  preparing: 'preparing',
  starting: 'starting',
  running: 'started',
  complete: 'finished',
  shutdown: 'shutdown',
};

/** Turns services of the fake engine into tasks, in virtual time. Placement is round robin. */
export class FakeOrchestrator {
  readonly behaviours = new Map<string, ImageBehaviour>();
  readonly tasks = new Map<string, Task>();
  readonly #cluster: Cluster;
  /** Bumped by every write to a service, so that timers of an older update do nothing. */
  readonly #generations = new Map<string, number>();
  readonly #labels = new Map<string, Readonly<Record<string, string>>>();
  #placed = 0;

  constructor(cluster: Cluster) {
    this.#cluster = cluster;
  }

  /** Labels of a service, also after it was removed: its tasks outlive it. */
  labelsOf(id: ServiceId): Readonly<Record<string, string>> {
    return this.#cluster.services.get(id)?.Spec.Labels ?? this.#labels.get(id) ?? {};
  }

  isUpToDate(task: Task, service: Service): boolean {
    return JSON.stringify(task.Spec) === JSON.stringify(service.Spec.TaskTemplate);
  }

  statusOf(service: Service): ServiceStatus {
    const own = this.#tasksOf(service.ID);
    const count = (state: TaskState): number =>
      own.filter((one) => one.Status.State === state).length;
    return {
      RunningTasks: count('running'),
      DesiredTasks: this.#positions(service).length,
      CompletedTasks: isJob(service) ? count('complete') : 0,
    };
  }

  /** Brings tasks in line with the service's spec, from now on. */
  reconcile(id: ServiceId, isRollback: boolean): void {
    const service = this.#cluster.services.get(id);
    if (!service) return;
    const generation = (this.#generations.get(id) ?? 0) + 1;
    this.#generations.set(id, generation);
    this.#labels.set(id, service.Spec.Labels ?? {});
    const positions = this.#positions(service);
    const wanted = new Set(positions.map(keyOf));
    const live = this.#liveTasks(id);
    for (const task of live) {
      if (!wanted.has(keyOf(positionOf(task)))) this.#stop(task, 'remove');
    }
    const held = new Map(live.map((task) => [keyOf(positionOf(task)), task]));
    for (const position of positions) {
      if (!held.has(keyOf(position))) this.#start(service, position);
    }
    const dirty = positions.filter((position) => {
      const task = held.get(keyOf(position));
      return task !== undefined && !this.isUpToDate(task, service);
    });
    if (dirty.length === 0) return;
    this.#setUpdate(id, isRollback ? 'rollback_started' : 'updating');
    this.#updateNext({ id, generation, isRollback, left: dirty, total: dirty.length, failed: 0 });
  }

  removeTasksOf(id: ServiceId): void {
    this.#generations.delete(id);
    for (const task of this.#tasksOf(id)) this.#stop(task, 'remove');
  }

  #positions(service: Service): readonly Position[] {
    const mode = service.Spec.Mode ?? {};
    if (mode.Global || mode.GlobalJob) {
      return this.#cluster.nodes
        .filter((node) => node.Spec.Availability !== 'drain' && node.Status.State === 'ready')
        .map((node) => ({ nodeId: node.ID }));
    }
    const count = mode.ReplicatedJob?.TotalCompletions ?? mode.Replicated?.Replicas ?? 1;
    return Array.from({ length: count }, (_, index) => ({
      slot: mode.ReplicatedJob ? index : index + 1,
    }));
  }

  #tasksOf(id: ServiceId): readonly Task[] {
    return [...this.tasks.values()].filter((one) => one.ServiceID === id);
  }

  #liveTasks(id: ServiceId): readonly Task[] {
    return this.#tasksOf(id).filter(
      (one) => one.DesiredState === 'running' || one.DesiredState === 'complete',
    );
  }

  #updateNext(update: RollingUpdate): void {
    const service = this.#current(update);
    if (!service) return;
    const config = configOf(service, update.isRollback);
    const batch = config.Parallelism === 0 ? update.left.length : config.Parallelism;
    const now = update.left.slice(0, batch);
    const left = update.left.slice(batch);
    let waiting = now.length;
    let failed = update.failed;
    const done = (isFailure: boolean): void => {
      waiting -= 1;
      if (isFailure) failed += 1;
      if (failed / update.total > (config.MaxFailureRatio ?? 0) && this.#giveUp(update, config)) {
        return;
      }
      if (waiting > 0) return;
      const next = { ...update, left, failed };
      const delayMs = left.length > 0 ? msOf(config.Delay, 0) : msOf(config.Monitor, 5000);
      this.#after(delayMs, () => {
        if (left.length > 0) this.#updateNext(next);
        else if (this.#current(next)) this.#finish(next);
      });
    };
    for (const position of now) {
      for (const old of this.#liveTasks(update.id)) {
        if (keyOf(positionOf(old)) === keyOf(position)) this.#stop(old, 'shutdown');
      }
      this.#after(STOP_MS, () => {
        if (this.#current(update)) this.#start(service, position, done);
      });
    }
  }

  /** The service, while this update is still the newest. */
  #current(update: RollingUpdate): Service | undefined {
    if (this.#generations.get(update.id) !== update.generation) return undefined;
    return this.#cluster.services.get(update.id);
  }

  #finish(update: RollingUpdate): void {
    this.#setUpdate(update.id, update.isRollback ? 'rollback_completed' : 'completed');
  }

  /** Obeys FailureAction; false when the update goes on. */
  #giveUp(update: RollingUpdate, config: UpdateConfig): boolean {
    const service = this.#current(update);
    if (!service) return true;
    const action = config.FailureAction ?? 'pause';
    if (action === 'continue') return false;
    if (action === 'pause' || update.isRollback || !service.PreviousSpec) {
      this.#setUpdate(update.id, update.isRollback ? 'rollback_paused' : 'paused');
      this.#generations.set(update.id, update.generation + 1);
      return true;
    }
    this.#cluster.services.set(update.id, {
      ...service,
      ...this.#cluster.stamp(),
      Spec: service.PreviousSpec,
      PreviousSpec: service.Spec,
    });
    this.reconcile(update.id, true);
    return true;
  }

  #setUpdate(id: ServiceId, state: UpdateState): void {
    const service = this.#cluster.services.get(id);
    if (!service) return;
    const stamp = this.#cluster.stamp();
    const isOver = state === 'completed' || state === 'rollback_completed';
    this.#cluster.services.set(id, {
      ...service,
      ...stamp,
      UpdateStatus: {
        State: state,
        StartedAt: service.UpdateStatus?.StartedAt ?? stamp.UpdatedAt,
        ...(isOver && { CompletedAt: stamp.UpdatedAt }),
        Message: UPDATE_MESSAGES[state],
      },
    });
  }

  /** Creates a task; `done` hears once whether it got to run. */
  #start(service: Service, position: Position, done?: (isFailure: boolean) => void): void {
    const id = this.#cluster.newId() as TaskId;
    const { stamp, clock } = this.#cluster;
    const written = stamp();
    const template: TaskSpec = service.Spec.TaskTemplate;
    this.tasks.set(id, {
      ID: id,
      ...written,
      CreatedAt: new Date(clock.now()).toISOString(),
      Labels: {},
      Spec: template,
      ServiceID: service.ID,
      ...(position.slot !== undefined && { Slot: position.slot }),
      ...(position.nodeId !== undefined && { NodeID: position.nodeId }),
      Status: { Timestamp: written.UpdatedAt, State: 'pending', Message: MESSAGES.pending ?? '' },
      DesiredState: isJob(service) ? 'complete' : 'running',
    });
    const behaviour = this.behaviours.get(template.ContainerSpec?.Image ?? '') ?? { kind: 'runs' };
    if (behaviour.kind === 'pending') {
      this.#setState(id, 'pending', { error: behaviour.error });
      return;
    }
    this.#after(100, () => {
      this.#assign(id);
      if (behaviour.kind === 'rejected') this.#end(id, 'rejected', behaviour.error, done);
    });
    if (behaviour.kind === 'rejected') return;
    const startMs = (behaviour.kind === 'runs' ? behaviour.afterMs : undefined) ?? 300;
    this.#after(Math.max(startMs - 100, 150), () => this.#setState(id, 'preparing', {}));
    this.#after(startMs, () => {
      const didRun = this.#setState(id, 'running', {});
      if (behaviour.kind === 'runs' && didRun) done?.(false);
    });
    if (behaviour.kind !== 'exits') return;
    this.#after(startMs + (behaviour.afterMs ?? 100), () => {
      if (behaviour.code === 0) this.#end(id, 'complete', undefined, done);
      else {
        const error = behaviour.error ?? `task: non-zero exit (${behaviour.code})`;
        this.#end(id, 'failed', error, done);
      }
    });
  }

  #assign(id: TaskId): void {
    const task = this.tasks.get(id);
    if (!task) return;
    const usable = this.#cluster.nodes.filter(
      (node) => node.Spec.Availability === 'active' && node.Status.State === 'ready',
    );
    const node = usable[this.#placed % Math.max(usable.length, 1)];
    this.#placed += 1;
    if (node && task.NodeID === undefined) this.tasks.set(id, { ...task, NodeID: node.ID });
    this.#setState(id, 'assigned', {});
  }

  /** A task ended by itself: restart it as its policy says. */
  #end(
    id: TaskId,
    state: TaskState,
    error: string | undefined,
    done?: (isFailure: boolean) => void,
  ): void {
    const exitCode = state === 'complete' ? 0 : 1;
    if (!this.#setState(id, state, { error, exitCode })) return;
    done?.(state !== 'complete');
    const task = this.tasks.get(id);
    const service = task && this.#cluster.services.get(task.ServiceID);
    if (!task || !service || isJob(service)) return;
    const policy = service.Spec.TaskTemplate.RestartPolicy;
    const condition = policy?.Condition ?? 'any';
    if (condition === 'none' || (condition === 'on-failure' && state === 'complete')) return;
    const ended = this.#tasksOf(service.ID).filter(
      (one) => keyOf(positionOf(one)) === keyOf(positionOf(task)) && isTerminal(one.Status.State),
    );
    const limit = policy?.MaxAttempts ?? 0;
    if (limit > 0 && ended.length > limit) return;
    this.tasks.set(id, { ...task, DesiredState: 'shutdown' });
    this.#after(msOf(policy?.Delay, DEFAULT_DELAY_MS), () => {
      const current = this.#cluster.services.get(service.ID);
      const isHeld = this.#liveTasks(service.ID).some(
        (one) => keyOf(positionOf(one)) === keyOf(positionOf(task)),
      );
      if (current && !isHeld) this.#start(current, positionOf(task));
    });
  }

  #stop(task: Task, desired: 'shutdown' | 'remove'): void {
    this.tasks.set(task.ID, { ...task, DesiredState: desired });
    this.#after(STOP_MS, () => {
      if (desired === 'remove') this.tasks.delete(task.ID);
      else this.#setState(task.ID, 'shutdown', { exitCode: 0 });
    });
  }

  /** Moves a task on; false when it already ended or is gone. */
  #setState(
    id: TaskId,
    state: TaskState,
    more: { readonly error?: string | undefined; readonly exitCode?: number },
  ): boolean {
    const task = this.tasks.get(id);
    if (!task || isTerminal(task.Status.State)) return false;
    const stamp = this.#cluster.stamp();
    this.tasks.set(id, {
      ...task,
      ...stamp,
      Status: {
        Timestamp: stamp.UpdatedAt,
        State: state,
        Message: MESSAGES[state] ?? state,
        ...(more.error !== undefined && { Err: more.error }),
        ...(more.exitCode !== undefined && { ContainerStatus: { ExitCode: more.exitCode } }),
      },
    });
    return true;
  }

  #after(delayMs: number, run: () => void): void {
    this.#cluster.clock.at(toInstant(this.#cluster.clock.now() + delayMs), run);
  }
}

interface RollingUpdate {
  readonly id: ServiceId;
  readonly generation: number;
  readonly isRollback: boolean;
  readonly left: readonly Position[];
  readonly total: number;
  readonly failed: number;
}

const FAILED = 'due to failure or early termination of task';
const UPDATE_MESSAGES: Readonly<Record<UpdateState, string>> = {
  updating: 'update in progress',
  paused: `update paused ${FAILED} fake`,
  completed: 'update completed',
  rollback_started: `update rolled back ${FAILED} fake`,
  rollback_paused: `rollback paused ${FAILED} fake`,
  rollback_completed: 'rollback completed',
};

function configOf(service: Service, isRollback: boolean): UpdateConfig {
  const { UpdateConfig: update, RollbackConfig: rollback } = service.Spec;
  return (isRollback ? rollback : update) ?? DEFAULT_UPDATE;
}

function isJob(service: Service): boolean {
  const mode = service.Spec.Mode ?? {};
  return mode.ReplicatedJob !== undefined || mode.GlobalJob !== undefined;
}

function positionOf(task: Task): Position {
  if (task.Slot !== undefined) return { slot: task.Slot };
  return task.NodeID === undefined ? {} : { nodeId: task.NodeID };
}

function keyOf(position: Position): string {
  return position.nodeId ?? String(position.slot);
}

function msOf(ns: number | undefined, fallbackMs: number): number {
  return ns === undefined ? fallbackMs : ns / NS_PER_MS;
}
