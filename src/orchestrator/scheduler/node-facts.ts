import type { Node, NodeRole } from '../../swarm/node.ts';
import type { GenericResource, Platform } from '../../swarm/object.ts';

/** What the scheduler reads of a node. `Role` is the observed one; a live Swarm shows the desired. */
export type SchedulableNode = Pick<Node, 'ID' | 'Spec' | 'Description' | 'Status'> & {
  readonly Role: NodeRole;
};

/** Generic resources of one kind on a node. */
interface GenericStock {
  readonly total: number;
  /** In list order; empty for a counted resource. */
  readonly names: readonly string[];
}

/** A node's own description, in the form that filters ask for. */
export interface NodeFacts {
  /** Up and active. */
  readonly isReady: boolean;
  readonly platform: Platform;
  /** `Type/name`; undefined when the engine has not been described. */
  readonly plugins: ReadonlySet<string> | undefined;
  readonly reportsLogPlugins: boolean;
  readonly nanoCpus: number;
  readonly memoryBytes: number;
  readonly stock: ReadonlyMap<string, GenericStock>;
}

/** A node of which nothing is known: it takes no tasks. */
export const UNDESCRIBED: NodeFacts = {
  isReady: false,
  platform: {},
  plugins: undefined,
  reportsLogPlugins: false,
  nanoCpus: 0,
  memoryBytes: 0,
  stock: new Map(),
};

/** Reads a node's description. @source Engine API, NodeDescription; spec/orchestrator.md 2.3 */
export function toNodeFacts({ Description, Status, Spec }: SchedulableNode): NodeFacts {
  const { Resources = {}, Engine, Platform = {} } = Description;
  const plugins = Engine && (Engine.Plugins ?? []);
  return {
    isReady: Status.State === 'ready' && Spec.Availability === 'active',
    platform: Platform,
    plugins: plugins && new Set(plugins.map(({ Type, Name }) => `${Type}/${Name}`)),
    reportsLogPlugins: plugins?.some(({ Type }) => Type === 'Log') ?? false,
    nanoCpus: Resources.NanoCPUs ?? 0,
    memoryBytes: Resources.MemoryBytes ?? 0,
    stock: toStock(Resources.GenericResources ?? []),
  };
}

function toStock(resources: readonly GenericResource[]): Map<string, GenericStock> {
  const stock = new Map<string, GenericStock>();
  for (const resource of resources) {
    if ('DiscreteResourceSpec' in resource) {
      const { Kind, Value } = resource.DiscreteResourceSpec;
      stock.set(Kind, { total: Value, names: [] });
    } else {
      const { Kind, Value } = resource.NamedResourceSpec;
      const names = [...(stock.get(Kind)?.names ?? []), Value];
      stock.set(Kind, { total: names.length, names });
    }
  }
  return stock;
}
