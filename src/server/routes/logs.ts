import { lookUp } from '../../orchestrator/control/look-up.ts';
import type { TaskSpec } from '../../swarm/service.ts';
import { isBelow, type ApiVersion } from '../api-version.ts';
import { readLogQuery } from '../log-query.ts';
import { managerRoute, type Route } from '../route.ts';
import { writeServiceLog, writeTaskLog, type LogSource } from '../task-logs.ts';

/** @source spec/engine-api.md section 8 */
export const logRoutes: readonly Route[] = [
  managerRoute({
    method: 'GET',
    path: '/services/:id/logs',
    handle: ({ query, params, version }, { swarm, backend: { executor } }) => {
      const request = readLogQuery(query);
      const { ID, Spec } = lookUp(swarm.store.view, 'service', params['id'] ?? '');
      const isFramed = !hasTty(Spec.TaskTemplate);
      const source: LogSource = { executor, request, isFramed, namesTask: true };
      return {
        kind: 'stream',
        contentType: logContentType(isFramed, version),
        run: (sink) => writeServiceLog(ID, swarm, source, sink),
      };
    },
  }),
  managerRoute({
    method: 'GET',
    path: '/tasks/:id/logs',
    handle: ({ query, params, version }, { swarm: { store }, backend: { executor } }) => {
      const request = readLogQuery(query);
      const task = lookUp(store.view, 'task', params['id'] ?? '');
      const isFramed = !hasTty(task.Spec);
      const source: LogSource = { executor, request, isFramed, namesTask: true };
      return {
        kind: 'stream',
        contentType: logContentType(isFramed, version),
        run: (sink) => writeTaskLog(task, source, sink),
      };
    },
  }),
];

/** Whether a task's output is one raw stream. */
export function hasTty({ ContainerSpec }: TaskSpec): boolean {
  return ContainerSpec?.TTY === true;
}

/** Parity: clients below 1.42 are told "raw" although the frames are there. */
export function logContentType(isFramed: boolean, version: ApiVersion): string {
  return isFramed && !isBelow(version, '1.42')
    ? 'application/vnd.docker.multiplexed-stream'
    : 'application/vnd.docker.raw-stream';
}
