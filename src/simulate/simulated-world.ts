import { toInstant, VirtualClock } from '../base/clock.ts';
import { invariant } from '../base/invariant.ts';
import { createSeededRandom } from '../base/random.ts';
import type { Assignment } from '../orchestrator/agent/executor.ts';
import { Cluster, SWARM_TIMINGS } from '../orchestrator/cluster.ts';
import { createControl, type Control } from '../orchestrator/control.ts';
import type { SimulatedBehaviour } from '../runtimes/simulated-container.ts';
import { createSimulatedRuntime } from '../runtimes/simulated.ts';
import type { NodeId } from '../swarm/object.ts';
import {
  DEFAULT_BEHAVIOUR,
  type ImageBehaviour,
  type NodeAction,
  type Scenario,
  type ScenarioNode,
} from './scenario.ts';

/** 2026-01-01T00:00:00Z: nothing depends on it but ids and timestamps nobody sees. */
export const START = toInstant(1_767_225_600_000);

const NS_PER_MS = 1e6;
const DEFAULT_GRACE_MS = 10_000;

/** A running cluster whose nodes, containers and time are simulated. */
export class SimulatedWorld {
  readonly clock = new VirtualClock(START);
  readonly cluster: Cluster;
  readonly control: Control;
  /** Nodes that crashed and have not returned. */
  readonly lost = new Set<NodeId>();
  readonly #nodes = new Map<string, NodeId>();

  constructor({ images, nodes }: Pick<Scenario, 'images' | 'nodes'>, seed: number) {
    const { clock } = this;
    const random = createSeededRandom(seed);
    const behaviourOf = (assignment: Assignment) => toBehaviour(assignment, images);
    const executor = createSimulatedRuntime({ clock, random, behaviourOf });
    this.cluster = new Cluster({ clock, random, executor, timings: SWARM_TIMINGS });
    this.control = createControl({ store: this.cluster.store, clock, random });
    this.control.createCluster();
    this.cluster.start();
    for (const [at, node] of nodes.entries()) this.#join(node, at);
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
    else this.#setAvailability(id, action);
  }

  #join({ name, role, nanoCpus, memoryBytes, labels }: ScenarioNode, at: number): void {
    const id = this.cluster.join({
      role,
      labels,
      addr: `192.168.${Math.floor(at / 250)}.${(at % 250) + 1}`,
      description: {
        Hostname: name,
        Platform: { OS: 'linux', Architecture: 'x86_64' },
        Resources: { NanoCPUs: nanoCpus, MemoryBytes: memoryBytes },
      },
    });
    this.#nodes.set(name, id);
  }

  #lose(id: NodeId): void {
    if (this.lost.has(id)) return;
    this.lost.add(id);
    this.cluster.fail(id);
  }

  #return(id: NodeId): void {
    if (this.lost.delete(id)) this.cluster.bringUp(id);
  }

  #setAvailability(id: NodeId, action: 'drain' | 'pause' | 'activate'): void {
    const node = this.view.get('node', id);
    invariant(node !== undefined, `node ${id} is gone`);
    const Availability = action === 'activate' ? 'active' : action;
    this.control.updateNode(id, { ...node.Spec, Availability }, { version: node.Version.Index });
  }
}

/** The behaviour of an image by its name as the service has it, else by its name without tag. */
export function behaviourOfImage(
  image: string,
  images: Scenario['images'],
): ImageBehaviour | undefined {
  return images.get(image) ?? images.get(withoutTag(image));
}

/** Image name without digest and tag. */
export function withoutTag(image: string): string {
  return image.replace(/@.*$/, '').replace(/:[^/:]*$/, '');
}

function toBehaviour({ container }: Assignment, images: Scenario['images']): SimulatedBehaviour {
  const behaviour = behaviourOfImage(container.Image ?? '', images) ?? DEFAULT_BEHAVIOUR;
  const { startMs, stopMs, failAfterMs, exitCode, unhealthyAfterMs } = behaviour;
  const grace = container.StopGracePeriod;
  const graceMs = grace === undefined ? DEFAULT_GRACE_MS : grace / NS_PER_MS;
  return {
    startMs,
    stopMs: Math.min(stopMs, graceMs),
    ...(failAfterMs !== undefined && { exitsAfterMs: failAfterMs, exitCode }),
    // Healthy until then: a check that never passed would be a failure to start.
    ...(unhealthyAfterMs !== undefined && { unhealthyAfterMs, healthyAfterMs: 0 }),
  };
}
