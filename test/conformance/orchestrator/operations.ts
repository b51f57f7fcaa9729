import { ApiError } from './engine-api.ts';
import { mergePatch, type Json, type JsonObject } from './json.ts';
import type { NamedKind, Names } from './names.ts';
import type { Step } from './scenario.ts';
import type { Task } from '../../../src/swarm/task.ts';
import type { World } from './world.ts';

/** Every created service starts from this, then the step's `spec` is merged over it. */
const BASE: JsonObject = {
  TaskTemplate: {
    ContainerSpec: {
      Image: 'busybox:latest',
      Command: ['sleep', '1000000'],
      StopSignal: 'SIGKILL',
    },
  },
};

/** Refusal of an operation on a container that is not where it was recorded. */
export const NO_TASK = 'no running task to act on';

export interface OperationContext {
  readonly world: World;
  readonly names: Names;
  /** Remembers this moment under a name. */
  readonly mark: (name: string) => void;
  readonly tasksOf: (service: string) => readonly Task[];
}

type Operation = (step: Step, context: OperationContext) => Json | undefined;

/** Every operation of the corpus, by the word in `do`. */
export const OPERATIONS: Readonly<Record<string, Operation>> = {
  createService(step, { world, names }) {
    const spec = mergePatch(step.bare ? {} : BASE, { Name: step.name ?? '', ...step.spec });
    const { ID } = world.api.post('/services/create', spec) as { ID: string };
    names.set('service', step.name ?? '', ID);
    return {};
  },
  updateService(step, { world, names }) {
    const path = `/services/${names.get('service', step.name ?? '') ?? step.name}`;
    const current = world.api.get(path) as unknown as Versioned;
    const query = new URLSearchParams({ version: String(versionFor(step, current)) });
    if (step.rollback !== undefined) query.set('rollback', step.rollback);
    if (step.registryAuthFrom !== undefined) query.set('registryAuthFrom', step.registryAuthFrom);
    const spec = step.spec ?? mergePatch(current.Spec, step.patch ?? {});
    world.api.post(`${path}/update?${query.toString()}`, spec);
    return {};
  },
  removeService(step, { world, names }) {
    world.api.delete(`/services/${names.get('service', step.name ?? '') ?? step.name}`);
    return {};
  },
  updateNode(step, { world }) {
    const path = `/nodes/${world.member(step.node as string).id}`;
    const current = world.api.get(path) as unknown as Versioned;
    const spec: Record<string, Json> = { ...current.Spec };
    if (step.labels) spec['Labels'] = mergePatch(current.Spec['Labels'], step.labels);
    if (step.availability) spec['Availability'] = step.availability;
    if (step.role) spec['Role'] = step.role;
    world.api.post(`${path}/update?version=${versionFor(step, current)}`, spec);
    return {};
  },
  removeNode(step, { world }) {
    const force = step.force ? '?force=true' : '';
    world.api.delete(`/nodes/${world.member(step.node as string).id}${force}`);
    return {};
  },
  stopNode: (step, { world }) => act(() => world.cluster.fail(idOf(step, world))),
  startNode: (step, { world }) => act(() => world.restart(step.node as string)),
  leaveNode: (step, { world }) => act(() => world.cluster.leave(idOf(step, world))),
  joinNode: (step, { world }) => act(() => world.join(step.node as string)),
  killContainer: (step, context) =>
    act(() => {
      for (const task of running(step, context)) context.world.runtime.containerOf(task.ID)?.kill();
    }),
  removeContainer: (step, context) =>
    act(() => {
      for (const task of running(step, context)) context.world.runtime.discard(task.ID);
    }),
  createSecret: (step, context) => createBlob('secret', step, context),
  createConfig: (step, context) => createBlob('config', step, context),
  updateSecret: (step, context) => updateBlob('secret', step, context),
  updateConfig: (step, context) => updateBlob('config', step, context),
  removeSecret: (step, context) => remove('secret', step, context),
  removeConfig: (step, context) => remove('config', step, context),
  createNetwork(step, { world, names }) {
    const body = { Name: step.name ?? '', Driver: 'overlay', ...step.spec };
    const { Id } = world.api.post('/networks/create', body) as { Id: string };
    names.set('network', step.name ?? '', Id);
    return {};
  },
  removeNetwork: (step, context) => remove('network', step, context),
  updateSwarm(step, { world }) {
    const swarm = world.api.get('/swarm') as unknown as Versioned;
    const spec = mergePatch(swarm.Spec, step.patch ?? {});
    world.api.post(`/swarm/update?version=${swarm.Version.Index}`, spec);
    return {};
  },
  api(step, { world }) {
    const answer = world.api.call(step.method ?? 'GET', step.path ?? '', step.body);
    return step.returnBody ? answer : {};
  },
  sleep: (step, { world }) => act(() => world.advance(step.ms ?? 0)),
  mark: (step, { mark }) => act(() => mark(step.name ?? '')),
};

interface Versioned {
  readonly ID: string;
  readonly Version: { readonly Index: number };
  readonly Spec: JsonObject;
}

function act(run: () => void): Json {
  run();
  return {};
}

function idOf(step: Step, world: World) {
  return world.member(step.node as string).id;
}

function versionFor(step: Step, current: Versioned): number {
  if (step.version === 'stale') return Math.max(0, current.Version.Index - 1);
  return step.version ?? current.Version.Index;
}

function running(step: Step, { names, tasksOf }: OperationContext): readonly Task[] {
  const found = tasksOf(step.service ?? '').filter(
    (task) =>
      task.Status.State === 'running' &&
      task.DesiredState === 'running' &&
      (step.slot === undefined || task.Slot === step.slot) &&
      (step.node === undefined || names.node(task.NodeID) === step.node),
  );
  if (found.length === 0) throw new ApiError(404, NO_TASK);
  return step.all ? found : found.slice(0, 1);
}

function createBlob(kind: 'secret' | 'config', step: Step, context: OperationContext): Json {
  const body = {
    Name: step.name,
    Labels: step.labels,
    Templating: step.templating,
    Data: step.data === undefined ? undefined : Buffer.from(step.data).toString('base64'),
  };
  const { ID } = context.world.api.post(`/${kind}s/create`, body) as { ID: string };
  context.names.set(kind, step.name ?? '', ID);
  return {};
}

function updateBlob(kind: 'secret' | 'config', step: Step, context: OperationContext): Json {
  const path = `/${kind}s/${context.names.get(kind, step.name ?? '')}`;
  const current = context.world.api.get(path) as unknown as Versioned;
  const spec: Record<string, Json> = { ...current.Spec, ...step.patch };
  if (step.data !== undefined) spec['Data'] = Buffer.from(step.data).toString('base64');
  context.world.api.post(`${path}/update?version=${current.Version.Index}`, spec);
  return {};
}

function remove(kind: NamedKind, step: Step, { world, names }: OperationContext): Json {
  world.api.delete(`/${kind}s/${names.get(kind, step.name ?? '') ?? step.name}`);
  return {};
}
