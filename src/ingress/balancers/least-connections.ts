import { rotate, type Balancer } from './balancer.ts';

/** The endpoint with the fewest connections; each in its turn among equals. */
export const leastConnections: Balancer = {
  name: 'least-connections',
  create: () => {
    let turn = 0;
    return (loads) => {
      const start = loads.length === 0 ? 0 : turn % loads.length;
      turn += 1;
      return [...rotate(loads, start)]
        .sort((a, b) => a.connections - b.connections)
        .map((one) => one.endpoint);
    };
  },
};
