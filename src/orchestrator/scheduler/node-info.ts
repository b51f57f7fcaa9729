import type { Instant } from '../../base/clock.ts';
import type { GenericResource, NodeId, ServiceId } from '../../swarm/object.ts';
import type { NodeFacts, SchedulableNode } from './node-facts.ts';
import { toNodeFacts, UNDESCRIBED } from './node-facts.ts';
import type { Reservation } from './placement-request.ts';

/** How long a failure counts against a node, ms. @source swarmkit manager/scheduler/nodeinfo.go monitorFailures */
const FAILURE_WINDOW_MS = 5 * 60_000;

const NOTHING: readonly GenericResource[] = [];

/**
 * One node as the scheduler sees it: what it is, what its tasks take, how they fared.
 *
 * Totals and bookings are kept apart, so a node may change, go and come back without a recount.
 * @source swarmkit manager/scheduler/nodeinfo.go
 */
export class NodeInfo {
  readonly id: NodeId;
  /** Undefined while only tasks tell of the node: not seen yet, or removed. */
  node: SchedulableNode | undefined;
  /** Counts up with every node that is described for the first time. */
  joined = 0;
  /** Position among the known nodes; the last tie-break. */
  order = 0;
  /** Tasks whose desired state is at most COMPLETE. */
  activeTasks = 0;
  /** What the node says of itself. */
  facts: NodeFacts = UNDESCRIBED;
  readonly #activeByService = new Map<ServiceId, number>();
  readonly #portUses = new Map<string, number>();
  readonly #genericUsed = new Map<string, number>();
  readonly #namesUsed = new Map<string, Set<string>>();
  readonly #failures = new Map<string, Instant[]>();
  #reservedNanoCpus = 0;
  #reservedMemoryBytes = 0;
  #bookings = 0;

  constructor(id: NodeId) {
    this.id = id;
  }

  /** Takes over what the node says of itself; bookings stay. */
  describe(node: SchedulableNode | undefined): void {
    this.node = node;
    this.facts = node ? toNodeFacts(node) : UNDESCRIBED;
  }

  get freeNanoCpus(): number {
    return this.facts.nanoCpus - this.#reservedNanoCpus;
  }

  get freeMemoryBytes(): number {
    return this.facts.memoryBytes - this.#reservedMemoryBytes;
  }

  /** Whether nothing is left that would be lost by forgetting the node. */
  get isForgettable(): boolean {
    return this.node === undefined && this.#bookings === 0;
  }

  freeGeneric(kind: string): number {
    return (this.facts.stock.get(kind)?.total ?? 0) - (this.#genericUsed.get(kind) ?? 0);
  }

  usesPort(port: string): boolean {
    return this.#portUses.has(port);
  }

  activeTasksOf(service: ServiceId): number {
    return this.#activeByService.get(service) ?? 0;
  }

  /** Chooses the units of each kind; named ones are the first free in list order. @source spec/orchestrator.md section 12 */
  claim({ generic }: Reservation): readonly GenericResource[] {
    if (generic.length === 0) return NOTHING;
    return generic.flatMap(({ kind, count }): GenericResource[] => {
      const names = this.facts.stock.get(kind)?.names ?? [];
      if (count <= 0) return [];
      if (names.length === 0) return [{ DiscreteResourceSpec: { Kind: kind, Value: count } }];
      const used = this.#namesUsed.get(kind);
      return names
        .filter((name) => used?.has(name) !== true)
        .slice(0, count)
        .map((Value) => ({ NamedResourceSpec: { Kind: kind, Value } }));
    });
  }

  /** Books (`sign` 1) or frees (-1) what a task takes; `claimed` are its generic resources. */
  book(reservation: Reservation, claimed: readonly GenericResource[], sign: 1 | -1): void {
    this.#bookings += sign;
    this.#reservedNanoCpus += sign * reservation.nanoCpus;
    this.#reservedMemoryBytes += sign * reservation.memoryBytes;
    for (const port of reservation.hostPorts) addTo(this.#portUses, port, sign);
    for (const resource of claimed) this.#bookGeneric(resource, sign);
  }

  /** Counts one more or one less active task; returns how many the service has here then. */
  countActive(service: ServiceId, sign: 1 | -1): number {
    this.activeTasks += sign;
    return addTo(this.#activeByService, service, sign);
  }

  /** Remembers that a task of this kind (service and spec version) failed here. */
  recordFailure(kind: string, now: Instant): void {
    const times = this.#failures.get(kind) ?? [];
    this.#failures.set(kind, [...times.filter((time) => isRecent(time, now)), now]);
  }

  /** Failures of the kind within the last five minutes. */
  recentFailures(kind: string, now: Instant): number {
    return (this.#failures.get(kind) ?? []).filter((time) => isRecent(time, now)).length;
  }

  #bookGeneric(resource: GenericResource, sign: 1 | -1): void {
    if ('DiscreteResourceSpec' in resource) {
      const { Kind, Value } = resource.DiscreteResourceSpec;
      addTo(this.#genericUsed, Kind, sign * Value);
      return;
    }
    const { Kind, Value } = resource.NamedResourceSpec;
    addTo(this.#genericUsed, Kind, sign);
    const used = this.#namesUsed.get(Kind) ?? new Set();
    if (sign === 1) used.add(Value);
    else used.delete(Value);
    this.#namesUsed.set(Kind, used);
  }
}

function isRecent(time: Instant, now: Instant): boolean {
  return now - time < FAILURE_WINDOW_MS;
}

function addTo<K>(counts: Map<K, number>, key: K, amount: number): number {
  const next = (counts.get(key) ?? 0) + amount;
  if (next === 0) counts.delete(key);
  else counts.set(key, next);
  return next;
}
