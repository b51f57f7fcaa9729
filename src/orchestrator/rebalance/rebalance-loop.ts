import type { Clock, Instant } from '../../base/clock.ts';
import type { ServiceId, TaskId } from '../../swarm/object.ts';
import { parseRebalance } from '../../swarm/rebalance-label.ts';
import { applyActions } from '../apply-actions.ts';
import type { Commit } from '../store/commit.ts';
import type { Store } from '../store/store.ts';
import type { StoredService } from '../store/stored-object.ts';
import { Wakeup } from '../wakeup.ts';
import { decideRebalance } from './decide-rebalance.ts';

export interface RebalanceLoopOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly newTaskId: () => TaskId;
}

/**
 * Drives `decideRebalance` for the services that ask for it; a cluster without any pays a look at
 * each service that changes.
 */
export class RebalanceLoop {
  readonly #options: RebalanceLoopOptions;
  readonly #wakeup: Wakeup;
  /** Services that ask for it, with when to look at them; undefined = not before something happens. */
  readonly #services = new Map<ServiceId, Instant | undefined>();

  constructor(options: RebalanceLoopOptions) {
    this.#options = options;
    this.#wakeup = new Wakeup(options.clock, () => this.#run());
  }

  /** Looks at everything once. */
  resume(): void {
    for (const service of this.#options.store.view.list('service')) this.#see(service);
  }

  /** Listens to a commit; quick, writes nothing. */
  observe(commit: Commit): void {
    for (const change of commit.changes) {
      if (change.kind === 'service') {
        if (change.action === 'remove') this.#services.delete(change.old.ID);
        else this.#see(change.object);
      } else if (this.#services.size === 0) continue;
      else if (change.kind === 'node') for (const id of this.#services.keys()) this.#mark(id);
      else if (change.kind === 'task') {
        const { ServiceID } = change.object ?? change.old;
        if (this.#services.has(ServiceID)) this.#mark(ServiceID);
      }
    }
  }

  stop(): void {
    this.#wakeup.stop();
  }

  #see(service: StoredService): void {
    if (parseRebalance(service.Spec.Labels) === undefined) this.#services.delete(service.ID);
    else this.#mark(service.ID);
  }

  #mark(id: ServiceId): void {
    this.#services.set(id, this.#options.clock.now());
    this.#wakeup.now();
  }

  #run(): void {
    const { store, clock, newTaskId } = this.#options;
    const now = clock.now();
    for (const [id, due] of this.#services) {
      const service = store.view.get('service', id);
      if (!service || due === undefined || due > now) continue;
      const facts = { view: store.view, now, newTaskId };
      const { actions, wakeAt } = decideRebalance(service, facts);
      this.#services.set(id, wakeAt);
      if (actions.length > 0) store.update('rebalancer', (tx) => applyActions(tx, actions));
    }
    const next = [...this.#services.values()].filter((due) => due !== undefined);
    if (next.length > 0) this.#wakeup.at(next.reduce((a, b) => (a < b ? a : b)));
  }
}
