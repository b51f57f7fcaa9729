import { compareStrings } from '../../base/compare.ts';
import type { Division } from './division.ts';
import { LoadTree } from './load-tree.ts';
import type { SchedulableNode } from './node-facts.ts';
import type { NodeInfo } from './node-info.ts';

/** The nodes that are alike at every level of a division. */
export interface Leaf {
  readonly kind: 'leaf';
  readonly parent: Fork | undefined;
  readonly tree: LoadTree;
}

/** The nodes that are alike at the outer levels, split by the next one. */
export interface Fork {
  readonly kind: 'fork';
  readonly parent: Fork | undefined;
  /** In order of their texts. */
  readonly branches: ReadonlyMap<string, Branch>;
}

export type Branch = Leaf | Fork;

interface Home {
  readonly leaf: Leaf;
  readonly position: number;
}

/**
 * All nodes, divided, each leaf ordered by load.
 * @source swarmkit manager/scheduler/decision_tree.go, nodeset.go (tree)
 */
export class Topology {
  readonly root: Branch;
  readonly #levels: Division['levels'];
  readonly #homes = new Map<NodeInfo, Home>();

  /** @param nodes - in order of joining */
  constructor(nodes: readonly NodeInfo[], { levels }: Division) {
    this.#levels = levels;
    this.root = this.#grow(nodes, levels, undefined);
  }

  leafOf(node: NodeInfo): Leaf | undefined {
    return this.#homes.get(node)?.leaf;
  }

  /** Whether a node that changes so stays in its leaf. */
  keepsPlace(before: SchedulableNode, after: SchedulableNode): boolean {
    return this.#levels.every((textOf) => textOf(before) === textOf(after));
  }

  /** Takes over the present load and room of a node. */
  refresh(node: NodeInfo): void {
    const home = this.#homes.get(node);
    home?.leaf.tree.refresh(home.position);
  }

  #grow(
    nodes: readonly NodeInfo[],
    [textOf, ...inner]: Division['levels'],
    parent: Fork | undefined,
  ): Branch {
    if (!textOf) {
      const leaf: Leaf = { kind: 'leaf', parent, tree: new LoadTree(nodes) };
      for (const [position, node] of nodes.entries()) this.#homes.set(node, { leaf, position });
      return leaf;
    }
    const nodesByText = new Map<string, NodeInfo[]>();
    for (const node of nodes) {
      const text = node.node ? textOf(node.node) : '';
      const group = nodesByText.get(text);
      if (group) group.push(node);
      else nodesByText.set(text, [node]);
    }
    const branches = new Map<string, Branch>();
    const fork: Fork = { kind: 'fork', parent, branches };
    for (const [text, group] of [...nodesByText].sort(([a], [b]) => compareStrings(a, b))) {
      branches.set(text, this.#grow(group, inner, fork));
    }
    return fork;
  }
}
