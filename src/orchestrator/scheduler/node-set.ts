import type { Instant } from '../../base/clock.ts';
import type { GenericResource, NodeId, ServiceId, TaskId } from '../../swarm/object.ts';
import type { Division } from './division.ts';
import type { SchedulableNode } from './node-facts.ts';
import { NodeInfo } from './node-info.ts';
import type { PlacementRequest, Reservation } from './placement-request.ts';
import type { Topology } from './topology.ts';
import { TopologyCache } from './topology-cache.ts';

/** A task that holds its node's resources. */
export interface Booking {
  readonly node: NodeId;
  readonly service: ServiceId;
  readonly reservation: Reservation;
  /** Desired state at most COMPLETE: it counts as a task of the node. */
  readonly active: boolean;
  /** What was claimed when it was assigned; chosen now when absent. */
  readonly generic?: readonly GenericResource[] | undefined;
}

interface HeldBooking {
  readonly info: NodeInfo;
  readonly service: ServiceId;
  readonly reservation: Reservation;
  readonly generic: readonly GenericResource[];
  active: boolean;
}

/** Service and spec version: what failures are counted by. */
type FailureKind = Pick<PlacementRequest, 'service'> & {
  readonly specVersion?: number | undefined;
};

/** Failures from which a node is put last. @source swarmkit manager/scheduler/scheduler.go maxFailures */
const MAX_FAILURES = 5;

const NO_NODES: ReadonlySet<NodeInfo> = new Set();
const NO_PENALTIES: ReadonlyMap<NodeInfo, number> = new Map();

/**
 * The cluster as the scheduler sees it: every node with what its tasks take, kept up to date change
 * by change, so that a decision costs nothing for the nodes it does not look at.
 * @source swarmkit manager/scheduler/nodeset.go
 */
export class NodeSet {
  readonly #infos = new Map<NodeId, NodeInfo>();
  readonly #bookings = new Map<TaskId, HeldBooking>();
  readonly #nodesByService = new Map<ServiceId, Set<NodeInfo>>();
  readonly #failingByKind = new Map<string, Set<NodeInfo>>();
  readonly #topologies = new TopologyCache();
  readonly #refusals = new Map<string, string>();
  #room = 0;
  #inOrder: readonly NodeInfo[] | undefined;
  readonly #compareIds: ((a: string, b: string) => number) | undefined;
  #joins = 0;

  /** @param compareIds - which of two equally good nodes comes first; default who joined first */
  constructor(compareIds?: (a: string, b: string) => number) {
    this.#compareIds = compareIds;
  }

  /** Grows whenever something that was refused might now be accepted. */
  get room(): number {
    return this.#room;
  }

  /**
   * Explanations of demands that fit nowhere, by demand; emptied by every change.
   *
   * Invariant: what was refused is refused again, with the same counts, until something changes.
   */
  get refusals(): Map<string, string> {
    return this.#refusals;
  }

  /** Adds a node, or takes over its new description. */
  setNode(node: SchedulableNode): void {
    const info = this.#infoOf(node.ID);
    const before = info.node;
    info.describe(node);
    this.#room += 1;
    this.#refusals.clear();
    if (before) this.#topologies.describe(info, before, node);
    else {
      info.joined = this.#joins += 1;
      this.#inOrder = undefined;
    }
  }

  /** Takes a node out; bookings of its tasks are kept until those are released. */
  removeNode(id: NodeId): void {
    const info = this.#infos.get(id);
    if (!info?.node) return;
    info.describe(undefined);
    this.#refusals.clear();
    this.#inOrder = undefined;
    if (info.isForgettable) this.#infos.delete(id);
  }

  /** Undefined for a node that was never described or has been removed. */
  nodeOf(id: NodeId): NodeInfo | undefined {
    const info = this.#infos.get(id);
    return info?.node ? info : undefined;
  }

  /** All described nodes, in order of joining unless told otherwise. */
  nodes(): readonly NodeInfo[] {
    if (!this.#inOrder) {
      this.#inOrder = [...this.#infos.values()]
        .filter((info) => info.node !== undefined)
        .sort((a, b) => this.#compareIds?.(a.id, b.id) ?? a.joined - b.joined);
      for (const [order, info] of this.#inOrder.entries()) info.order = order;
      this.#topologies.reset(this.#inOrder);
    }
    return this.#inOrder;
  }

  /**
   * Takes over whether a task booked on the node still counts as one of its tasks.
   * @returns false when the task is not booked there
   */
  setActive(task: TaskId, node: NodeId, active: boolean): boolean {
    const held = this.#bookings.get(task);
    if (held?.info.id !== node) return false;
    if (held.active === active) return true;
    this.#countActive(held, active);
    this.#touch(held.info);
    if (!active) this.#room += 1;
    return true;
  }

  /**
   * Books what a task takes; what it had booked before is released.
   * @returns the units of each generic resource that are now its own
   */
  book(task: TaskId, booking: Booking): readonly GenericResource[] {
    const before = this.#bookings.get(task);
    if (before) this.release(task);
    const info = this.#infoOf(booking.node);
    const generic = booking.generic ?? info.claim(booking.reservation);
    const { service, reservation } = booking;
    const held: HeldBooking = { info, service, reservation, generic, active: false };
    info.book(reservation, generic, 1);
    this.#bookings.set(task, held);
    if (booking.active) this.#countActive(held, true);
    this.#touch(info);
    return generic;
  }

  /** Frees what a task took; false when it held nothing. */
  release(task: TaskId): boolean {
    const held = this.#bookings.get(task);
    if (!held) return false;
    const { info } = held;
    this.#room += 1;
    this.#bookings.delete(task);
    info.book(held.reservation, held.generic, -1);
    if (held.active) this.#countActive(held, false);
    this.#touch(info);
    if (info.isForgettable) this.#infos.delete(info.id);
    return true;
  }

  /** The node that a task is booked on. */
  nodeOfTask(task: TaskId): NodeId | undefined {
    return this.#bookings.get(task)?.info.id;
  }

  /** Nodes with active tasks of the service, in no particular order. */
  nodesRunning(service: ServiceId): ReadonlySet<NodeInfo> {
    return this.#nodesByService.get(service) ?? NO_NODES;
  }

  /** Remembers that a task of this kind failed on the node. */
  recordFailure(failed: FailureKind, node: NodeId, now: Instant): void {
    const info = this.#infos.get(node);
    if (!info) return;
    const kind = failureKind(failed);
    info.recordFailure(kind, now);
    addToGroup(this.#failingByKind, kind, info);
  }

  /** How often tasks of this kind failed on the node within five minutes. */
  recentFailures(failed: FailureKind, node: NodeId, now: Instant): number {
    return this.#infos.get(node)?.recentFailures(failureKind(failed), now) ?? 0;
  }

  /**
   * Failure counts of the nodes that come last for this kind: five or more in five minutes.
   * @source spec/orchestrator.md 10.5
   */
  penalties(wanted: FailureKind, now: Instant): ReadonlyMap<NodeInfo, number> {
    if (this.#failingByKind.size === 0) return NO_PENALTIES;
    const kind = failureKind(wanted);
    const failing = this.#failingByKind.get(kind);
    if (!failing) return NO_PENALTIES;
    const penalties = new Map<NodeInfo, number>();
    for (const info of failing) {
      const failures = info.recentFailures(kind, now);
      if (failures === 0) removeFromGroup(this.#failingByKind, kind, info);
      if (failures >= MAX_FAILURES) penalties.set(info, failures);
    }
    return penalties;
  }

  /** The nodes, divided, with present loads. */
  topology(division: Division): Topology {
    this.nodes();
    return this.#topologies.get(division);
  }

  #infoOf(id: NodeId): NodeInfo {
    const known = this.#infos.get(id);
    if (known) return known;
    const info = new NodeInfo(id);
    this.#infos.set(id, info);
    return info;
  }

  #touch(info: NodeInfo): void {
    this.#topologies.touch(info);
    if (this.#refusals.size > 0) this.#refusals.clear();
  }

  #countActive(held: HeldBooking, active: boolean): void {
    const { info, service } = held;
    held.active = active;
    const left = info.countActive(service, active ? 1 : -1);
    if (active && left === 1) addToGroup(this.#nodesByService, service, info);
    if (left === 0) removeFromGroup(this.#nodesByService, service, info);
  }
}

function failureKind({ service, specVersion }: FailureKind): string {
  return `${service}@${specVersion ?? ''}`;
}

function addToGroup<K, V>(groups: Map<K, Set<V>>, key: K, value: V): void {
  const group = groups.get(key);
  if (group) group.add(value);
  else groups.set(key, new Set([value]));
}

function removeFromGroup<K, V>(groups: Map<K, Set<V>>, key: K, value: V): void {
  const group = groups.get(key);
  group?.delete(value);
  if (group?.size === 0) groups.delete(key);
}
