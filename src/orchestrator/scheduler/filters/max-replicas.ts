import type { Filter } from './filter.ts';

/** Nodes below the most tasks of the service that one may have. @source swarmkit manager/scheduler/filter.go MaxReplicasFilter */
export const maxReplicas: Filter = {
  name: 'max-replicas',
  applies: (request) => request.maxReplicas > 0,
  accepts: (request, node) => node.activeTasksOf(request.service) < request.maxReplicas,
  // Parity: upstream's sentence has no number and this spelling; users search for it.
  explain: () => 'max replicas per node limit exceed',
  shortfall: (request, node) => {
    const active = node.activeTasksOf(request.service);
    return `already has ${active} of at most ${request.maxReplicas} tasks of the service`;
  },
  remedy: (request) => `raise max_replicas_per_node above ${request.maxReplicas}, or add a node`,
};
