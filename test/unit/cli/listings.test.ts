import { describe, expect, test } from 'vitest';
import { toInstant } from '../../../src/base/clock.ts';
import { formatHostPorts, formatIngressPorts } from '../../../src/cli/listings/published-ports.ts';
import { listServices } from '../../../src/cli/listings/service-listing.ts';
import { shortImage } from '../../../src/cli/listings/short-image.ts';
import { listStacks } from '../../../src/cli/listings/stack-listing.ts';
import { listTasks } from '../../../src/cli/listings/task-listing.ts';
import type { PortConfig, Service, ServiceSpec } from '../../../src/swarm/service.ts';
import type { Task } from '../../../src/swarm/task.ts';

const AT = { Version: { Index: 1 }, CreatedAt: '1970-01-01T00:00:00Z', UpdatedAt: '' };

function aService(
  name: string,
  spec: Partial<ServiceSpec> = {},
  rest: Partial<Service> = {},
): Service {
  return {
    ...AT,
    ID: `id-of-${name}-0123456789` as Service['ID'],
    Spec: { Name: name, TaskTemplate: { ContainerSpec: { Image: 'nginx:1' } }, ...spec },
    ServiceStatus: { RunningTasks: 1, DesiredTasks: 2, CompletedTasks: 3 },
    ...rest,
  };
}

function aTask(id: string, rest: Partial<Task>): Task {
  return {
    ...AT,
    ID: id as Task['ID'],
    ServiceID: 'svc1' as Task['ServiceID'],
    Spec: { ContainerSpec: { Image: 'nginx:1' } },
    Slot: 1,
    NodeID: 'node1' as NonNullable<Task['NodeID']>,
    Status: { State: 'running', Timestamp: '1970-01-01T00:00:00Z' },
    DesiredState: 'running',
    ...rest,
  };
}

const port = (
  PublishedPort: number,
  TargetPort: number,
  rest: Partial<PortConfig> = {},
): PortConfig => ({
  PublishedPort,
  TargetPort,
  Protocol: 'tcp',
  PublishMode: 'ingress',
  ...rest,
});

describe('published ports', () => {
  test.each([
    [[], ''],
    [[port(8080, 80), port(53, 53, { Protocol: 'udp' })], '*:8080->80/tcp, *:53->53/udp'],
    [[port(7001, 71), port(7000, 70), port(7002, 72)], '*:7000-7002->70-72/tcp'],
    [[port(7010, 80), port(7011, 80)], '*:7010-7011->80/tcp'],
    [[port(7000, 80), port(7001, 81), port(7002, 81)], '*:7000-7001->80-81/tcp, *:7002->81/tcp'],
    [[port(7000, 80), port(7001, 80), port(7002, 81)], '*:7000-7001->80/tcp, *:7002->81/tcp'],
    [[port(80, 80, { PublishMode: 'host' })], ''],
    [[port(53, 53), port(54, 54, { Protocol: 'udp' })], '*:53->53/tcp, *:54->54/udp'],
  ])('of case %#', (ports, expected) => {
    expect(formatIngressPorts(ports)).toBe(expected);
  });

  test('on the host have no blank between them', () => {
    expect(formatHostPorts([port(8080, 80), port(53, 53, { Protocol: 'udp' })])).toBe(
      '*:8080->80/tcp,*:53->53/udp',
    );
  });
});

const DIGEST = `sha256:${'1'.repeat(64)}`;

test.each([
  [`nginx:1@${DIGEST}`, 'nginx:1'],
  [`docker.io/library/nginx:1`, 'nginx:1'],
  [`reg:5000/a/b:2@${DIGEST}`, 'reg:5000/a/b:2'],
  [`reg:5000/a/b@${DIGEST}`, `reg:5000/a/b@${DIGEST}`],
  ['Not An Image', 'Not An Image'],
  ['', ''],
])('image %s is shown as %s', (image, expected) => {
  expect(shortImage(image)).toBe(expected);
});

test('stacks are counted by label', () => {
  const labelled = (name: string, stack: string): Service =>
    aService(name, { Labels: { 'com.docker.stack.namespace': stack } });
  const listing = listStacks([
    labelled('a', 'app10'),
    labelled('b', 'app2'),
    labelled('c', 'app2'),
    aService('d'),
  ]);
  expect(listing.rows).toEqual([
    { Name: 'app2', Services: '2' },
    { Name: 'app10', Services: '1' },
  ]);
});

test.each<[Partial<ServiceSpec>, string, string]>([
  [{}, 'replicated', '1/2'],
  [{ Mode: { Global: {} } }, 'global', '1/2'],
  [{ Mode: { ReplicatedJob: { TotalCompletions: 5 } } }, 'replicated job', '1/2 (3/5 completed)'],
  [{ Mode: { GlobalJob: {} } }, 'global job', '1/2 (3/5 completed)'],
  [{ TaskTemplate: { Placement: { MaxReplicas: 2 } } }, 'replicated', '1/2 (max 2 per node)'],
])('service with %j', (spec, mode, replicas) => {
  expect(listServices([aService('s', spec)]).rows[0]).toMatchObject({
    Mode: mode,
    Replicas: replicas,
  });
});

describe('tasks', () => {
  const view = {
    now: toInstant(300_000),
    noTrunc: false,
    serviceNames: new Map([['svc1', 'web_app']]),
    nodeNames: new Map([['node1', 'alpha']]),
  };

  test('sort by name, newest first, and mark the history of a slot in tables only', () => {
    const listing = listTasks(
      [
        aTask('old', { CreatedAt: '1970-01-01T00:00:01Z' }),
        aTask('ten', { Slot: 10 }),
        aTask('new', { CreatedAt: '1970-01-01T00:00:02Z' }),
      ],
      view,
    );
    expect(listing.rows.map((row) => [row['ID'], row['Name']])).toEqual([
      ['new', 'web_app.1'],
      ['old', 'web_app.1'],
      ['ten', 'web_app.10'],
    ]);
    expect(listing.tableRows?.map((row) => row['Name'])).toEqual([
      'web_app.1',
      ' \\_ web_app.1',
      'web_app.10',
    ]);
  });

  test('without a slot carry the id of their node', () => {
    const { Slot: _slot, ...global } = aTask('g', {});
    expect(listTasks([global], view).rows[0]).toMatchObject({
      Name: 'web_app.node1',
      Node: 'alpha',
    });
  });

  test('show state, age and error', () => {
    const failed = aTask('0123456789abcdef', {
      Status: {
        State: 'failed',
        Timestamp: '1970-01-01T00:00:00Z',
        Err: 'task: non-zero exit (1): something long',
        PortStatus: { Ports: [port(80, 80)] },
      },
      DesiredState: 'shutdown',
    });
    expect(listTasks([failed], view).rows[0]).toMatchObject({
      ID: '0123456789ab',
      DesiredState: 'Shutdown',
      CurrentState: 'Failed 5 minutes ago',
      Error: '"task: non-zero exit (1): some…"',
      Ports: '*:80->80/tcp',
    });
    expect(listTasks([failed], { ...view, noTrunc: true }).rows[0]).toMatchObject({
      ID: '0123456789abcdef',
      Error: '"task: non-zero exit (1): something long"',
    });
  });
});
