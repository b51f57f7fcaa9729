import { isTerminal } from '../../../src/swarm/task-state.ts';
import type { Node } from '../../../src/swarm/node.ts';
import type { Service } from '../../../src/swarm/service.ts';
import type { Task } from '../../../src/swarm/task.ts';
import type { Driver } from './driver.ts';
import { pointer, sortKeys } from './json.ts';
import { maxRunning, ordering } from './ordering.ts';
import type { Step } from './scenario.ts';

/** What a `check` step looks at, as the corpus's README defines it. */
export function probe(step: Step, driver: Driver): unknown {
  const look = PROBES[step.probe ?? ''];
  if (!look) throw new Error(`unknown probe ${step.probe}`);
  return look(step, driver);
}

type Probe = (step: Step, driver: Driver) => unknown;

const PROBES: Readonly<Record<string, Probe>> = {
  placement,
  slots,
  tasks: (step, driver) =>
    count(driver.tasksOf(step.service ?? '').map((task) => line(task, fieldsOf(step), driver))),
  updateStatus(step, driver) {
    const status = driver.service(step.service ?? '')?.UpdateStatus;
    if (status?.State === undefined) return null;
    return {
      state: status.State,
      message: driver.names.mask(status.Message ?? ''),
      started: Boolean(status.StartedAt),
      completed: Boolean(status.CompletedAt),
    };
  },
  service(step, driver) {
    const id = driver.names.get('service', step.service ?? '');
    const defaults = step.insertDefaults ? '?insertDefaults=true' : '';
    return pick(driver.world.api.get(`/services/${id}${defaults}`), step, driver);
  },
  serviceStatus(step, driver) {
    const id = driver.names.get('service', step.service ?? '') ?? '';
    const filters = encodeURIComponent(JSON.stringify({ id: [id] }));
    const list = driver.world.api.get(`/services?status=true&filters=${filters}`);
    return sortKeys((list as unknown as readonly Service[])[0]?.ServiceStatus);
  },
  ordering,
  maxRunning,
  seen: (step, driver) => ({ tasksEver: driver.recordsOf(step.service ?? '').length }),
  nodes,
  engineContainers(step, driver) {
    const records = driver.recordsOf(step.service ?? '');
    return records.filter(({ id }) => driver.world.runtime.containerOf(id as never)).length;
  },
  get: (step, driver) => pick(driver.world.api.get(step.path ?? ''), step, driver),
  list(step, driver) {
    const list = driver.world.api.get(step.path ?? '') as readonly unknown[];
    return list
      .map((one) => (step.paths ?? []).map((path) => masked(one, path, driver)))
      .sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  },
};

function placement(step: Step, driver: Driver): unknown {
  const { states = ['running'], desired = ['running'], by = 'node' } = step;
  const tasks = driver
    .tasksOf(step.service ?? '')
    .filter((task) => states.includes(task.Status.State) && desired.includes(task.DesiredState));
  if (by === 'total') return tasks.length;
  const counts: Record<string, number> = {};
  for (const member of driver.world.members.values()) {
    if (by === 'node') counts[member.name] = 0;
    else if (by === 'multiset') counts[member.id] = 0;
  }
  for (const task of tasks) {
    const key = placeOf(task, by, driver);
    counts[key] = (counts[key] ?? 0) + 1;
  }
  return by === 'multiset' ? Object.values(counts).sort((a, b) => b - a) : sortKeys(counts);
}

function placeOf(task: Task, by: string, driver: Driver): string {
  if (by === 'node') return driver.names.node(task.NodeID);
  if (by === 'multiset') return task.NodeID ?? '(none)';
  const node = task.NodeID && driver.world.cluster.store.view.get('node', task.NodeID);
  const [kind, label = ''] = by.split(':');
  const { Spec, Description } = node || {};
  const labels = kind === 'nodeLabel' ? Spec?.Labels : Description?.Engine?.Labels;
  return labels?.[label] ?? '(unset)';
}

function slots(step: Step, driver: Driver): unknown {
  const bySlot: Record<string, string[]> = {};
  for (const task of driver.tasksOf(step.service ?? '')) {
    const key =
      task.Slot || step.zeroSlot ? String(task.Slot ?? 0) : driver.names.node(task.NodeID);
    (bySlot[key] ??= []).push(line(task, fieldsOf(step), driver));
  }
  if (!step.aggregate) return sortKeys(bySlot);
  return count(Object.values(bySlot).map((history) => history.join(' -> ')));
}

function fieldsOf(step: Step): readonly string[] {
  return step.fields ?? ['state', 'desired', 'err'];
}

/** One task in the corpus's short form: `failed/shutdown exit=2 (started) !reason`. */
function line(task: Task, fields: readonly string[], driver: Driver): string {
  const { Status } = task;
  const parts = [
    fields.includes('state') && Status.State,
    fields.includes('desired') && `/${task.DesiredState}`,
    fields.includes('node') && ` @${driver.names.node(task.NodeID)}`,
    fields.includes('exit') &&
      Status.ContainerStatus &&
      isTerminal(Status.State) &&
      ` exit=${Status.ContainerStatus.ExitCode ?? 0}`,
    fields.includes('msg') && ` (${driver.names.maskText(Status.Message ?? '')})`,
    fields.includes('err') && Status.Err && ` !${driver.names.maskText(Status.Err)}`,
  ];
  return parts.filter(Boolean).join('');
}

function nodes(step: Step, driver: Driver): unknown {
  const list = driver.world.api.get('/nodes') as unknown as readonly Node[];
  const shown = list.map(({ ID, Spec, Status, ManagerStatus }) => {
    const leader = ManagerStatus?.Leader && step.leader ? '+leader' : '';
    const fields = {
      state: Status.State,
      availability: Spec.Availability,
      role: Spec.Role,
      ...(Status.Message && { message: Status.Message }),
      ...(ManagerStatus && { manager: `${ManagerStatus.Reachability}${leader}` }),
      ...(step.labels && { labels: Spec.Labels ?? {} }),
    };
    return [driver.names.node(ID), fields] as const;
  });
  return sortKeys(Object.fromEntries(shown));
}

function pick(object: unknown, step: Step, driver: Driver): unknown {
  if (!step.paths) return driver.names.mask(sortKeys(object));
  return Object.fromEntries(step.paths.map((path) => [path, masked(object, path, driver)]));
}

function masked(object: unknown, path: string, driver: Driver): unknown {
  return driver.names.mask(sortKeys(pointer(object, path))) ?? null;
}

function count(lines: readonly string[]): unknown {
  const counts: Record<string, number> = {};
  for (const one of lines) counts[one] = (counts[one] ?? 0) + 1;
  return sortKeys(counts);
}
