import type { Json, JsonObject } from './json.ts';

/** One scenario file; fields as the corpus's README says. */
export interface Scenario {
  readonly id: string;
  readonly title: string;
  readonly nodes: number;
  readonly requires?: readonly string[];
  readonly setup?: Readonly<Record<string, JsonObject>>;
  readonly steps: readonly Step[];
}

/** One step; which members it has depends on `do` and `probe`. */
export interface Step {
  readonly do: string;
  readonly name?: string;
  readonly label?: string;
  readonly error?: boolean;
  readonly returns?: boolean;
  readonly expect?: Json;
  readonly spec?: JsonObject;
  readonly patch?: JsonObject;
  readonly bare?: boolean;
  readonly version?: number | 'stale';
  readonly rollback?: string;
  readonly registryAuthFrom?: string;
  readonly node?: string | NodeCondition;
  readonly labels?: JsonObject;
  readonly availability?: string;
  readonly role?: string;
  readonly force?: boolean;
  readonly service?: string;
  readonly slot?: number;
  readonly signal?: string;
  readonly all?: boolean;
  readonly data?: string;
  readonly templating?: JsonObject;
  readonly method?: string;
  readonly path?: string;
  readonly body?: Json;
  readonly returnBody?: boolean;
  readonly ms?: number;
  readonly timeoutMs?: number;
  readonly tasks?: TaskCondition;
  readonly update?: { readonly service: string; readonly state: string | readonly string[] };
  readonly history?: {
    readonly service: string;
    readonly slot?: number;
    readonly states?: readonly string[];
    readonly min: number;
  };
  readonly seen?: { readonly service: string; readonly min: number };
  readonly gone?: { readonly service: string };
  readonly quietMs?: number;
  readonly probe?: string;
  readonly withinMs?: number;
  readonly settleMs?: number;
  readonly states?: readonly string[];
  readonly desired?: readonly string[];
  readonly by?: string;
  readonly fields?: readonly string[];
  readonly aggregate?: boolean;
  readonly zeroSlot?: boolean;
  readonly paths?: readonly string[];
  readonly insertDefaults?: boolean;
  readonly from?: string;
  readonly gap?: boolean;
  readonly leader?: boolean;
}

export interface TaskCondition {
  readonly service: string;
  readonly states: Readonly<Record<string, number>>;
  readonly desired?: readonly string[];
  readonly others?: boolean;
}

export interface NodeCondition {
  readonly node: string;
  readonly state?: string;
  readonly availability?: string;
  readonly role?: string;
  readonly reachability?: string;
  readonly manager?: boolean;
}

/** What runs without containers: everything the core itself does. */
const CAPABILITIES: ReadonlySet<string> = new Set([
  'nodeResources',
  'engineLabels',
  'genericResources',
  'nodeCount',
  'nodeStop',
  'multiManager',
  'overlay',
  'ingressPorts',
]);

/** Probes that look into containers. */
const CONTAINER_PROBES: ReadonlySet<string> = new Set(['containers', 'exec', 'logs']);

/**
 * Why a scenario cannot be run here; undefined when it can.
 *
 * Access to containers is no obstacle where it only means to kill or remove them.
 */
export function obstacle(scenario: Scenario): string | undefined {
  for (const need of scenario.requires ?? []) {
    if (need === 'containerAccess' || CAPABILITIES.has(need)) continue;
    return `needs ${need}`;
  }
  const probe = scenario.steps.find((step) => CONTAINER_PROBES.has(step.probe ?? ''));
  return probe && `looks into containers (${probe.probe})`;
}
