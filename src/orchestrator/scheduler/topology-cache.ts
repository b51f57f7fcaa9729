import type { Division } from './division.ts';
import type { SchedulableNode } from './node-facts.ts';
import type { NodeInfo } from './node-info.ts';
import { Topology } from './topology.ts';

/** Divisions whose topology is kept. */
const KEPT = 32;

interface Entry {
  readonly topology: Topology;
  /** How many changes it has taken over. */
  seen: number;
}

/**
 * The topologies in use, brought up to date when they are asked for: a change costs nothing for
 * those that are not.
 */
export class TopologyCache {
  readonly #entries = new Map<string, Entry>();
  /** Nodes whose load has changed, oldest first, without the first `#dropped`. */
  #changes: NodeInfo[] = [];
  #dropped = 0;
  /** How many changes anyone has taken over. */
  #read = 0;
  #nodes: readonly NodeInfo[] = [];

  /** The nodes, divided, with present loads. */
  get(division: Division): Topology {
    const entry = this.#entries.get(division.key) ?? this.#add(division);
    // Least recently used first.
    this.#entries.delete(division.key);
    this.#entries.set(division.key, entry);
    this.#update(entry);
    return entry.topology;
  }

  /** Starts anew with these nodes, in order of joining. */
  reset(nodes: readonly NodeInfo[]): void {
    this.#nodes = nodes;
    this.#entries.clear();
  }

  /** The load or room of a node has changed. */
  touch(node: NodeInfo): void {
    if (this.#entries.size === 0) return;
    const isNoted = this.#changes.at(-1) === node && this.#total() > this.#read;
    if (!isNoted) this.#changes.push(node);
    if (this.#changes.length > this.#nodes.length * 2 + 1000) this.#dropChanges();
  }

  /** A node has changed its description. */
  describe(node: NodeInfo, before: SchedulableNode, after: SchedulableNode): void {
    for (const [key, { topology }] of this.#entries) {
      if (!topology.keepsPlace(before, after)) this.#entries.delete(key);
    }
    this.touch(node);
  }

  #add(division: Division): Entry {
    const oldest = this.#entries.size < KEPT ? undefined : this.#entries.keys().next().value;
    if (oldest !== undefined) this.#entries.delete(oldest);
    return { topology: new Topology(this.#nodes, division), seen: this.#total() };
  }

  #update(entry: Entry): void {
    if (entry.seen < this.#dropped) for (const node of this.#nodes) entry.topology.refresh(node);
    else {
      const first = entry.seen - this.#dropped;
      for (let at = first; at < this.#changes.length; at += 1) {
        entry.topology.refresh(this.#changes[at] as NodeInfo);
      }
    }
    entry.seen = this.#total();
    this.#read = entry.seen;
  }

  #total(): number {
    return this.#dropped + this.#changes.length;
  }

  /** Whoever lags behind that far refreshes every node instead. */
  #dropChanges(): void {
    this.#dropped += this.#changes.length;
    this.#changes = [];
  }
}
