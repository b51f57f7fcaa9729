import type { NodeInfo } from '../node-info.ts';
import type { PlacementRequest } from '../placement-request.ts';
import type { Filter } from './filter.ts';
import { nameOfNode, onNodes } from './filter.ts';

/** Nodes where the host-mode ports are free. @source swarmkit manager/scheduler/filter.go HostPortFilter */
export const hostPort: Filter = {
  name: 'host-port',
  applies: ({ reservation }) => reservation.hostPorts.length > 0,
  accepts: ({ reservation }, node) => !reservation.hostPorts.some((port) => node.usesPort(port)),
  explain: (nodeCount) => onNodes('host-mode port already in use', nodeCount),
  shortfall: (request, node) => {
    const taken = takenPorts(request, node);
    return `${taken.length === 1 ? 'port' : 'ports'} ${taken.join(', ')} already in use`;
  },
  remedy: (request, node) =>
    `free ${takenPorts(request, node).join(', ')} on ${nameOfNode(node)}: one task per node can hold a host-mode port`,
};

function takenPorts({ reservation }: PlacementRequest, node: NodeInfo): readonly string[] {
  return reservation.hostPorts.filter((port) => node.usesPort(port));
}
