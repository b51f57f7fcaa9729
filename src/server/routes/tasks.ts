import { lookUp } from '../../orchestrator/control/look-up.ts';
import { isDirty } from '../../orchestrator/reconcile/task-dirty.ts';
import { toApiTask } from '../../orchestrator/store/project.ts';
import type { StoreView } from '../../orchestrator/store/store-view.ts';
import type { StoredTask } from '../../orchestrator/store/stored-object.ts';
import { taskName } from '../../orchestrator/task-name.ts';
import { TASK_STATES } from '../../swarm/task-state.ts';
import { httpError } from '../http-errors.ts';
import {
  matchesExactly,
  matchesLabels,
  matchesPrefix,
  readFilters,
  type ListFilters,
} from '../list-filters.ts';
import { json, managerRoute, type Route } from '../route.ts';

const FILTERS = [
  'id',
  'name',
  'label',
  'service',
  'node',
  'desired-state',
  'runtime',
  '_up-to-date',
];

/** @source spec/engine-api.md section 7 */
export const taskRoutes: readonly Route[] = [
  managerRoute({
    method: 'GET',
    path: '/tasks',
    handle: ({ query }, { swarm: { store } }) => {
      const filters = readFilters(query, FILTERS);
      return json(listTasks(store.view, filters).map(toApiTask));
    },
  }),
  managerRoute({
    method: 'GET',
    path: '/tasks/:id',
    handle: ({ params }, { swarm: { store } }) =>
      json(toApiTask(lookUp(store.view, 'task', params['id'] ?? ''))),
  }),
];

/** The tasks that a list request means, in creation order. */
function listTasks(view: StoreView, filters: ListFilters): readonly StoredTask[] {
  for (const word of filters.get('desired-state') ?? []) {
    if (TASK_STATES.some((state) => state === word.toLowerCase())) continue;
    throw httpError('internal', `Invalid desired-state filter: '${word}'`);
  }
  const services = filters.get('service')?.map((one) => lookUp(view, 'service', one).ID);
  const nodes = filters.get('node')?.map((one) => lookUp(view, 'node', one).ID);
  const upToDate = filters.has('_up-to-date');
  return candidates(view, services, nodes).filter(
    (task) =>
      (!nodes || nodes.includes(task.NodeID as never)) &&
      matches(task, filters) &&
      (!upToDate || isUpToDate(task, view)),
  );
}

/** What one index already narrows down; never a search over all for one service. */
function candidates(
  view: StoreView,
  services: readonly StoredTask['ServiceID'][] | undefined,
  nodes: readonly NonNullable<StoredTask['NodeID']>[] | undefined,
): readonly StoredTask[] {
  if (services) return [...new Set(services)].flatMap((one) => view.tasksByService(one));
  if (nodes) return [...new Set(nodes)].flatMap((one) => view.tasksByNode(one));
  return view.list('task');
}

function matches(task: StoredTask, filters: ListFilters): boolean {
  const desired = filters.get('desired-state')?.map((word) => word.toLowerCase());
  return (
    matchesPrefix(filters, 'id', task.ID) &&
    (!filters.has('name') || matchesPrefix(filters, 'name', taskName(task))) &&
    matchesLabels(filters, 'label', task.ServiceAnnotations.Labels) &&
    matchesExactly(filters, 'runtime', task.Spec.Runtime ?? 'container') &&
    (!desired?.length || desired.includes(task.DesiredState))
  );
}

/** Made from its service's current spec. @source swarmkit manager/controlapi/task.go (UpToDate) */
function isUpToDate(task: StoredTask, view: StoreView): boolean {
  const service = view.get('service', task.ServiceID);
  return service !== undefined && !isDirty(service, task, view);
}
