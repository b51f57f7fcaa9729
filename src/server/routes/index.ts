import type { Route } from '../route.ts';
import { logicalNodeRoutes } from './logical-nodes.ts';
import { nodeRoutes } from './nodes.ts';
import { pingRoutes } from './ping.ts';
import { serviceRoutes } from './services.ts';
import { systemRoutes } from './system.ts';
import { taskRoutes } from './tasks.ts';

/** Every endpoint, in the order of spec/engine-api.md. */
export const ROUTES: readonly Route[] = [
  ...pingRoutes,
  ...systemRoutes,
  ...nodeRoutes,
  ...serviceRoutes,
  ...taskRoutes,
  ...logicalNodeRoutes,
];
