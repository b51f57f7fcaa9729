import { compareStrings } from '../../base/compare.ts';
import { LoadTree } from './load-tree.ts';
import type { SchedulableNode } from './node-facts.ts';
import type { NodeInfo } from './node-info.ts';

const NODE_LABELS = 'node.labels.';
const ENGINE_LABELS = 'engine.labels.';

/** The nodes that share the values of all labels of a spread list. */
export interface Leaf {
  readonly kind: 'leaf';
  readonly parent: Fork | undefined;
  readonly tree: LoadTree;
}

/** The nodes that share the values of the outer labels, split by the next one. */
export interface Fork {
  readonly kind: 'fork';
  readonly parent: Fork | undefined;
  /** In order of the label's value; the empty value gathers nodes without the label. */
  readonly branches: readonly Branch[];
}

export type Branch = Leaf | Fork;

/**
 * All nodes, divided by the labels of one spread list, each leaf ordered by load.
 * @source swarmkit manager/scheduler/decision_tree.go, nodeset.go (tree)
 */
export class Topology {
  readonly root: Branch;
  readonly #homes = new Map<NodeInfo, { readonly leaf: Leaf; readonly position: number }>();

  /** @param nodes - in id order, each with a description */
  constructor(nodes: readonly NodeInfo[], spread: readonly string[]) {
    this.root = this.#grow(nodes, spread.map(toLabelReader), undefined);
  }

  leafOf(node: NodeInfo): Leaf | undefined {
    return this.#homes.get(node)?.leaf;
  }

  /** Takes over the present load and room of a node. */
  refresh(node: NodeInfo): void {
    const home = this.#homes.get(node);
    home?.leaf.tree.refresh(home.position);
  }

  #grow(
    nodes: readonly NodeInfo[],
    [reader, ...inner]: readonly LabelReader[],
    parent: Fork | undefined,
  ): Branch {
    if (!reader) {
      const leaf: Leaf = { kind: 'leaf', parent, tree: new LoadTree(nodes) };
      for (const [position, node] of nodes.entries()) this.#homes.set(node, { leaf, position });
      return leaf;
    }
    const byValue = new Map<string, NodeInfo[]>();
    for (const node of nodes) {
      const value = reader(node.node);
      const group = byValue.get(value);
      if (group) group.push(node);
      else byValue.set(value, [node]);
    }
    const branches: Branch[] = [];
    const fork: Fork = { kind: 'fork', parent, branches };
    for (const [, group] of [...byValue].sort(([a], [b]) => compareStrings(a, b))) {
      branches.push(this.#grow(group, inner, fork));
    }
    return fork;
  }
}

type LabelReader = (node: SchedulableNode | undefined) => string;

/** Prefix without regard to case, label key exact. @source spec/orchestrator.md 10.5 */
function toLabelReader(descriptor: string): LabelReader {
  const isEngineLabel = descriptor.toLowerCase().startsWith(ENGINE_LABELS);
  const key = descriptor.slice(isEngineLabel ? ENGINE_LABELS.length : NODE_LABELS.length);
  return (node) => {
    const labels = isEngineLabel ? node?.Description.Engine?.Labels : node?.Spec.Labels;
    return labels && Object.hasOwn(labels, key) ? (labels[key] ?? '') : '';
  };
}
