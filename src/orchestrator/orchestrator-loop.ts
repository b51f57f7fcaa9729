import type { Clock } from '../base/clock.ts';
import type { NodeId, ServiceId, TaskId } from '../swarm/object.ts';
import { taskStateRank } from '../swarm/task-state.ts';
import type { Action } from './action.ts';
import { applyActions } from './apply-actions.ts';
import { orchestratorOf } from './reconcile/index.ts';
import {
  isInvalidNode,
  modeOf,
  setDesired,
  type ReconcileFacts,
} from './reconcile/reconciliation.ts';
import { hasEnded } from './reconcile/slots.ts';
import type { RestartSupervisor } from './restart/restart-supervisor.ts';
import type { Change, ChangeOf, Commit } from './store/commit.ts';
import type { Store } from './store/store.ts';
import type { StoredService, StoredTask } from './store/stored-object.ts';
import type { UpdateSupervisor } from './update/update-supervisor.ts';
import { Wakeup } from './wakeup.ts';

export interface OrchestratorLoopOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly restarts: RestartSupervisor;
  readonly updates: UpdateSupervisor;
  readonly newTaskId: () => TaskId;
}

const COMPLETE = taskStateRank('complete');

/**
 * Keeps every service's tasks as its mode demands: the drivers of `reconcile/`.
 *
 * Commits only mark what to look at. Work is done once the writer has returned, in this order:
 * removed services, nodes, ended tasks, services.
 * @source swarmkit manager/orchestrator/{replicated,global,jobs}; spec/orchestrator.md 6 to 8
 */
export class OrchestratorLoop {
  readonly #options: OrchestratorLoopOptions;
  readonly #wakeup: Wakeup;
  readonly #removedServices = new Set<ServiceId>();
  readonly #nodes = new Set<NodeId>();
  readonly #tasks = new Set<TaskId>();
  readonly #services = new Set<ServiceId>();

  constructor(options: OrchestratorLoopOptions) {
    this.#options = options;
    this.#wakeup = new Wakeup(options.clock, () => this.#run());
  }

  /** Looks at everything once. @source spec/orchestrator.md section 26 */
  resume(): void {
    const { view } = this.#options.store;
    for (const service of view.list('service')) this.#services.add(service.ID);
    for (const task of view.list('task')) {
      if (!view.get('service', task.ServiceID)) this.#removedServices.add(task.ServiceID);
      else if (this.#isLost(task)) this.#tasks.add(task.ID);
    }
    this.#wakeup.now();
  }

  /** Listens to a commit; quick, writes nothing. */
  observe(commit: Commit): void {
    let isMarked = false;
    for (const change of commit.changes) isMarked = this.#mark(change) || isMarked;
    if (isMarked) this.#wakeup.now();
  }

  stop(): void {
    this.#wakeup.stop();
  }

  #mark(change: Change): boolean {
    if (change.kind === 'task') return this.#markTask(change);
    if (change.kind === 'node') this.#nodes.add((change.object ?? change.old).ID);
    else if (change.kind !== 'service') return false;
    else if (change.action === 'remove') this.#removedServices.add(change.old.ID);
    else this.#services.add(change.object.ID);
    return true;
  }

  #markTask(change: ChangeOf<'task'>): boolean {
    if (change.action === 'remove') {
      if (taskStateRank(change.old.DesiredState) > COMPLETE) return false;
      this.#services.add(change.old.ServiceID);
      return true;
    }
    const task = change.object;
    if (!this.#isLost(task)) return false;
    this.#tasks.add(task.ID);
    if (task.JobIteration) this.#services.add(task.ServiceID);
    return true;
  }

  /** Whether a wanted task ended or has a node that cannot keep it. */
  #isLost(task: StoredTask): boolean {
    if (taskStateRank(task.DesiredState) > COMPLETE) return false;
    if (hasEnded(task)) return true;
    if (task.NodeID === undefined) return false;
    return isInvalidNode(this.#options.store.view.get('node', task.NodeID));
  }

  #run(): void {
    const removed = take(this.#removedServices);
    const nodes = take(this.#nodes);
    if (removed.length > 0 || nodes.length > 0) {
      this.#commit([
        ...removed.flatMap((id) => this.#removeTasks(id)),
        ...nodes.flatMap((id) => this.#visitNode(id)),
      ]);
    }
    this.#visitTasks(take(this.#tasks));
    for (const id of take(this.#services)) this.#visitService(id);
  }

  #removeTasks(id: ServiceId): readonly Action[] {
    return setDesired(this.#options.store.view.tasksByService(id), 'remove');
  }

  #visitNode(id: NodeId): readonly Action[] {
    const { view } = this.#options.store;
    const node = view.get('node', id);
    if (!node) return this.#forgetNode(id);
    if (isInvalidNode(node)) {
      for (const task of view.tasksByNode(id)) if (this.#isLost(task)) this.#tasks.add(task.ID);
    }
    const facts = this.#facts();
    return view
      .list('service')
      .flatMap((service) => orchestratorOf(service).onNode?.(node, service, facts) ?? []);
  }

  /** Tasks of global services go with their node; the others are replaced. */
  #forgetNode(id: NodeId): readonly Action[] {
    const { view } = this.#options.store;
    const actions: Action[] = [];
    for (const task of view.tasksByNode(id)) {
      const service = view.get('service', task.ServiceID);
      if (service && modeOf(service) === 'Global') {
        actions.push({ kind: 'delete-task', task: task.ID });
      } else if (this.#isLost(task)) this.#tasks.add(task.ID);
    }
    return actions;
  }

  #visitTasks(ids: readonly TaskId[]): void {
    const { store, restarts } = this.#options;
    const facts = this.#facts();
    const restart: TaskId[] = [];
    const shutDown: StoredTask[] = [];
    for (const id of ids) {
      const task = store.view.get('task', id);
      const service = task && store.view.get('service', task.ServiceID);
      if (!task || !service || !this.#isLost(task)) continue;
      if (orchestratorOf(service).restarts(task, service, facts)) restart.push(id);
      else if (modeOf(service) === 'Global') shutDown.push(task);
    }
    restarts.restart(restart);
    this.#commit(setDesired(shutDown, 'shutdown'));
  }

  #visitService(id: ServiceId): void {
    const { store, updates } = this.#options;
    const service = store.view.get('service', id);
    if (!service) return;
    const { actions, update } = orchestratorOf(service).reconcile(service, this.#facts());
    this.#commit(actions);
    if (update) updates.update(service, update);
  }

  #commit(actions: readonly Action[]): void {
    if (actions.length === 0) return;
    this.#options.store.update('orchestrator', (tx) => applyActions(tx, actions));
  }

  #facts(): ReconcileFacts {
    const { store, clock, newTaskId, restarts } = this.#options;
    return {
      view: store.view,
      now: clock.now(),
      newTaskId,
      shouldRestart: (task: StoredTask, service: StoredService) =>
        restarts.shouldRestart(task, service),
    };
  }
}

function take<T>(set: Set<T>): readonly T[] {
  const items = [...set];
  set.clear();
  return items;
}
