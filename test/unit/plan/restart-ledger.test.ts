import { describe, expect, test } from 'vitest';
import { StackFileError } from '../../../src/base/errors.ts';
import { toInstant } from '../../../src/base/clock.ts';
import { assessPlan } from '../../../src/plan/assess-plan.ts';
import type { Resolutions } from '../../../src/plan/images.ts';
import { planStack } from '../../../src/plan/plan-stack.ts';
import { keyPaths } from '../../../src/stack/keys/table/paths.ts';
import { convertLoadedStack, loadStack } from '../../../src/stack/pipeline.ts';
import type { StackSpec } from '../../../src/stack/stack-spec.ts';
import { isTaskDirty } from '../../../src/swarm/dirty.ts';
import type { NetworkId, ServiceId, TaskId } from '../../../src/swarm/object.ts';
import type { Service, ServiceSpec } from '../../../src/swarm/service.ts';
import type { Task } from '../../../src/swarm/task.ts';
import { aService, aStack } from '../../support/a-stack.ts';
import { aNode } from '../../support/fake-engine-client.ts';
import { sampleOf } from '../../support/key-samples.ts';

const NODES = [aNode('node-1', 'manager'), aNode('node-2'), aNode('node-3')];
const META = { Version: { Index: 7 }, CreatedAt: '', UpdatedAt: '' };

function stored(spec: ServiceSpec, more: Partial<Service> = {}): Service {
  return { ...META, ID: `id-${spec.Name}` as ServiceId, Spec: spec, ...more };
}

/** One running task of the given template on each node. */
function tasksOf(service: Service, templates = NODES.map(() => service.Spec.TaskTemplate)): Task[] {
  return templates.map((Spec, at) => ({
    ...META,
    ID: `${service.ID}-${at}` as TaskId,
    ServiceID: service.ID,
    Spec: structuredClone(Spec),
    Slot: at + 1,
    NodeID: NODES[at]?.ID as never,
    Status: { State: 'running' },
    DesiredState: 'running',
  }));
}

/** What a plan for `wanted` says of the only service. */
function effectOf(
  service: Service,
  wanted: StackSpec,
  tasks = tasksOf(service),
  resolutions: Resolutions = new Map(),
) {
  const snapshot = {
    stack: 'shop',
    services: [service],
    foreignServices: [],
    networks: wanted.networks.map((one) => ({
      Id: `id-${one.Name}` as NetworkId,
      Name: one.Name,
      Scope: 'swarm' as const,
      Driver: 'overlay',
      Labels: { 'com.docker.stack.namespace': 'shop' },
    })),
    secrets: [],
    configs: [],
  };
  const resolveImage = resolutions.size > 0 ? 'always' : 'never';
  const options = { prune: false, resolveImage, compatDocker: false } as const;
  const plan = planStack(wanted, snapshot, { options, resolutions });
  const { assessments } = assessPlan({
    plan,
    spec: wanted,
    snapshot,
    placement: { nodes: NODES, tasks },
    resolutions,
    options,
    now: toInstant(0),
  });
  const operation = plan.operations.find(({ name }) => name === service.Spec.Name);
  return { ...assessments.get(operation?.id ?? 0), operation };
}

const replicas = { Mode: { Replicated: { Replicas: 3 } } };
const web = (more: Parameters<typeof aService>[1] = {}) =>
  aService('web', { ...replicas, ...more });
const stackOf = (...services: readonly ServiceSpec[]) => aStack({ services });

describe('the ledger', () => {
  test('counts the slots and names the field', () => {
    const { effect } = effectOf(stored(web()), stackOf(web({ image: 'nginx:2' })));
    expect(effect).toMatchObject({
      kind: 'restarts',
      tasks: { slots: 3, restarts: ['1', '2', '3'], starts: 0, stops: [] },
    });
    expect(effect?.because).toContain('TaskTemplate.ContainerSpec.Image');
  });

  test('what an interrupted update has brought to the new spec already stays', () => {
    const good = web({ image: 'nginx:1' });
    const bad = web({ image: 'nginx:2' });
    const paused = stored(bad, { PreviousSpec: good });
    const templates = [bad, good, good].map((one) => one.TaskTemplate);
    const { effect } = effectOf(paused, stackOf(good), tasksOf(paused, templates));
    expect(effect?.tasks?.restarts).toEqual(['1']);
  });

  test('a digest or a platform that the registry gave counts like any field', () => {
    const before = stored(web());
    const registry = (digest: string | undefined): Resolutions =>
      new Map([
        ['nginx:1.27', { kind: 'resolved', digest, platforms: [{ OS: 'linux' }] } as const],
      ]);
    const effectWith = (digest?: string) =>
      effectOf(before, stackOf(web()), undefined, registry(digest)).effect;
    expect(effectWith(`sha256:${'1'.repeat(64)}`)).toMatchObject({
      because: ['TaskTemplate.ContainerSpec.Image'],
      tasks: { restarts: ['1', '2', '3'] },
    });
    // Platforms are part of the placement, which moves nobody by itself.
    expect(effectWith()).toMatchObject({ kind: 'in-place' });
  });

  test('a constraint moves only who does not meet it', () => {
    const moved = web({ task: { Placement: { Constraints: ['node.role==worker'] } } });
    const { effect } = effectOf(stored(web()), stackOf(moved));
    expect(effect).toMatchObject({
      kind: 'restarts',
      tasks: { restarts: ['1'] },
      because: ['TaskTemplate.Placement.Constraints'],
    });
  });

  test('a global service leaves a node for good', () => {
    const global = (Constraints: string[]) =>
      web({ Mode: { Global: {} }, task: { Placement: { Constraints } } });
    const service = stored(global([]));
    const tasks = tasksOf(service).map(({ Slot: _slot, ...task }) => task);
    const { effect } = effectOf(service, stackOf(global(['node.role==worker'])), tasks);
    expect(effect).toMatchObject({ kind: 'scales', tasks: { restarts: [], stops: ['node-1'] } });
  });

  test('fewer replicas stop the surplus', () => {
    const { effect } = effectOf(
      stored(web()),
      stackOf(web({ Mode: { Replicated: { Replicas: 1 } } })),
    );
    expect(effect).toMatchObject({ kind: 'scales', tasks: { restarts: [], starts: 0 } });
    expect(effect?.tasks?.stops).toHaveLength(2);
  });

  test('a gap, a lonely host port and a reckless failure action are risks', () => {
    const one = { Mode: { Replicated: { Replicas: 1 } } };
    const port = { TargetPort: 80, PublishedPort: 80, PublishMode: 'host' as const };
    const before = stored(web(one));
    const single = tasksOf(before).slice(0, 1);
    const risksOf = (more: Parameters<typeof aService>[1]): readonly string[] =>
      effectOf(before, stackOf(web({ ...one, image: 'nginx:2', ...more })), single).risks ?? [];
    expect(risksOf({})[0]).toMatch(/^a gap: the only task stops/);
    const startFirst = { Parallelism: 1, Order: 'start-first', FailureAction: 'continue' } as const;
    expect(risksOf({ UpdateConfig: startFirst, EndpointSpec: { Ports: [port] } })).toEqual([
      expect.stringContaining('start-first with host port 80'),
      expect.stringContaining('failure_action: continue'),
    ]);
  });
});

const FILES: Readonly<Record<string, string>> = {
  'base.yml': 'services: {a: {image: "x:1", tty: true}}',
  'more.env': 'A=b\n',
  'raw.env': 'B="c"\n',
  'data.txt': 'data\n',
  'other.txt': 'other\n',
};

function specOf(file: unknown): StackSpec | undefined {
  const all: Readonly<Record<string, string>> = { ...FILES, 'stack.yml': JSON.stringify(file) };
  const ports = {
    readFile: (path: string) => {
      const text = all[path.replace('/project/', '')];
      return text === undefined
        ? ({ kind: 'error', code: 'ENOENT', message: 'no such file' } as const)
        : ({ kind: 'data', bytes: new TextEncoder().encode(text) } as const);
    },
    readStdin: () => new Uint8Array(),
    workingDirectory: '/project',
  };
  const env = { DATA: 'data', OTHER: 'other' };
  const loaded = loadStack(['stack.yml'], ports, { compat: 'none', env });
  try {
    return convertLoadedStack(loaded, 'shop').spec;
  } catch (error) {
    if (error instanceof StackFileError) return undefined;
    throw error;
  }
}

/** Keys without which a file is invalid. */
const REQUIRED = ['services.*.image', 'services.*.volumes.[].type'];

const mapped = keyPaths().filter(
  ({ path, facts }) => facts.outcome === 'mapped' && path.startsWith('services.*.'),
);

describe('every mapped key of a service: tasks restart as the core decides', () => {
  test('there are many', () => {
    expect(mapped.length).toBeGreaterThan(100);
  });

  test.each(mapped.map((one) => [one.path, one]))('%s', (_path, key) => {
    const sample = sampleOf(key);
    // Some keys cannot be missing: then nothing was there before.
    const [before, after] = [specOf(sample.without), specOf(sample.with)];
    if (!before || !after) return expect(REQUIRED).toContain(key.path);
    for (const wanted of after.services) {
      const old = before.services.find(({ Name }) => Name === wanted.Name);
      if (!old) continue;
      const service = stored(old);
      const { effect, operation } = effectOf(service, { ...after, services: [wanted] });
      const isJob = wanted.Mode?.ReplicatedJob ?? wanted.Mode?.GlobalJob;
      const modeOf = ({ Mode = {} }: ServiceSpec) => Object.keys(Mode).join();
      if (isJob || modeOf(old) !== modeOf(wanted)) continue;
      const dirty = tasksOf(service).filter((task, at) =>
        isTaskDirty({ Spec: wanted }, { ...task, Endpoint: { Spec: old.EndpointSpec } }, () =>
          meets(wanted, at),
        ),
      );
      const expected = operation?.kind === 'service-update' ? dirty : [];
      const { restarts = [], stops = [] } = effect?.tasks ?? {};
      const kept = expected.filter(({ Slot }) => !stops.includes(String(Slot)));
      expect(restarts).toEqual(kept.map(({ Slot }) => String(Slot)));
    }
  });
});

/** The only constraint among the samples is about roles. */
function meets({ TaskTemplate }: ServiceSpec, at: number): boolean {
  return !TaskTemplate.Placement?.Constraints?.some((one) => one.includes('worker')) || at > 0;
}
