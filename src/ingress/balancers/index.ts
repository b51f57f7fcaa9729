import type { Balancer } from './balancer.ts';
import { leastConnections } from './least-connections.ts';
import { roundRobin } from './round-robin.ts';

/** Every balancer; the first is the default. */
export const BALANCERS: readonly [Balancer, ...Balancer[]] = [roundRobin, leastConnections];
