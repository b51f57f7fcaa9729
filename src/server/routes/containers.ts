import { toInstant } from '../../base/clock.ts';
import type { TaskAccess } from '../backend.ts';
import { httpError } from '../http-errors.ts';
import { readFilters } from '../list-filters.ts';
import { readLogQuery } from '../log-query.ts';
import {
  empty,
  json,
  requireManager,
  type Answer,
  type ApiRequest,
  type Route,
  type RouteContext,
} from '../route.ts';
import {
  CONTAINER_FILTERS,
  findContainer,
  matchesContainer,
  showContainer,
  showListItem,
  taskContainers,
  type TaskContainer,
} from '../task-containers.ts';
import { writeTaskLog } from '../task-logs.ts';
import { hasTty, logContentType } from './logs.ts';

const PROCESSES =
  'this node runs tasks as processes: containers come from services, create one with "docker service create"';

/**
 * Tasks as containers, where no engine is behind us.
 * @source spec/engine-api.md section 12 (process mode)
 */
export const containerRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/containers/json',
    handle: ({ query }, { backend }) => {
      const filters = readFilters(query, CONTAINER_FILTERS);
      const limit = Number(query.text('limit') ?? 0);
      const withEnded = query.flag('all') || filters.has('status') || filters.has('exited');
      const now = backend.clock.now();
      const found = taskContainers(backend.membership.state()).filter(
        (one) => (withEnded || limit > 0 || one.isRunning) && matchesContainer(one, filters),
      );
      const shown = limit > 0 ? found.slice(0, limit) : found;
      return json(shown.map((one) => showListItem(one, now)));
    },
  },
  {
    method: 'GET',
    path: '/containers/:id/json',
    handle: (request, context) => {
      const { store } = swarmOf(request, context);
      return json(showContainer(containerOf(request, context), store.view));
    },
  },
  { method: 'GET', path: '/containers/:id/logs', handle: containerLogs },
  { method: 'GET', path: '/containers/:id/top', handle: containerTop },
  { method: 'GET', path: '/containers/:id/stats', handle: containerStats },
  { method: 'POST', path: '/containers/:id/kill', handle: killContainer },
  { method: 'POST', path: '/containers/:id/stop', handle: stopContainer },
  { method: 'POST', path: '/containers/:id/restart', handle: stopContainer },
  { method: 'POST', path: '/containers/:id/start', handle: startContainer },
  { method: 'DELETE', path: '/containers/:id', handle: removeContainer },
  {
    method: 'POST',
    path: '/containers/create',
    handle: ({ body }) => {
      if (body.length > 0) throw httpError('not-implemented', PROCESSES);
      throw httpError('invalid-argument', 'invalid JSON: got EOF while reading request body');
    },
  },
  {
    method: 'POST',
    path: '/containers/prune',
    handle: () => json({ ContainersDeleted: null, SpaceReclaimed: 0 }),
  },
];

/** The task that a path means. @throws HttpError 404 */
export function containerOf({ params }: ApiRequest, { backend }: RouteContext): TaskContainer {
  return findContainer(backend.membership.state(), params['id'] ?? '');
}

/** @throws HttpError 404: without a swarm there are no containers either */
function swarmOf(request: ApiRequest, context: RouteContext) {
  containerOf(request, context);
  return requireManager(context.backend.membership.state());
}

/** @throws HttpError 501 */
export function accessOf({ backend }: RouteContext): TaskAccess {
  if (backend.tasks) return backend.tasks;
  const text = `this node's runtime (${backend.executor.name}) does not let clients touch what runs`;
  throw httpError('not-implemented', text);
}

function containerLogs(request: ApiRequest, context: RouteContext): Answer {
  const { task } = containerOf(request, context);
  const logs = readLogQuery(request.query);
  const isFramed = !hasTty(task.Spec);
  const { executor } = context.backend;
  return {
    kind: 'stream',
    contentType: logContentType(isFramed, request.version),
    run: (sink) =>
      writeTaskLog(task, { executor, request: logs, isFramed, namesTask: false }, sink),
  };
}

async function containerTop(request: ApiRequest, context: RouteContext): Promise<Answer> {
  const container = containerOf(request, context);
  refuseEnded(container, 'container');
  const found = await accessOf(context).processes?.(container.task.ID);
  if (!found) throw httpError('not-implemented', 'process lists are not available here');
  return json({
    Titles: ['UID', 'PID', 'PPID', 'CMD'],
    Processes: found.map((one) => [one.user, String(one.pid), String(one.parent), one.command]),
  });
}

/** One sample without figures: processes are not measured one by one. */
function containerStats(request: ApiRequest, context: RouteContext): Answer {
  const { id, name } = containerOf(request, context);
  return json({
    id,
    name: `/${name}`,
    read: '0001-01-01T00:00:00Z',
    preread: '0001-01-01T00:00:00Z',
    pids_stats: {},
    blkio_stats: {},
    num_procs: 0,
    storage_stats: {},
    cpu_stats: { cpu_usage: { total_usage: 0 }, throttling_data: {} },
    precpu_stats: { cpu_usage: { total_usage: 0 }, throttling_data: {} },
    memory_stats: {},
    networks: {},
  });
}

async function killContainer(request: ApiRequest, context: RouteContext): Promise<Answer> {
  const container = containerOf(request, context);
  refuseEnded(container, 'cannot kill container');
  const signal = signalName(request.query.text('signal') ?? '');
  await accessOf(context).signal(container.task.ID, signal);
  return empty(204);
}

/** Signals by number, where clients send one. */
const SIGNALS: Readonly<Record<string, string>> = {
  '1': 'SIGHUP',
  '2': 'SIGINT',
  '3': 'SIGQUIT',
  '9': 'SIGKILL',
  '10': 'SIGUSR1',
  '12': 'SIGUSR2',
  '15': 'SIGTERM',
  '18': 'SIGCONT',
  '19': 'SIGSTOP',
};

/** @throws HttpError 400 */
function signalName(word: string): string {
  if (word === '') return 'SIGKILL';
  const upper = word.toUpperCase();
  const name = SIGNALS[upper] ?? (upper.startsWith('SIG') ? upper : `SIG${upper}`);
  if (/^SIG[A-Z\d]{2,10}$/.test(name)) return name;
  throw httpError('invalid-argument', `invalid signal: ${word}`);
}

const DEFAULT_STOP_MS = 10_000;

/** Stops what runs: the stop signal, then force. The orchestrator starts another task. */
async function stopContainer(request: ApiRequest, context: RouteContext): Promise<Answer> {
  const container = containerOf(request, context);
  if (!container.isRunning) return empty(204);
  const access = accessOf(context);
  const { task } = container;
  const asked = Number(request.query.text('t') ?? Number.NaN);
  const waitMs = asked >= 0 ? asked * 1000 : DEFAULT_STOP_MS;
  const signal = request.query.text('signal') ?? task.Spec.ContainerSpec?.StopSignal ?? 'SIGTERM';
  await access.signal(task.ID, signalName(signal));
  const hasEnded = await waitForEnd(container, context, waitMs);
  if (!hasEnded) await access.signal(task.ID, 'SIGKILL');
  return empty(204);
}

/** @returns false when the time was up first */
function waitForEnd(
  { task }: TaskContainer,
  { backend }: RouteContext,
  waitMs: number,
): Promise<boolean> {
  const { store } = requireManager(backend.membership.state());
  const isOver = (): boolean => {
    const state = store.view.get('task', task.ID)?.Status.State;
    return state !== 'running' && state !== 'starting';
  };
  return new Promise((resolve) => {
    const finish = (hasEnded: boolean): void => {
      stop();
      cancel();
      resolve(hasEnded);
    };
    const stop = store.watch(() => {
      if (isOver()) finish(true);
    });
    const cancel = backend.clock.at(toInstant(backend.clock.now() + waitMs), () => finish(false));
    if (isOver()) finish(true);
  });
}

/** Parity: a start of what runs changes nothing; what has ended is the orchestrator's to replace. */
function startContainer(request: ApiRequest, context: RouteContext): Answer {
  if (containerOf(request, context).isRunning) return empty(304);
  throw httpError('not-implemented', PROCESSES);
}

async function removeContainer(request: ApiRequest, context: RouteContext): Promise<Answer> {
  const { task, name, isRunning } = containerOf(request, context);
  if (isRunning && !request.query.flag('force')) {
    const text = `cannot remove container "/${name}": container is running: stop the container before removing or force remove`;
    throw httpError('conflict', text);
  }
  await accessOf(context).discard(task.ID);
  return empty(204);
}

/** @throws HttpError 409 */
export function refuseEnded({ id, isRunning }: TaskContainer, before: string): void {
  if (isRunning) return;
  const text = before === 'container' ? '' : `${before}: ${id}: `;
  throw httpError('conflict', `${text}container ${id} is not running`);
}
