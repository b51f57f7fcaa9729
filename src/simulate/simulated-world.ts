import { toInstant, VirtualClock } from '../base/clock.ts';
import { invariant } from '../base/invariant.ts';
import { createSeededRandom, randomId, type Random } from '../base/random.ts';
import type { Assignment } from '../orchestrator/agent/executor.ts';
import { Cluster, SWARM_TIMINGS } from '../orchestrator/cluster.ts';
import { createControl, type Control } from '../orchestrator/control.ts';
import type { SimulatedBehaviour } from '../runtimes/simulated-container.ts';
import { createSimulatedRuntime, type SimulatedRuntime } from '../runtimes/simulated.ts';
import type { NodeId } from '../swarm/object.ts';
import type { ContainerSpec } from '../swarm/service.ts';
import { taskStateRank } from '../swarm/task-state.ts';
import {
  DEFAULT_BEHAVIOUR,
  type ImageBehaviour,
  type NodeAction,
  type Scenario,
  type ScenarioNode,
} from './scenario.ts';
import { addressOf, toSavedState, type LiveState, type PlacedNode } from './start-state.ts';

/** 2026-01-01T00:00:00Z: nothing depends on it but ids and timestamps nobody sees. */
export const START = toInstant(1_767_225_600_000);

const NS_PER_MS = 1e6;
const DEFAULT_GRACE_MS = 10_000;

export interface WorldSetup {
  readonly scenario: Pick<Scenario, 'images' | 'nodes'>;
  readonly seed: number;
  /** What runs there from the start; absent: nothing. */
  readonly live?: LiveState | undefined;
}

/** A running cluster whose nodes, containers and time are simulated. */
export class SimulatedWorld {
  readonly clock = new VirtualClock(START);
  readonly cluster: Cluster;
  readonly control: Control;
  /** Nodes that crashed and have not returned. */
  readonly lost = new Set<NodeId>();
  readonly #images: Scenario['images'];
  readonly #random: Random;
  readonly #nodes = new Map<string, NodeId>();

  constructor({ scenario, seed, live }: WorldSetup) {
    const { clock } = this;
    const random = createSeededRandom(seed);
    this.#images = scenario.images;
    this.#random = random;
    const nodes = scenario.nodes.map((node) => ({
      ...node,
      id: node.id ?? (randomId(random) as NodeId),
    }));
    const executor = createSimulatedRuntime({
      clock,
      random,
      behaviourOf: ({ container }: Assignment) => this.#behaviourOf(container),
    });
    const saved = live && toSavedState(live, nodes, START);
    this.cluster = new Cluster({ clock, random, executor, timings: SWARM_TIMINGS, saved });
    this.control = createControl({ store: this.cluster.store, clock, random });
    if (saved) this.#resume(nodes, executor);
    else this.#begin(nodes);
  }

  get view() {
    return this.cluster.store.view;
  }

  /** ms since the start. */
  get elapsed(): number {
    return this.clock.now() - START;
  }

  /** Does to a node what a scenario says; nothing when it is so already. */
  act(action: NodeAction, name: string): void {
    const id = this.#nodes.get(name);
    invariant(id !== undefined, `the scenario was read without a node ${name}`);
    if (action === 'lose') this.#lose(id);
    else if (action === 'return') this.#return(id);
    else if (action === 'remove') this.#remove(name, id);
    else this.#setAvailability(id, action);
  }

  /** A new node joins. */
  join(node: ScenarioNode): void {
    const { role, labels, availability, description, id } = node;
    const addr = addressOf(this.#nodes.size);
    const given = id === undefined ? {} : { id };
    const joined = this.cluster.join({ role, labels, availability, description, addr, ...given });
    this.#nodes.set(node.name, joined);
    if (node.isDown) this.#lose(joined);
  }

  #begin(nodes: readonly PlacedNode[]): void {
    this.control.createCluster();
    this.cluster.start();
    for (const node of nodes) this.join(node);
  }

  /** The containers of what runs are there before the agents look for them. */
  #resume(nodes: readonly PlacedNode[], runtime: SimulatedRuntime): void {
    for (const { ID, Spec, Status } of this.view.list('task')) {
      const rank = taskStateRank(Status.State);
      if (rank < taskStateRank('ready') || rank > taskStateRank('running')) continue;
      const behaviour = this.#behaviourOf(Spec.ContainerSpec ?? {});
      runtime.adopt(ID, behaviour, Status.State === 'running');
    }
    this.cluster.start();
    for (const { name, id, isDown } of nodes) {
      this.#nodes.set(name, id);
      if (isDown) this.lost.add(id);
      else this.cluster.bringUp(id);
    }
  }

  #lose(id: NodeId): void {
    if (this.lost.has(id)) return;
    this.lost.add(id);
    this.cluster.fail(id);
  }

  #return(id: NodeId): void {
    if (this.lost.delete(id)) this.cluster.bringUp(id);
  }

  /** It leaves of its own will, if it can, and is taken off the list. */
  #remove(name: string, id: NodeId): void {
    if (!this.lost.delete(id)) this.cluster.leave(id);
    this.control.removeNode(id, { force: true });
    this.#nodes.delete(name);
  }

  #setAvailability(id: NodeId, action: 'drain' | 'pause' | 'activate'): void {
    const node = this.view.get('node', id);
    invariant(node !== undefined, `node ${id} is gone`);
    const Availability = action === 'activate' ? 'active' : action;
    this.control.updateNode(id, { ...node.Spec, Availability }, { version: node.Version.Index });
  }

  #behaviourOf(container: ContainerSpec): SimulatedBehaviour {
    const behaviour = behaviourOfImage(container.Image ?? '', this.#images) ?? DEFAULT_BEHAVIOUR;
    const { startMs, stopMs, failAfterMs, exitCode, unhealthyAfterMs, crashChance } = behaviour;
    const grace = container.StopGracePeriod;
    const graceMs = grace === undefined ? DEFAULT_GRACE_MS : grace / NS_PER_MS;
    const crashes = crashChance > 0 && this.#random.next() < crashChance;
    const exitsAfterMs = crashes ? 0 : failAfterMs;
    return {
      startMs,
      stopMs: Math.min(stopMs, graceMs),
      ...(exitsAfterMs !== undefined && { exitsAfterMs, exitCode }),
      // Healthy until then: a check that never passed would be a failure to start.
      ...(unhealthyAfterMs !== undefined && { unhealthyAfterMs, healthyAfterMs: 0 }),
    };
  }
}

/** The behaviour of an image by its name as the service has it, else by its name without tag. */
export function behaviourOfImage(
  image: string,
  images: Scenario['images'],
): ImageBehaviour | undefined {
  return images.get(image) ?? images.get(withoutDigest(image)) ?? images.get(withoutTag(image));
}

function withoutDigest(image: string): string {
  return image.replace(/@.*$/, '');
}

/** Image name without digest and tag. */
export function withoutTag(image: string): string {
  return withoutDigest(image).replace(/:[^/:]*$/, '');
}
