import type { Instant } from '../base/clock.ts';
import { parseTimestamp } from '../base/timestamp.ts';
import { resolveAssignment } from '../orchestrator/agent/resolve-assignment.ts';
import type { StoreView } from '../orchestrator/store/store-view.ts';
import type { StoredTask } from '../orchestrator/store/stored-object.ts';
import { ExpansionError } from '../orchestrator/template.ts';
import { taskName } from '../orchestrator/task-name.ts';
import type { StringMap } from '../swarm/object.ts';
import type { ContainerSpec, Mount } from '../swarm/service.ts';
import type { SwarmState } from './backend.ts';
import { httpError } from './http-errors.ts';
import { humanDuration } from './human-duration.ts';
import {
  matchesAny,
  matchesExactly,
  matchesLabels,
  matchesPrefix,
  type ListFilters,
} from './list-filters.ts';

/*
 * Tasks that are processes, shown as the containers that clients expect.
 * Source: spec/engine-api.md section 12.
 */

/** A task with something to show: it has run, or runs. */
export interface TaskContainer {
  readonly id: string;
  readonly name: string;
  readonly task: StoredTask;
  readonly isRunning: boolean;
}

/** All of a swarm's, the newest first. */
export function taskContainers(state: SwarmState): readonly TaskContainer[] {
  if (state.kind !== 'active') return [];
  return [...state.swarm.store.view.list('task')].reverse().flatMap(toContainer);
}

function toContainer(task: StoredTask): readonly TaskContainer[] {
  const id = task.Status.ContainerStatus?.ContainerID;
  if (!id) return [];
  const { State } = task.Status;
  return [
    { id, name: taskName(task), task, isRunning: State === 'running' || State === 'starting' },
  ];
}

/** By full id, name, or id prefix. @throws HttpError 404 */
export function findContainer(state: SwarmState, input: string): TaskContainer {
  const all = taskContainers(state);
  const name = input.replace(/^\//, '');
  const found =
    all.find((one) => one.id === input || one.name === name) ??
    (input === '' ? undefined : all.find((one) => one.id.startsWith(input)));
  if (found) return found;
  throw httpError('not-found', `No such container: ${input}`);
}

/** Labels by which other programs find the containers of a swarm. */
export function containerLabels({ task, name }: TaskContainer): StringMap {
  return {
    ...task.Spec.ContainerSpec?.Labels,
    'com.docker.swarm.node.id': task.NodeID ?? '',
    'com.docker.swarm.service.id': task.ServiceID,
    'com.docker.swarm.service.name': task.ServiceAnnotations.Name,
    'com.docker.swarm.task': '',
    'com.docker.swarm.task.id': task.ID,
    'com.docker.swarm.task.name': name,
  };
}

export const CONTAINER_FILTERS: readonly string[] = [
  'ancestor',
  'before',
  'exited',
  'expose',
  'health',
  'id',
  'isolation',
  'is-task',
  'label',
  'name',
  'network',
  'publish',
  'since',
  'status',
  'volume',
];

/** Whether a container is one that a list request asks for. */
export function matchesContainer(container: TaskContainer, filters: ListFilters): boolean {
  const { id, name, task, isRunning } = container;
  const image = task.Spec.ContainerSpec?.Image ?? '';
  return (
    matchesPrefix(filters, 'id', id) &&
    matchesAny(filters, 'name', (one) => name.includes(one.replaceAll(/^\^?\/?|\$$/g, ''))) &&
    matchesLabels(filters, 'label', containerLabels(container)) &&
    matchesExactly(filters, 'status', isRunning ? 'running' : 'exited') &&
    matchesAny(filters, 'ancestor', (one) => isImage(one, image)) &&
    matchesAny(filters, 'is-task', (word) => word === 'true' || word === '1') &&
    matchesAny(filters, 'exited', (code) => !isRunning && code === String(exitCode(task)))
  );
}

function isImage(wanted: string, image: string): boolean {
  const [plain = ''] = image.split('@');
  return wanted === image || wanted === plain || `${wanted}:latest` === plain;
}

/** The command line of a task. */
function commandOf({ Spec }: StoredTask): readonly string[] {
  return [...(Spec.ContainerSpec?.Command ?? []), ...(Spec.ContainerSpec?.Args ?? [])];
}

function exitCode({ Status }: StoredTask): number {
  return Status.ContainerStatus?.ExitCode ?? 0;
}

/** @source spec/engine-api.md section 12 (minimum list item) */
export function showListItem(container: TaskContainer, now: Instant): unknown {
  const { id, name, task, isRunning } = container;
  const since = humanDuration(now - (parseTimestamp(task.Status.Timestamp ?? '') ?? now));
  const Image = task.Spec.ContainerSpec?.Image ?? '';
  return {
    Id: id,
    Names: [`/${name}`],
    Image,
    ImageID: '',
    Command: commandOf(task).map(quoteWord).join(' '),
    Created: Math.trunc((parseTimestamp(task.CreatedAt) ?? now) / 1000),
    Ports: publishedPorts(task),
    Labels: containerLabels(container),
    State: isRunning ? 'running' : 'exited',
    Status: isRunning ? `Up ${since}` : `Exited (${exitCode(task)}) ${since} ago`,
    HostConfig: { NetworkMode: 'host' },
    NetworkSettings: { Networks: {} },
    Mounts: [],
  };
}

/** Words with blanks in quotes, as the engine shows a command. */
function quoteWord(word: string): string {
  return /^[\w%+,./:=@-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}

function publishedPorts({ Status }: StoredTask): readonly unknown[] {
  return (Status.PortStatus?.Ports ?? []).map((port) => ({
    IP: '0.0.0.0',
    PrivatePort: port.TargetPort,
    PublicPort: port.PublishedPort ?? 0,
    Type: port.Protocol ?? 'tcp',
  }));
}

/** @source spec/engine-api.md section 12; Engine API, ContainerInspectResponse */
export function showContainer(container: TaskContainer, view: StoreView): unknown {
  const { id, name, task } = container;
  const [Path = '', ...Args] = commandOf(task);
  const spec = filledIn(task, view);
  return {
    Id: id,
    Created: task.CreatedAt,
    Path,
    Args,
    State: showState(container),
    Image: task.Spec.ContainerSpec?.Image ?? '',
    Name: `/${name}`,
    RestartCount: 0,
    Driver: 'process',
    Platform: 'linux',
    Mounts: (spec.Mounts ?? []).map(showMount),
    HostConfig: {
      NetworkMode: 'host',
      LogConfig: { Type: 'json-file', Config: {} },
      RestartPolicy: { Name: 'no', MaximumRetryCount: 0 },
    },
    Config: showConfig(container, spec, view),
    NetworkSettings: { Ports: {}, Networks: {} },
  };
}

function showState({ task, isRunning }: TaskContainer): unknown {
  const { Timestamp = '', Err = '', ContainerStatus } = task.Status;
  return {
    Status: isRunning ? 'running' : 'exited',
    Running: isRunning,
    Paused: false,
    Restarting: false,
    OOMKilled: false,
    Dead: false,
    Pid: ContainerStatus?.PID ?? 0,
    ExitCode: exitCode(task),
    Error: Err,
    StartedAt: Timestamp,
    FinishedAt: isRunning ? '0001-01-01T00:00:00Z' : Timestamp,
  };
}

/** The spec as its node took it: placeholders filled in, as far as they can still be. */
function filledIn(task: StoredTask, view: StoreView): ContainerSpec {
  const asked = task.Spec.ContainerSpec ?? {};
  if (!task.NodeID || !view.get('node', task.NodeID)) return asked;
  try {
    return resolveAssignment(view, task).container;
  } catch (error) {
    // A task that was refused for a bad placeholder has only what was asked for.
    if (error instanceof ExpansionError) return asked;
    throw error;
  }
}

function showMount(mount: Mount): unknown {
  return {
    Type: mount.Type,
    ...(mount.Type === 'volume' && { Name: mount.Source ?? '', Driver: 'local' }),
    Source: mount.Source ?? '',
    Destination: mount.Target,
    Mode: '',
    RW: mount.ReadOnly !== true,
    Propagation: mount.BindOptions?.Propagation ?? '',
  };
}

function showConfig(container: TaskContainer, asked: ContainerSpec, view: StoreView): unknown {
  const { task } = container;
  const { User = '', Env = [], Image = '', Dir = '', ...spec } = asked;
  const node = task.NodeID && view.get('node', task.NodeID);
  const host = node ? node.Description.Hostname : undefined;
  return {
    Hostname: spec.Hostname ?? host ?? '',
    User,
    Tty: spec.TTY === true,
    OpenStdin: spec.OpenStdin === true,
    Env,
    Cmd: spec.Args ?? null,
    Image,
    WorkingDir: Dir,
    Entrypoint: spec.Command ?? null,
    Labels: containerLabels(container),
    ...(spec.StopSignal && { StopSignal: spec.StopSignal }),
  };
}
