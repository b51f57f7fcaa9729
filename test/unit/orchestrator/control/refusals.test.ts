import { expect, test } from 'vitest';
import { createSeededRandom } from '../../../../src/base/random.ts';
import { HTTP_STATUS } from '../../../../src/base/errors.ts';
import { createControl, type Control } from '../../../../src/orchestrator/control.ts';
import { ControlError } from '../../../../src/orchestrator/control-error.ts';
import type { ServiceSpec } from '../../../../src/swarm/service.ts';
import { aStore } from '../../../support/builders.ts';

/*
 * Texts and statuses of the real engine 28.5.2, as recorded.
 */

type Json = { readonly [key: string]: unknown };

function aControl(): Control {
  const control = createControl({ ...aStore(), random: createSeededRandom(1) });
  control.createCluster();
  return control;
}

function refusalOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof ControlError) return `${HTTP_STATUS[error.kind]} ${error.wireMessage}`;
    throw error;
  }
  return 'accepted';
}

function spec(top: Json, task: Json = {}, container: Json = {}): ServiceSpec {
  const ContainerSpec = { Image: 'busybox:latest', ...container };
  return { Name: 'web', TaskTemplate: { ContainerSpec, ...task }, ...top };
}

const IA = '400 rpc error: code = InvalidArgument desc = ';

test.each([
  ['no container', { TaskTemplate: {} }, {}, {}, '400 mismatched Runtime and *Spec fields'],
  ['runtime', {}, { Runtime: 'vm' }, {}, '400 unsupported runtime'],
  ['no image', {}, {}, { Image: '' }, `${IA}ContainerSpec: image reference must be provided`],
  ['image', {}, {}, { Image: 'A/B' }, `${IA}ContainerSpec: "A/B" is not a valid repository/tag`],
  ['name', { Name: 'a-' }, {}, {}, `${IA}name must be valid as a DNS name component`],
  ['long name', { Name: 'a'.repeat(64) }, {}, {}, `${IA}name must be 63 characters or fewer`],
  [
    'modes',
    { Mode: { Replicated: {}, Global: {} } },
    {},
    {},
    '400 must specify only one service mode',
  ],
  [
    'CPU',
    {},
    { Resources: { Limits: { NanoCPUs: 100 } } },
    {},
    `${IA}invalid cpu value 1e-07: Must be at least 0.001`,
  ],
  [
    'memory',
    {},
    { Resources: { Reservations: { MemoryBytes: 1000 } } },
    {},
    `${IA}invalid memory value 1000: Must be at least 4MiB`,
  ],
  [
    'restart condition',
    {},
    { RestartPolicy: { Condition: 'sometimes' } },
    {},
    '400 invalid RestartCondition: "sometimes"',
  ],
  [
    'restart delay',
    {},
    { RestartPolicy: { Delay: -1 } },
    {},
    `${IA}TaskSpec: restart-delay cannot be negative`,
  ],
  [
    'update action',
    { RollbackConfig: { FailureAction: 'explode' } },
    {},
    {},
    '400 unrecognized update failure action explode',
  ],
  [
    'update order',
    { UpdateConfig: { Order: 'both' } },
    {},
    {},
    '400 unrecognized update order both',
  ],
  [
    'ratio',
    { UpdateConfig: { MaxFailureRatio: 1.5 } },
    {},
    {},
    `${IA}TaskSpec: update-maxfailureratio cannot be less than 0 or bigger than 1`,
  ],
  [
    'job update',
    { Mode: { GlobalJob: {} }, UpdateConfig: { Parallelism: 1 } },
    {},
    {},
    `${IA}Jobs may not have an update config`,
  ],
  [
    'constraint',
    {},
    { Placement: { Constraints: ['node.role=manager'] } },
    {},
    '500 rpc error: code = Unknown desc = constraint expected one operator from ==, !=',
  ],
  ['mount type', {}, {}, { Mounts: [{ Type: 'x', Target: '/a' }] }, '400 invalid MountType: "x"'],
  [
    'mount twice',
    {},
    {},
    {
      Mounts: [
        { Type: 'tmpfs', Target: '/a' },
        { Type: 'volume', Source: 'v', Target: '/a' },
      ],
    },
    `${IA}ContainerSpec: duplicate mount point: /a`,
  ],
  [
    'health',
    {},
    {},
    { Healthcheck: { Test: ['CMD', 'true'], Interval: 5 } },
    `${IA}ContainerSpec: Interval in HealthConfig cannot be less than 1ms`,
  ],
  [
    'endpoint mode',
    { EndpointSpec: { Mode: 'magic' } },
    {},
    {},
    '400 invalid resolution mode: "magic"',
  ],
  [
    'dnsrr with ingress',
    { EndpointSpec: { Mode: 'dnsrr', Ports: [{ TargetPort: 80, PublishedPort: 90 }] } },
    {},
    {},
    `${IA}EndpointSpec: port published with ingress mode can't be used with dnsrr mode`,
  ],
  [
    'port twice',
    {
      EndpointSpec: {
        Ports: [
          { TargetPort: 1, PublishedPort: 9 },
          { TargetPort: 2, PublishedPort: 9 },
        ],
      },
    },
    {},
    {},
    `${IA}EndpointSpec: duplicate published ports provided`,
  ],
  ['network', {}, { Networks: [{ Target: 'nope' }] }, {}, '500 network nope not found'],
  [
    'ingress',
    {},
    { Networks: [{ Target: 'ingress' }] },
    {},
    `${IA}Service cannot be explicitly attached to the ingress network "ingress"`,
  ],
  [
    'secret',
    {},
    {},
    { Secrets: [{ SecretID: 'a', SecretName: 'b', File: { Name: 'f' } }] },
    `${IA}secret not found: b`,
  ],
  [
    'secret without id',
    {},
    {},
    { Secrets: [{ SecretName: 'b', File: { Name: 'f' } }] },
    `${IA}malformed secret reference`,
  ],
  [
    'config without target',
    {},
    {},
    { Configs: [{ ConfigID: 'a', ConfigName: 'b' }] },
    '400 invalid Config: either File or Runtime should be set',
  ],
  [
    'credential spec',
    {},
    {},
    { Privileges: { CredentialSpec: {} } },
    '400 invalid CredentialSpec: must either provide "file", "registry", or "config" for credential spec',
  ],
  [
    'named generic resource',
    {},
    {
      Resources: {
        Reservations: { GenericResources: [{ NamedResourceSpec: { Kind: 'gpu', Value: 'a' } }] },
      },
    },
    {},
    `${IA}invalid generic resource gpu=a: a reservation is a count, not a name`,
  ],
] as const)('refuses a service: %s', (...[, top, task, container, text]) => {
  expect(refusalOf(() => aControl().createService(spec(top, task, container)))).toBe(text);
});

test.each([
  ['zero replicas', { Mode: { Replicated: { Replicas: 0 } } }, {}],
  ['a predefined network', {}, { Networks: [{ Target: 'bridge' }] }],
  ['nonsense in the rollback config', { RollbackConfig: { MaxFailureRatio: 7 } }, {}],
  ['an unknown constraint key', {}, { Placement: { Constraints: ['node.moon == full'] } }],
  ['no name', { Name: '' }, {}],
  ['a shouted restart condition', {}, { RestartPolicy: { Condition: 'ON_FAILURE' } }],
])('takes a service with %s', (_what, top, task) => {
  expect(refusalOf(() => aControl().createService(spec(top, task)))).toBe('accepted');
});

test('names are taken in any case', () => {
  const control = aControl();
  control.createService(spec({ Name: 'WEB' }));
  expect(refusalOf(() => control.createService(spec({})))).toBe(
    '409 rpc error: code = AlreadyExists desc = name conflicts with an existing object: service web already exists',
  );
});

test('an ingress port excludes both kinds elsewhere, a host port only ingress', () => {
  const control = aControl();
  const ports = (PublishedPort: number, PublishMode?: string): Json => ({
    EndpointSpec: {
      Ports: [{ TargetPort: 80, PublishedPort, ...(PublishMode && { PublishMode }) }],
    },
  });
  const a = control.createService(spec({ Name: 'a', ...ports(80) }));
  const b = control.createService(spec({ Name: 'b', ...ports(81, 'host') }));
  const taken = (port: number, id: string, name: string, kind: string): string =>
    `${IA}port '${port}' is already in use by service '${name}' (${id}) as ${kind} port`;
  const attempt = (top: Json): string =>
    refusalOf(() => control.createService(spec({ Name: 'c', ...top })));
  expect(attempt(ports(80))).toBe(taken(80, a.ID, 'a', 'an ingress'));
  expect(attempt(ports(80, 'host'))).toBe(taken(80, a.ID, 'a', 'an ingress'));
  expect(attempt(ports(81))).toBe(taken(81, b.ID, 'b', 'a host-published'));
  expect(attempt(ports(81, 'host'))).toBe('accepted');
});
