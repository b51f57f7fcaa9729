import type { SwarmState } from '../backend.ts';
import type { Route, RouteContext } from '../route.ts';

const handle =
  (text: string) =>
  (_request: unknown, { backend }: RouteContext) => ({
    kind: 'text' as const,
    status: 200,
    text,
    headers: {
      ...(backend.engine && { 'Builder-Version': '2' }),
      'Cache-Control': 'no-cache, no-store, must-revalidate',
      Pragma: 'no-cache',
      Swarm: swarmHeader(backend.membership.state()),
    },
  });

/** Whether anybody is there, and in which swarm state. @source spec/engine-api.md section 2 */
export const pingRoutes: readonly Route[] = [
  { method: 'GET', path: '/_ping', handle: handle('OK') },
  { method: 'HEAD', path: '/_ping', handle: handle('') },
];

function swarmHeader({ kind }: SwarmState): string {
  return kind === 'active' ? 'active/manager' : kind;
}
