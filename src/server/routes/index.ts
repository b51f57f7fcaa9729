import type { Route } from '../route.ts';
import { configRoutes, secretRoutes } from './blobs.ts';
import { containerRoutes } from './containers.ts';
import { eventRoutes } from './events.ts';
import { execRoutes } from './exec.ts';
import { imageRoutes } from './images.ts';
import { logicalNodeRoutes } from './logical-nodes.ts';
import { logRoutes } from './logs.ts';
import { networkRoutes } from './networks.ts';
import { nodeRoutes } from './nodes.ts';
import { pingRoutes } from './ping.ts';
import { serviceRoutes } from './services.ts';
import { swarmRoutes } from './swarm.ts';
import { systemRoutes } from './system.ts';
import { taskRoutes } from './tasks.ts';
import { volumeRoutes } from './volumes.ts';

/** What is served whatever runs the tasks, in the order of spec/engine-api.md. */
const SWARM_ROUTES: readonly Route[] = [
  ...pingRoutes,
  ...systemRoutes,
  ...eventRoutes,
  ...swarmRoutes,
  ...nodeRoutes,
  ...serviceRoutes,
  ...taskRoutes,
  ...logRoutes,
  ...secretRoutes,
  ...configRoutes,
  ...networkRoutes,
  ...logicalNodeRoutes,
];

/** What stands in for a container engine where there is none. */
const PROCESS_ROUTES: readonly Route[] = [
  ...volumeRoutes,
  ...containerRoutes,
  ...execRoutes,
  ...imageRoutes,
];

/** Every endpoint of our own. */
export function routesFor(hasEngine: boolean): readonly Route[] {
  return hasEngine ? SWARM_ROUTES : [...SWARM_ROUTES, ...PROCESS_ROUTES];
}
