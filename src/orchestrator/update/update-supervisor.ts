import type { Clock } from '../../base/clock.ts';
import type { ServiceId, TaskId } from '../../swarm/object.ts';
import { isSameMessage } from '../../swarm/same-message.ts';
import type { Decision } from '../action.ts';
import { applyActions } from '../apply-actions.ts';
import type { Slot } from '../reconcile/slots.ts';
import type { RestartSupervisor } from '../restart/restart-supervisor.ts';
import type { Commit } from '../store/commit.ts';
import type { Store } from '../store/store.ts';
import type { StoredService } from '../store/stored-object.ts';
import { Wakeup } from '../wakeup.ts';
import { beginUpdate, stepUpdate } from './step-update.ts';
import type { UpdateFacts, UpdateState } from './update-state.ts';

export interface UpdateSupervisorOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly restarts: RestartSupervisor;
  readonly newTaskId: () => TaskId;
}

/** How far an update has come, in slots. */
export interface UpdateProgress {
  /** Slots that were to be brought to the new spec. */
  readonly slots: number;
  /** Slots worked on now, those in the delay after their update included. */
  readonly underWay: number;
  /** Slots not begun yet. */
  readonly waiting: number;
  /** Slots worked on at most. */
  readonly parallelism: number;
  /** Tasks of this update that counted as failed. */
  readonly failures: number;
}

interface Running {
  readonly wakeup: Wakeup;
  /** Tasks that changed since the last step, in the order of change. */
  readonly touched: Set<TaskId>;
  state: UpdateState;
}

/**
 * Drives the updates of all services, at most one per service.
 *
 * Every change of a task reaches the one update it belongs to, so a step costs what changed and not
 * what there is.
 * @source swarmkit manager/orchestrator/update/updater.go (Supervisor)
 */
export class UpdateSupervisor {
  readonly #options: UpdateSupervisorOptions;
  readonly #updates = new Map<ServiceId, Running>();

  constructor(options: UpdateSupervisorOptions) {
    this.#options = options;
  }

  /** How far the update of a service has come; undefined without one. */
  progress(service: ServiceId): UpdateProgress | undefined {
    const state = this.#updates.get(service)?.state;
    if (!state) return undefined;
    return {
      slots: state.dirty.length,
      underWay: state.working.size + state.resting.length,
      waiting: state.dirty.length - state.next,
      parallelism: state.config.parallelism || state.dirty.length,
      failures: state.failures,
    };
  }

  /**
   * Brings slots to the service's spec.
   *
   * An update towards an equal spec goes on undisturbed; one towards another is dropped: what it
   * has begun stays as it is, and the new one looks at it afresh.
   */
  update(service: StoredService, slots: readonly Slot[]): void {
    const running = this.#updates.get(service.ID);
    if (running && isSameMessage(running.state.service.Spec, service.Spec)) return;
    this.#forget(service.ID);
    const decision = beginUpdate(service, slots, this.#facts());
    if (decision.state) {
      this.#updates.set(service.ID, {
        wakeup: new Wakeup(this.#options.clock, () => this.#step(service.ID)),
        touched: new Set(),
        state: decision.state,
      });
    }
    this.#carryOut(service.ID, decision);
  }

  /** Updates under way are taken up by the reconcile of their services. */
  resume(): void {}

  /** Listens to a commit; quick, writes nothing. */
  observe(commit: Commit): void {
    if (this.#updates.size === 0) return;
    for (const change of commit.changes) {
      if (change.kind === 'task') {
        const task = change.object ?? change.old;
        const running = this.#updates.get(task.ServiceID);
        if (!running) continue;
        running.touched.add(task.ID);
        running.wakeup.now();
      } else if (change.kind === 'service' && change.action === 'remove') {
        this.#forget(change.old.ID);
      }
    }
  }

  stop(): void {
    for (const id of this.#updates.keys()) this.#forget(id);
  }

  #step(id: ServiceId): void {
    const running = this.#updates.get(id);
    if (!running) return;
    const touched = [...running.touched];
    running.touched.clear();
    this.#carryOut(id, stepUpdate(running.state, touched, this.#facts()));
  }

  #carryOut(id: ServiceId, decision: Decision<UpdateState>): void {
    const { store, restarts } = this.#options;
    if (!decision.state) this.#forget(id);
    if (decision.actions.length > 0) {
      const starts = store.update('updater', (tx) => applyActions(tx, decision.actions));
      for (const start of starts) restarts.delayStart(start);
    }
    if (decision.wakeAt !== undefined) this.#updates.get(id)?.wakeup.at(decision.wakeAt);
  }

  #forget(id: ServiceId): void {
    this.#updates.get(id)?.wakeup.stop();
    this.#updates.delete(id);
  }

  #facts(): UpdateFacts {
    const { store, clock, newTaskId, restarts } = this.#options;
    return {
      view: store.view,
      now: clock.now(),
      newTaskId,
      shouldRestart: (task, service) => restarts.shouldRestart(task, service),
    };
  }
}
