import type { NodeAvailability, NodeDescription, NodeRole } from '../swarm/node.ts';
import type { NodeId, StringMap } from '../swarm/object.ts';

/** What a simulation is given besides the stack. */
export interface Scenario {
  /** Never empty; at least one is a manager. */
  readonly nodes: readonly ScenarioNode[];
  /** By image as services name it, with or without tag. */
  readonly images: ReadonlyMap<string, ImageBehaviour>;
  /** In order of time. */
  readonly events: readonly ScenarioEvent[];
  readonly expect: Expectations;
}

export interface ScenarioNode {
  /** How events name it; its hostname. */
  readonly name: string;
  readonly role: NodeRole;
  readonly availability: NodeAvailability;
  readonly labels: StringMap;
  readonly description: NodeDescription;
  /** Of a live cluster's node; made up when absent. */
  readonly id?: NodeId | undefined;
  /** It is there from the start, but does not answer. */
  readonly isDown?: boolean | undefined;
}

/** How containers of one image behave; durations in ms. */
export interface ImageBehaviour {
  /** From the start request until it runs. */
  readonly startMs: number;
  /** From the stop request until it has stopped; the grace period of the service limits it. */
  readonly stopMs: number;
  /** From running until it ends by itself. */
  readonly failAfterMs?: number | undefined;
  /** Code of that end. */
  readonly exitCode: number;
  /** From running until its health check has failed for good. */
  readonly unhealthyAfterMs?: number | undefined;
  /** Share of containers that end as soon as they run, 0 to 1; the seed decides which. */
  readonly crashChance: number;
}

/** How containers behave of which a scenario says nothing. */
export const DEFAULT_BEHAVIOUR: ImageBehaviour = {
  startMs: 2000,
  stopMs: 1000,
  exitCode: 1,
  crashChance: 0,
};

/** What a scenario can do to a node that is there. */
export const NODE_ACTIONS = ['lose', 'return', 'drain', 'pause', 'activate', 'remove'] as const;

export type NodeAction = (typeof NODE_ACTIONS)[number];

/** One thing that happens; `at` in ms after the start. */
export type ScenarioEvent =
  | { readonly at: number; readonly action: NodeAction; readonly node: string }
  | { readonly at: number; readonly action: 'add'; readonly node: ScenarioNode }
  | { readonly at: number; readonly action: 'update'; readonly file: string };

/** What must hold. */
export interface Expectations {
  /** Least running tasks, by service name without the stack's prefix. */
  readonly minAvailable: ReadonlyMap<string, number>;
  /** The same for every service that is not named; jobs excepted. */
  readonly minAvailableOfAll?: number | undefined;
  /** From the start, and from every event, until all services are as declared; ms. */
  readonly convergesWithinMs?: number | undefined;
}

/** What a node has of which a scenario says nothing: 4 CPUs and 8 GiB. */
export const DEFAULT_CPUS = 4;
export const DEFAULT_MEMORY_BYTES = 8 * 2 ** 30;

/** How an event is called in reports: `lose n2`. */
export function nameOfEvent(event: ScenarioEvent): string {
  if (event.action === 'update') return `update ${event.file}`;
  return `${event.action} ${event.action === 'add' ? event.node.name : event.node}`;
}
