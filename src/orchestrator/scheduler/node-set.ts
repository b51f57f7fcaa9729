import type { Instant } from '../../base/clock.ts';
import { compareStrings } from '../../base/compare.ts';
import { invariant } from '../../base/invariant.ts';
import type { GenericResource, NodeId, ServiceId, TaskId } from '../../swarm/object.ts';
import type { SchedulableNode } from './node-facts.ts';
import { NodeInfo } from './node-info.ts';
import type { PlacementRequest, Reservation } from './placement-request.ts';
import { Topology } from './topology.ts';

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

/** Failures from which a node is put last. @source swarmkit manager/scheduler/scheduler.go maxFailures */
const MAX_FAILURES = 5;

/** Spread lists whose topology is kept; a change of a node's load costs a little in each. */
const TOPOLOGIES_KEPT = 8;

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
  readonly #topologies = new Map<string, Topology>();
  #room = 0;
  /** Nodes whose load has changed since the topologies were brought up to date. */
  readonly #touched = new Set<NodeInfo>();
  #inIdOrder: readonly NodeInfo[] | undefined;

  /** Grows whenever something that was refused might now be accepted, and only then. */
  get room(): number {
    return this.#room;
  }

  /** Adds a node, or takes over its new description. */
  setNode(node: SchedulableNode): void {
    this.#room += 1;
    const info = this.#infoOf(node.ID);
    const before = info.node;
    info.describe(node);
    if (before && haveSameLabels(before, node)) this.#touched.add(info);
    else this.#forgetOrder();
  }

  /** Takes a node out; bookings of its tasks are kept until those are released. */
  removeNode(id: NodeId): void {
    const info = this.#infos.get(id);
    if (!info?.node) return;
    info.describe(undefined);
    this.#forgetOrder();
    if (info.isForgettable) this.#infos.delete(id);
  }

  /** Undefined for a node that was never described or has been removed. */
  nodeOf(id: NodeId): NodeInfo | undefined {
    const info = this.#infos.get(id);
    return info?.node ? info : undefined;
  }

  /** All described nodes in id order. */
  nodes(): readonly NodeInfo[] {
    if (!this.#inIdOrder) {
      this.#inIdOrder = [...this.#infos.values()]
        .filter((info) => info.node !== undefined)
        .sort((a, b) => compareStrings(a.id, b.id));
      for (const [order, info] of this.#inIdOrder.entries()) info.order = order;
    }
    return this.#inIdOrder;
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
    if (!active) this.#room += 1;
    return true;
  }

  /**
   * Books what a task takes; what it had booked before is released.
   * @returns the units of each generic resource that are now its own
   */
  book(task: TaskId, booking: Booking): readonly GenericResource[] {
    this.release(task);
    const info = this.#infoOf(booking.node);
    const generic = booking.generic ?? info.claim(booking.reservation);
    const { service, reservation } = booking;
    const next: HeldBooking = { info, service, reservation, generic, active: false };
    info.book(reservation, generic, 1);
    this.#bookings.set(task, next);
    if (booking.active) this.#countActive(next, true);
    this.#touched.add(info);
    return generic;
  }

  /** Frees what a task took; false when it held nothing. */
  release(task: TaskId): boolean {
    const held = this.#bookings.get(task);
    if (!held) return false;
    this.#room += 1;
    this.#bookings.delete(task);
    held.info.book(held.reservation, held.generic, -1);
    if (held.active) this.#countActive(held, false);
    this.#touched.add(held.info);
    if (held.info.isForgettable) this.#infos.delete(held.info.id);
    return true;
  }

  /** The node that a task is booked on. */
  nodeOfTask(task: TaskId): NodeId | undefined {
    return this.#bookings.get(task)?.info.id;
  }

  /** Nodes with active tasks of the service, in no particular order. */
  nodesRunning(service: ServiceId): ReadonlySet<NodeInfo> {
    return this.#nodesByService.get(service) ?? NONE;
  }

  /** Remembers that a task with this request failed on the node. */
  recordFailure(request: FailureKind, node: NodeId, now: Instant): void {
    const info = this.#infos.get(node);
    if (!info) return;
    const kind = failureKind(request);
    info.recordFailure(kind, now);
    addToGroup(this.#failingByKind, kind, info);
  }

  /**
   * Failure counts of the nodes that come last for this request: five or more in five minutes.
   * @source spec/orchestrator.md 10.5
   */
  penalties(request: FailureKind, now: Instant): ReadonlyMap<NodeInfo, number> {
    const kind = failureKind(request);
    const penalties = new Map<NodeInfo, number>();
    const failing = this.#failingByKind.get(kind);
    if (!failing) return penalties;
    for (const info of failing) {
      const failures = info.recentFailures(kind, now);
      if (failures === 0) failing.delete(info);
      if (failures >= MAX_FAILURES) penalties.set(info, failures);
    }
    if (failing.size === 0) this.#failingByKind.delete(kind);
    return penalties;
  }

  /** The nodes divided by the labels of a spread list, with present loads. */
  topology(spread: readonly string[]): Topology {
    const key = spread.join('\n');
    for (const info of this.#touched) {
      for (const topology of this.#topologies.values()) topology.refresh(info);
    }
    this.#touched.clear();
    const topology = this.#topologies.get(key) ?? new Topology(this.nodes(), spread);
    this.#topologies.delete(key);
    this.#topologies.set(key, topology);
    if (this.#topologies.size > TOPOLOGIES_KEPT) {
      const [oldest] = this.#topologies.keys();
      if (oldest !== undefined) this.#topologies.delete(oldest);
    }
    return topology;
  }

  #infoOf(id: NodeId): NodeInfo {
    invariant(id !== '', 'a node has an id');
    const info = this.#infos.get(id) ?? new NodeInfo(id);
    this.#infos.set(id, info);
    return info;
  }

  #forgetOrder(): void {
    this.#inIdOrder = undefined;
    this.#topologies.clear();
  }

  #countActive(held: HeldBooking, active: boolean): void {
    const { info, service } = held;
    held.active = active;
    info.countActive(service, active ? 1 : -1);
    this.#touched.add(info);
    if (active) addToGroup(this.#nodesByService, service, info);
    else if (info.activeTasksOf(service) === 0) {
      removeFromGroup(this.#nodesByService, service, info);
    }
  }
}

const NONE: ReadonlySet<NodeInfo> = new Set();

type FailureKind = Pick<PlacementRequest, 'service'> & {
  readonly specVersion?: number | undefined;
};

function failureKind({ service, specVersion }: FailureKind): string {
  return `${service}@${specVersion ?? ''}`;
}

function haveSameLabels(a: SchedulableNode, b: SchedulableNode): boolean {
  return (
    haveSameEntries(a.Spec.Labels, b.Spec.Labels) &&
    haveSameEntries(a.Description.Engine?.Labels, b.Description.Engine?.Labels)
  );
}

function haveSameEntries(
  a: Readonly<Record<string, string>> = {},
  b: Readonly<Record<string, string>> = {},
): boolean {
  if (a === b) return true;
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => a[key] === b[key]);
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
