import type { Clock } from '../../base/clock.ts';
import { formatTimestamp } from '../../base/timestamp.ts';
import type { NetworkId, ServiceId, TaskId } from '../../swarm/object.ts';
import type { Endpoint } from '../../swarm/service.ts';
import { isTerminal, taskStateRank } from '../../swarm/task-state.ts';
import type { Change, Commit } from '../store/commit.ts';
import type { Store } from '../store/store.ts';
import type { StoreView } from '../store/store-view.ts';
import type {
  StoredNetwork,
  StoredService,
  StoredTask,
  StoredTaskStatus,
} from '../store/stored-object.ts';
import type { Transaction } from '../store/transaction.ts';
import { Wakeup } from '../wakeup.ts';
import {
  allocateService,
  isServiceAllocated,
  networksOfService,
  releaseService,
} from './allocate-service.ts';
import { allocateTask, releaseAttachments } from './allocate-task.ts';
import { isNetworkAllocated, NetworkBooks } from './network-books.ts';
import { PortSpace } from './port-space.ts';

/** What the allocator works with. */
export interface AllocatorPorts {
  readonly store: Store;
  readonly clock: Clock;
}

/**
 * Gives networks their subnets, services their ports and virtual IPs, tasks their addresses, and
 * moves tasks from new to pending.
 *
 * Order of a turn: networks, services, tasks; each in the order in which they asked. What cannot be
 * had waits, with the reason in the `Err` of the tasks concerned, until something it waits for is
 * freed. Nothing is retried without such a reason, so nobody polls.
 * @source swarmkit manager/allocator; spec/orchestrator.md section 9. Deviates: D-0003
 */
export class Allocator {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #wakeup: Wakeup;
  readonly #books = { ports: new PortSpace(), networks: new NetworkBooks() };
  readonly #dirtyNetworks = new Set<NetworkId>();
  readonly #dirtyServices = new Set<ServiceId>();
  readonly #dirtyTasks = new Set<TaskId>();
  readonly #waitingNetworks = new Set<NetworkId>();
  readonly #waitingServices = new Map<ServiceId, string>();
  /** By the service or network that must change first. */
  readonly #waitingTasks = new Map<ServiceId | NetworkId, Set<TaskId>>();

  constructor({ store, clock }: AllocatorPorts) {
    this.#store = store;
    this.#clock = clock;
    this.#wakeup = new Wakeup(clock, () => this.#turn());
  }

  /** Begins with what the store holds; the returned function ends it. */
  start(): () => void {
    const { stop } = this.#store.viewAndWatch(
      (view) => this.#restore(view),
      (commit) => this.#note(commit),
    );
    return () => {
      stop();
      this.#wakeup.stop();
    };
  }

  /** Enters everything allocated into the books before anything new is taken. */
  #restore(view: StoreView): void {
    for (const network of view.list('network')) {
      if (isNetworkAllocated(network)) this.#books.networks.restore(network);
      else this.#dirtyNetworks.add(network.ID);
    }
    for (const service of view.list('service')) {
      this.#books.ports.restore(service.Endpoint?.Ports ?? []);
      for (const { NetworkID, Addr } of service.Endpoint?.VirtualIPs ?? []) {
        this.#books.networks.takeAddress(NetworkID, Addr);
      }
      this.#dirtyServices.add(service.ID);
    }
    for (const task of view.list('task')) {
      if (task.Status.State === 'new') this.#dirtyTasks.add(task.ID);
      if (!isTerminal(task.Status.State)) this.#takeAttachments(task);
    }
    this.#wake();
  }

  #takeAttachments(task: StoredTask): void {
    for (const { Network, Addresses } of task.NetworksAttachments ?? []) {
      for (const address of Addresses ?? []) this.#books.networks.takeAddress(Network.ID, address);
    }
  }

  #note(commit: Commit): void {
    if (commit.by === 'allocator') return;
    for (const change of commit.changes) this.#noteChange(change);
    this.#wake();
  }

  #noteChange(change: Change): void {
    switch (change.kind) {
      case 'task':
        this.#noteTask(change.object, change.old);
        return;
      case 'service':
        this.#noteService(change.object, change.old);
        return;
      case 'network':
        if (change.object) this.#dirtyNetworks.add(change.object.ID);
        else this.#forgetNetwork(change.old.ID);
        return;
      case 'cluster':
      case 'node':
      case 'secret':
      case 'config':
    }
  }

  /** Its subnet may be what another network waits for. */
  #forgetNetwork(id: NetworkId): void {
    this.#books.networks.remove(id);
    this.#waitingTasks.delete(id);
    for (const waiting of take(this.#waitingNetworks)) this.#dirtyNetworks.add(waiting);
  }

  #noteTask(task: StoredTask | undefined, old: StoredTask | undefined): void {
    if (task && !old && task.Status.State === 'new') this.#dirtyTasks.add(task.ID);
    const wasHolding = old !== undefined && !isTerminal(old.Status.State);
    const isHolding = task !== undefined && !isTerminal(task.Status.State);
    if (wasHolding && !isHolding) this.#release(old);
  }

  #release(task: StoredTask): void {
    if (!task.NetworksAttachments) return;
    releaseAttachments(task.NetworksAttachments, this.#books.networks);
    for (const { Network, Addresses } of task.NetworksAttachments) {
      this.#retryTasks(Network.ID, Addresses?.length ?? 0);
    }
    this.#retryServices();
  }

  #noteService(service: StoredService | undefined, old: StoredService | undefined): void {
    if (service) {
      if (service.Spec !== old?.Spec) this.#dirtyServices.add(service.ID);
      return;
    }
    if (!old) return;
    this.#waitingServices.delete(old.ID);
    this.#waitingTasks.delete(old.ID);
    if (!old.Endpoint) return;
    releaseService(old, this.#books);
    for (const { NetworkID } of old.Endpoint.VirtualIPs ?? []) this.#retryTasks(NetworkID, 1);
    this.#retryServices();
  }

  #retryServices(): void {
    for (const id of this.#waitingServices.keys()) this.#dirtyServices.add(id);
  }

  /** Lets as many tasks try again as there is now room for. */
  #retryTasks(key: ServiceId | NetworkId, count: number): void {
    const waiting = this.#waitingTasks.get(key);
    if (!waiting) return;
    let left = count;
    for (const id of waiting) {
      if (left <= 0) break;
      left -= 1;
      waiting.delete(id);
      this.#dirtyTasks.add(id);
    }
    if (waiting.size === 0) this.#waitingTasks.delete(key);
  }

  #wake(): void {
    if (this.#dirtyNetworks.size + this.#dirtyServices.size + this.#dirtyTasks.size > 0) {
      this.#wakeup.now();
    }
  }

  #turn(): void {
    this.#store.update('allocator', (tx) => {
      for (const id of take(this.#dirtyNetworks)) this.#allocateNetwork(tx, id);
      for (const id of take(this.#dirtyServices)) this.#allocateService(tx, id);
      this.#allocateTasks(tx, take(this.#dirtyTasks));
    });
    this.#wake();
  }

  #allocateNetwork(tx: Transaction, id: NetworkId): void {
    const network = tx.view.get('network', id);
    if (!network || isNetworkAllocated(network)) return;
    const allocated = this.#books.networks.allocate(network, tx.view.list('cluster')[0]);
    if (!allocated) {
      this.#waitingNetworks.add(id);
      return;
    }
    this.#books.networks.restore(tx.update('network', allocated));
    for (const service of tx.view.servicesByNetwork(id)) this.#dirtyServices.add(service.ID);
    this.#retryServices();
  }

  #allocateService(tx: Transaction, id: ServiceId): void {
    const service = tx.view.get('service', id);
    if (!service) return;
    if (!isServiceAllocated(service, tx.view)) {
      const result = allocateService(service, this.#books, tx.view);
      if (result.kind === 'refused') {
        this.#waitingServices.set(id, result.reason);
        return;
      }
      tx.update('service', { ...service, Endpoint: result.endpoint });
      this.#noteFreed(service, result.endpoint);
    }
    this.#waitingServices.delete(id);
    this.#retryTasks(id, Infinity);
  }

  /** What an update of the service gave up, others may wait for. */
  #noteFreed({ Endpoint }: StoredService, next: Endpoint): void {
    if (!Endpoint) return;
    const kept = new Set((next.VirtualIPs ?? []).map((one) => one.NetworkID));
    for (const { NetworkID } of Endpoint.VirtualIPs ?? []) {
      if (!kept.has(NetworkID)) this.#retryTasks(NetworkID, 1);
    }
    this.#retryServices();
  }

  #allocateTasks(tx: Transaction, ids: readonly TaskId[]): void {
    const now = this.#clock.now();
    const pending: StoredTaskStatus = {
      Timestamp: formatTimestamp(now),
      State: 'pending',
      Message: 'pending task scheduling',
      AppliedAt: now,
    };
    const networks = new Map<ServiceId, readonly StoredNetwork[]>();
    for (const id of ids) {
      const task = tx.view.get('task', id);
      if (task?.Status.State !== 'new' || isUnwanted(task)) continue;
      const service = tx.view.get('service', task.ServiceID);
      if (!service && task.ServiceID) continue;
      if (!networks.has(task.ServiceID)) {
        networks.set(task.ServiceID, service ? networksOfService(service, tx.view) : []);
      }
      this.#allocateTask(tx, task, {
        pending,
        service,
        networks: networks.get(task.ServiceID) ?? [],
      });
    }
  }

  #allocateTask(
    tx: Transaction,
    task: StoredTask,
    { pending, service, networks }: TaskContext,
  ): void {
    const reason = this.#waitingServices.get(task.ServiceID);
    if (reason !== undefined) {
      this.#wait(tx, task, { key: task.ServiceID, reason });
      return;
    }
    const result = allocateTask(networks, this.#books.networks);
    if (result.kind === 'refused') {
      this.#wait(tx, task, { key: result.network, reason: result.reason });
      return;
    }
    tx.update('task', {
      ...task,
      Status: pending,
      ...(service?.Endpoint && { Endpoint: service.Endpoint }),
      ...(result.attachments.length > 0 && { NetworksAttachments: result.attachments }),
    });
  }

  /** Deviates: SwarmKit leaves such tasks new without a word (Q5). */
  #wait(
    tx: Transaction,
    task: StoredTask,
    { key, reason }: { readonly key: ServiceId | NetworkId; readonly reason: string },
  ): void {
    const waiting = this.#waitingTasks.get(key) ?? new Set();
    waiting.add(task.ID);
    this.#waitingTasks.set(key, waiting);
    if (task.Status.Err !== reason) {
      tx.update('task', { ...task, Status: { ...task.Status, Err: reason } });
    }
  }
}

interface TaskContext {
  readonly pending: StoredTaskStatus;
  readonly service: StoredService | undefined;
  readonly networks: readonly StoredNetwork[];
}

function isUnwanted(task: StoredTask): boolean {
  return taskStateRank(task.DesiredState) > taskStateRank('complete');
}

/** Empties a set and gives what was in it. */
function take<T>(set: Set<T>): readonly T[] {
  const items = [...set];
  set.clear();
  return items;
}
