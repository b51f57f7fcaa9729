import { rotate, type Balancer } from './balancer.ts';

/** Each endpoint in its turn, as Swarm's routing mesh does. */
export const roundRobin: Balancer = {
  name: 'round-robin',
  create: () => {
    let turn = 0;
    return (loads) => {
      const start = loads.length === 0 ? 0 : turn % loads.length;
      turn += 1;
      return rotate(loads, start).map((one) => one.endpoint);
    };
  },
};
