import { expect, test } from 'vitest';
import { toInstant } from '../../../src/base/clock.ts';
import { assessPlan, forcePlan } from '../../../src/plan/assess-plan.ts';
import type { Resolutions } from '../../../src/plan/images.ts';
import { planStack } from '../../../src/plan/plan-stack.ts';
import type { Plan } from '../../../src/plan/plan.ts';
import type { StackSpec } from '../../../src/stack/stack-spec.ts';
import type { Network } from '../../../src/swarm/network.ts';
import type { Node } from '../../../src/swarm/node.ts';
import type { NetworkId, NodeId, ServiceId, TaskId } from '../../../src/swarm/object.ts';
import type { Service, ServiceSpec } from '../../../src/swarm/service.ts';
import type { Task } from '../../../src/swarm/task.ts';
import { aNetwork, aService, aStack } from '../../support/a-stack.ts';
import { aNode } from '../../support/fake-engine-client.ts';

const GIB = 2 ** 30;
const META = { Version: { Index: 7 }, CreatedAt: '', UpdatedAt: '' };
const described = (node: Node): Node => ({
  ...node,
  Description: { ...node.Description, TLSInfo: {} },
});
const NODES = [aNode('node-1', 'manager'), aNode('node-2')].map(described);

function stored(spec: ServiceSpec): Service {
  return { ...META, ID: `id-${spec.Name}` as ServiceId, Spec: spec };
}

function taskOf(service: Service, Slot: number, NodeID: NodeId | undefined): Task {
  return {
    ...META,
    ID: `${service.ID}-${Slot}` as TaskId,
    ServiceID: service.ID,
    Spec: service.Spec.TaskTemplate,
    Slot,
    ...(NodeID && { NodeID }),
    Status: { State: 'running' },
    DesiredState: 'running',
  };
}

interface World {
  readonly nodes?: readonly Node[];
  readonly tasks?: readonly Task[];
  readonly services?: readonly Service[];
  readonly otherServices?: readonly Service[];
  readonly networks?: readonly Network[];
  readonly resolutions?: Resolutions;
  readonly compatDocker?: boolean;
}

function assess(spec: StackSpec, world: World = {}): Plan {
  const { nodes = NODES, tasks = [], resolutions = new Map() } = world;
  const { services = [], otherServices = [], networks = [], compatDocker = false } = world;
  const options = { prune: false, resolveImage: 'always', compatDocker } as const;
  const snapshot = {
    stack: 'shop',
    services,
    foreignServices: [],
    otherServices,
    networks,
    secrets: [],
    configs: [],
  };
  const plan = planStack(spec, snapshot, { options, resolutions });
  const now = toInstant(0);
  return assessPlan({
    plan,
    spec,
    snapshot,
    placement: { nodes, tasks },
    resolutions,
    options,
    now,
  }).plan;
}

const only = (...services: readonly ServiceSpec[]) => aStack({ networks: [], services });
const lone = (more: Parameters<typeof aService>[1] = {}) =>
  aService('web', { networks: [], ...more });
const reserves = (gib: number) => ({
  Resources: { Reservations: { MemoryBytes: gib * GIB } },
});
const codesOf = ({ refusals }: Plan): readonly string[] => refusals.map(({ code }) => code);

test.each([
  [
    'resources',
    { task: reserves(9) },
    'node-2: resources: memory: needs 9 GiB, 8 GiB free of 8 GiB',
  ],
  [
    'generic resources',
    {
      task: {
        Resources: {
          Reservations: { GenericResources: [{ DiscreteResourceSpec: { Kind: 'GPU', Value: 1 } }] },
        },
      },
    },
    'node-1: resources: GPU: needs 1, 0 free of 0',
  ],
  [
    'constraint',
    { task: { Placement: { Constraints: ['node.role==drone'] } } },
    'node-1: constraint: does not meet node.role==drone',
  ],
  [
    'platform',
    { task: { Placement: { Platforms: [{ OS: 'windows', Architecture: 'amd64' }] } } },
    'node-1: platform: runs linux/x86_64; the image supports windows/amd64',
  ],
] as const)('a service nobody can take is refused: %s', (_, more, shortfall) => {
  const plan = assess(only(lone(more)));
  expect(plan.refusals).toMatchObject([{ code: 'no-suitable-node', isOverridable: true }]);
  expect(plan.refusals[0]?.message).toContain(shortfall);
  expect(forcePlan(plan)).toMatchObject({ refusals: [] });
  expect(assess(only(lone(more)), { compatDocker: true }).refusals).toEqual([]);
});

test('a host port that every node has in use, and max replicas', () => {
  const port = { TargetPort: 80, PublishedPort: 80, PublishMode: 'host' as const };
  const other = stored({ ...aService('edge', { EndpointSpec: { Ports: [port] } }), Labels: {} });
  const tasks = NODES.map(({ ID }, at) => taskOf(other, at + 1, ID));
  const running = tasks.map((task) => ({
    ...task,
    Status: { ...task.Status, PortStatus: { Ports: [port] } },
  }));
  const world = { otherServices: [other], tasks: running };
  const plan = assess(only(lone({ EndpointSpec: { Ports: [port] } })), world);
  expect(plan.refusals[0]?.message).toContain('node-1: host-port: port tcp/80 already in use');
  const capped = { Placement: { MaxReplicas: 1 } };
  const before = stored(lone({ Mode: { Replicated: { Replicas: 2 } }, task: capped }));
  const more = only(lone({ Mode: { Replicated: { Replicas: 3 } }, task: capped }));
  const own = NODES.map(({ ID }, at) => taskOf(before, at + 1, ID));
  const grown = assess(more, { services: [before], tasks: own });
  expect(grown.refusals[0]?.message).toContain('max-replicas: already has 1 of at most 1');
});

test('what stops first makes room; what starts first needs it', () => {
  const before = stored(lone({ task: reserves(5), Mode: { Replicated: { Replicas: 2 } } }));
  const tasks = NODES.map(({ ID }, at) => taskOf(before, at + 1, ID));
  const next = (Order: 'start-first' | 'stop-first') =>
    lone({
      image: 'nginx:2',
      task: reserves(5),
      Mode: { Replicated: { Replicas: 2 } },
      UpdateConfig: { Parallelism: 1, Order },
    });
  const world = { services: [before], tasks };
  expect(codesOf(assess(only(next('stop-first')), world))).toEqual([]);
  const early = assess(only(next('start-first')), world);
  expect(early.refusals[0]?.hint).toContain('set update_config.order to stop-first');
});

test('nodes without a word of their own agent are no reason to refuse', () => {
  const nodes = [aNode('node-1', 'manager')];
  expect(assess(only(lone({ task: reserves(99) })), { nodes }).refusals).toEqual([]);
});

const publishes = (PublishedPort: number, PublishMode: 'ingress' | 'host' = 'ingress') => ({
  EndpointSpec: { Ports: [{ TargetPort: 80, PublishedPort, PublishMode }] },
});
const foreign = (more: Parameters<typeof aService>[1]): Service =>
  stored({
    ...aService('x', { networks: [], ...more }),
    Name: 'edge_proxy',
    Labels: { 'com.docker.stack.namespace': 'edge' },
  });

test.each([
  ['ingress against ingress', publishes(80), publishes(80), true],
  ['ingress against host', publishes(80), publishes(80, 'host'), true],
  ['host against host', publishes(80, 'host'), publishes(80, 'host'), false],
  ['another port', publishes(80), publishes(81), false],
])('published ports: %s', (_, own, other, isRefused) => {
  const plan = assess(only(lone(own)), { otherServices: [foreign(other)] });
  expect(codesOf(plan)).toEqual(isRefused ? ['port-in-use'] : []);
  if (!isRefused) return;
  expect(plan.refusals[0]?.message).toContain(
    'port 80/tcp is already published by service edge_proxy of stack edge',
  );
  expect(codesOf(forcePlan(plan))).toEqual(['port-in-use']);
});

test('two services of one file that want one port are told once', () => {
  const spec = only(lone(publishes(80)), aService('api', { networks: [], ...publishes(80) }));
  expect(codesOf(assess(spec))).toEqual(['port-in-use']);
});

test.each([
  ['10.0.0.0/16', '10.0.0.0/24', true],
  ['10.0.1.0/24', '10.0.0.0/24', false],
  ['fd00::/64', 'fd00:0:0:0:1::/80', true],
  ['fd00::/64', '10.0.0.0/8', false],
])('address space: %s beside %s', (wanted, taken, isRefused) => {
  const network = {
    Id: 'x' as NetworkId,
    Name: 'ingress',
    Scope: 'swarm' as const,
    Driver: 'overlay',
    IPAM: { Config: [{ Subnet: taken }] },
  };
  const body = aNetwork('default', { IPAM: { Config: [{ Subnet: wanted }] } });
  const plan = assess(aStack({ networks: [body], services: [aService('web')] }), {
    networks: [network],
  });
  expect(codesOf(plan)).toEqual(isRefused ? ['subnet-overlap'] : []);
});

test('an image its registry does not have is a note, one that cannot be asked for is none', () => {
  const reason = 'manifest unknown: manifest unknown';
  const noted = (text: string): readonly string[] =>
    assess(only(lone()), {
      resolutions: new Map([['nginx:1.27', { kind: 'unreachable', reason: text }]]),
    }).notes.flatMap(({ code, severity }) => (severity === 'note' ? [code] : []));
  expect(noted(reason)).toEqual(['image-not-found']);
  expect(noted('dial tcp: i/o timeout')).toEqual([]);
});

test('lost managers and nodes are notes', () => {
  const [manager, worker] = NODES as [Node, Node];
  const lost: Node = {
    ...described(aNode('node-3', 'manager')),
    Status: { State: 'down' },
    ManagerStatus: { Reachability: 'unreachable' },
  };
  const { notes } = assess(only(lone()), {
    nodes: [manager, worker, lost, aNode('node-4', 'manager')],
  });
  const told = notes.filter(({ severity }) => severity === 'note');
  expect(told.map(({ message }) => message)).toEqual([
    expect.stringContaining('1 of 3 managers cannot be reached (node-3); 0 more may fail'),
    '1 of 4 nodes take no tasks: node-3 (down)',
  ]);
});
