import type { NodeInfo } from '../../src/orchestrator/scheduler/node-info.ts';
import type { NodeSet } from '../../src/orchestrator/scheduler/node-set.ts';
import { Pipeline } from '../../src/orchestrator/scheduler/pipeline.ts';
import type { Candidate } from '../../src/orchestrator/scheduler/rank.ts';
import type { TaskGroup } from '../../src/orchestrator/scheduler/schedule.ts';
import { giveTurns } from '../../src/orchestrator/scheduler/turns.ts';
import type { NodeId } from '../../src/swarm/object.ts';

/**
 * The even rule as the specification words it, looking at every node for every task: the reference
 * for the scheduler that looks at few. Books in `nodes`; no recent failures.
 */
export function placeNaively(
  nodes: NodeSet,
  { request, tasks }: TaskGroup,
): (NodeId | undefined)[] {
  const pipeline = new Pipeline(request);
  const turns = turnsOf();
  return tasks.map((task) => {
    const best = pick(nodes.nodes(), request.spread, (node) => pipeline.accepts(node));
    if (!best) return undefined;
    const { service, reservation } = request;
    nodes.book(task, { node: best.id, service, reservation, active: true });
    return best.id;
  });

  /** Ties are broken within a leaf, by what was there before the first task was placed. */
  function turnsOf(): ReadonlyMap<NodeInfo, number> {
    const leaves = new Map<string, Candidate[]>();
    for (const node of nodes.nodes().filter((one) => pipeline.accepts(one))) {
      const key = JSON.stringify(request.spread.map((one) => labelOf(node, one)));
      const ofService = node.activeTasksOf(request.service);
      const candidate = { node, penalty: 0, ofService, total: node.activeTasks };
      leaves.set(key, [...(leaves.get(key) ?? []), candidate]);
    }
    for (const leaf of leaves.values()) giveTurns(leaf, tasks.length);
    return new Map([...leaves.values()].flat().map(({ node, turn = 0 }) => [node, turn]));
  }

  function pick(
    among: readonly NodeInfo[],
    [descriptor, ...inner]: readonly string[],
    suits: (node: NodeInfo) => boolean,
  ): NodeInfo | undefined {
    if (descriptor === undefined) return among.filter(suits).sort(byTurn)[0];
    const branches = new Map<string, NodeInfo[]>();
    for (const node of among) {
      const value = labelOf(node, descriptor);
      branches.set(value, [...(branches.get(value) ?? []), node]);
    }
    return [...branches.values()]
      .map((branch) => ({
        tasks: branch.reduce((sum, node) => sum + node.activeTasksOf(request.service), 0),
        node: pick(branch, inner, suits),
        order: branch[0]?.order ?? 0,
      }))
      .filter((branch) => branch.node !== undefined)
      .sort(
        (a, b) =>
          a.tasks - b.tasks || byLoad(a.node as NodeInfo, b.node as NodeInfo) || a.order - b.order,
      )[0]?.node;
  }

  function byTurn(a: NodeInfo, b: NodeInfo): number {
    return byLoad(a, b) || (turns.get(a) ?? 0) - (turns.get(b) ?? 0);
  }

  function byLoad(a: NodeInfo, b: NodeInfo): number {
    return (
      a.activeTasksOf(request.service) - b.activeTasksOf(request.service) ||
      a.activeTasks - b.activeTasks
    );
  }
}

function labelOf({ node }: NodeInfo, descriptor: string): string {
  const label = /^(node|engine)\.labels\.(.+)$/i.exec(descriptor);
  const labels =
    label?.[1]?.toLowerCase() === 'engine' ? node?.Description.Engine?.Labels : node?.Spec.Labels;
  return labels?.[label?.[2] ?? ''] ?? '';
}
