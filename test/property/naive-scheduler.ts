import type { NodeInfo } from '../../src/orchestrator/scheduler/node-info.ts';
import type { NodeSet } from '../../src/orchestrator/scheduler/node-set.ts';
import { Pipeline } from '../../src/orchestrator/scheduler/pipeline.ts';
import type { TaskGroup } from '../../src/orchestrator/scheduler/schedule.ts';
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
  return tasks.map((task) => {
    const best = pick(nodes.nodes(), request.spread, (node) => pipeline.accepts(node));
    if (!best) return undefined;
    const { service, reservation } = request;
    nodes.book(task, { node: best.id, service, reservation, active: true });
    return best.id;
  });

  function pick(
    among: readonly NodeInfo[],
    [descriptor, ...inner]: readonly string[],
    suits: (node: NodeInfo) => boolean,
  ): NodeInfo | undefined {
    if (descriptor === undefined) return among.filter(suits).sort(byRank)[0];
    const branches = new Map<string, NodeInfo[]>();
    for (const node of among) {
      const value = labelOf(node, descriptor);
      branches.set(value, [...(branches.get(value) ?? []), node]);
    }
    return [...branches.values()]
      .map((branch) => ({
        tasks: branch.reduce((sum, node) => sum + node.activeTasksOf(request.service), 0),
        node: pick(branch, inner, suits),
      }))
      .filter((branch) => branch.node !== undefined)
      .sort((a, b) => a.tasks - b.tasks || byRank(a.node as NodeInfo, b.node as NodeInfo))[0]?.node;
  }

  function byRank(a: NodeInfo, b: NodeInfo): number {
    return (
      a.activeTasksOf(request.service) - b.activeTasksOf(request.service) ||
      a.activeTasks - b.activeTasks ||
      (a.id < b.id ? -1 : 1)
    );
  }
}

function labelOf({ node }: NodeInfo, descriptor: string): string {
  const label = /^(node|engine)\.labels\.(.+)$/i.exec(descriptor);
  const labels =
    label?.[1]?.toLowerCase() === 'engine' ? node?.Description.Engine?.Labels : node?.Spec.Labels;
  return labels?.[label?.[2] ?? ''] ?? '';
}
