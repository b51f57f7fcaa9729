import { Heap } from './heap.ts';
import type { NodeInfo } from './node-info.ts';
import type { Reservation } from './placement-request.ts';

/**
 * Nodes in a tournament tree: the least loaded first, ties in the order given, in logarithmic time
 * however many nodes there are.
 *
 * Each inner place knows the winner below it and the most CPU and memory that a node below it has
 * free, so whole parts that cannot take a task are passed over. Nodes that take no tasks at all
 * lose against everyone.
 */
export class LoadTree {
  readonly #nodes: readonly NodeInfo[];
  /** Number of leaf places: a power of two. Place 1 is the root, places from `#base` are leaves. */
  readonly #base: number;
  readonly #loads: Float64Array;
  readonly #winners: Int32Array;
  readonly #freeNanoCpus: Float64Array;
  readonly #freeMemoryBytes: Float64Array;

  constructor(nodes: readonly NodeInfo[]) {
    this.#nodes = nodes;
    this.#base = 2 ** Math.ceil(Math.log2(Math.max(1, nodes.length)));
    this.#loads = new Float64Array(this.#base).fill(Infinity);
    this.#winners = new Int32Array(this.#base * 2);
    this.#freeNanoCpus = new Float64Array(this.#base * 2).fill(-Infinity);
    this.#freeMemoryBytes = new Float64Array(this.#base * 2).fill(-Infinity);
    for (let at = 0; at < this.#base; at += 1) this.#readNode(at);
    for (let place = this.#base - 1; place > 0; place -= 1) this.#play(place);
  }

  get nodes(): readonly NodeInfo[] {
    return this.#nodes;
  }

  /** Takes over the present load and room of the node at this position. */
  refresh(position: number): void {
    this.#readNode(position);
    for (let place = (this.#base + position) >> 1; place > 0; place >>= 1) this.#play(place);
  }

  /**
   * Gives the nodes that take tasks and have the CPU and memory, least loaded first, one per call;
   * undefined at the end. Loads are those of the moment of creation: refresh between cursors only.
   */
  cursor(reservation: Reservation): () => NodeInfo | undefined {
    const frontier = new Heap<number>((a, b) => this.#beats(a, b));
    const consider = (place: number): void => {
      if (this.#hasRoom(place, reservation)) frontier.push(place);
    };
    consider(1);
    return () => {
      for (let place = frontier.pop(); place !== undefined; place = frontier.pop()) {
        if (place >= this.#base) return this.#nodes[place - this.#base];
        consider(place * 2);
        consider(place * 2 + 1);
      }
      return undefined;
    };
  }

  #hasRoom(place: number, { nanoCpus, memoryBytes }: Reservation): boolean {
    return (
      this.#loadOf(place) < Infinity &&
      (nanoCpus === 0 || (this.#freeNanoCpus[place] as number) >= nanoCpus) &&
      (memoryBytes === 0 || (this.#freeMemoryBytes[place] as number) >= memoryBytes)
    );
  }

  #readNode(position: number): void {
    const node = this.#nodes[position];
    const place = this.#base + position;
    const takesTasks = node?.facts.isReady === true;
    this.#winners[place] = position;
    this.#loads[position] = takesTasks ? node.activeTasks : Infinity;
    this.#freeNanoCpus[place] = takesTasks ? node.freeNanoCpus : -Infinity;
    this.#freeMemoryBytes[place] = takesTasks ? node.freeMemoryBytes : -Infinity;
  }

  #play(place: number): void {
    const left = place * 2;
    const right = left + 1;
    const winner = this.#beats(right, left) ? right : left;
    this.#winners[place] = this.#winners[winner] as number;
    this.#freeNanoCpus[place] = Math.max(
      this.#freeNanoCpus[left] as number,
      this.#freeNanoCpus[right] as number,
    );
    this.#freeMemoryBytes[place] = Math.max(
      this.#freeMemoryBytes[left] as number,
      this.#freeMemoryBytes[right] as number,
    );
  }

  #loadOf(place: number): number {
    return this.#loads[this.#winners[place] as number] as number;
  }

  #beats(a: number, b: number): boolean {
    const difference = this.#loadOf(a) - this.#loadOf(b);
    // Infinity - Infinity is NaN: two empty places, either may win.
    if (difference !== 0) return difference < 0;
    return (this.#winners[a] as number) < (this.#winners[b] as number);
  }
}
