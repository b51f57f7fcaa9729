import type { Filter } from './filter.ts';
import { onNodes } from './filter.ts';

/** Nodes where the host-mode ports are free. @source swarmkit manager/scheduler/filter.go HostPortFilter */
export const hostPort: Filter = {
  name: 'host-port',
  applies: ({ reservation }) => reservation.hostPorts.length > 0,
  accepts: ({ reservation }, node) => !reservation.hostPorts.some((port) => node.usesPort(port)),
  explain: (nodeCount) => onNodes('host-mode port already in use', nodeCount),
  shortfall: ({ reservation }, node) => {
    const taken = reservation.hostPorts.filter((port) => node.usesPort(port));
    return `${taken.length === 1 ? 'port' : 'ports'} ${taken.join(', ')} already in use`;
  },
};
