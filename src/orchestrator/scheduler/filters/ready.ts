import { nameOfNode, type Filter } from './filter.ts';

/** Nodes that are up and active. @source swarmkit manager/scheduler/filter.go ReadyFilter */
export const ready: Filter = {
  name: 'ready',
  applies: () => true,
  accepts: (_request, node) => node.facts.isReady,
  explain: (nodeCount) =>
    nodeCount === 1
      ? '1 node not available for new tasks'
      : `${nodeCount} nodes not available for new tasks`,
  shortfall: (_request, node) => {
    const state = node.node?.Status.State ?? 'removed';
    return state === 'ready'
      ? `its availability is ${node.node?.Spec.Availability ?? 'unknown'}`
      : `its state is ${state}`;
  },
  remedy: (_request, node) =>
    node.node?.Status.State === 'ready'
      ? `docker node update --availability active ${nameOfNode(node)}`
      : `bring ${nameOfNode(node)} back`,
};
