import { CancelledError } from '../../src/base/errors.ts';
import { toInstant } from '../../src/base/clock.ts';
import type { FakeEngine } from './fake-engine-client.ts';
import type { ImageBehaviour } from './fake-orchestrator.ts';

/** One way in which a deploy goes wrong, and what must come of it. */
export interface Fault {
  readonly when: string;
  /** `c.yml`; default one service with image bad:1. */
  readonly file?: string;
  /** Deployed before, well. */
  readonly before?: string;
  /** What tasks of bad:1 do. */
  readonly bad?: ImageBehaviour;
  /** Words of the command; default a deploy of c.yml. */
  readonly argv?: readonly string[];
  /** Before the command, after `before`. */
  readonly arrange?: (engine: FakeEngine, interrupt: AbortController) => void;
  readonly exit: number;
  /** Classes of failed tasks, or the code of the error, or how the rollout ended. */
  readonly cause: string;
}

const fails = (error: string): ImageBehaviour => ({ kind: 'exits', code: 1, error });
const exits = (code: number, afterMs = 100): ImageBehaviour => ({ kind: 'exits', code, afterMs });
const rejects = (error: string): ImageBehaviour => ({ kind: 'rejected', error });
const waits = (reason: string): ImageBehaviour => ({
  kind: 'pending',
  error: `no suitable node (${reason})`,
});

/** One service in docker's format. */
export function oneService(image: string, deploy = ''): string {
  return `version: "3.8"\nservices:\n  web:\n    image: "${image}"\n    deploy: {${deploy}}\n`;
}

/** Services of the Compose Specification that depend on each other. */
function ordered(condition: string, more = ''): string {
  return `name: shop
services:
  web: {image: "good:1", depends_on: {db: {condition: ${condition}${more}}}}
  db: {image: "bad:1"}
`;
}

const GOOD = oneService('good:1');
const UPDATE = { before: GOOD, file: oneService('bad:1') };
const ROLLBACK = {
  before: GOOD,
  file: oneService('bad:1', 'update_config: {failure_action: rollback}'),
};

/** Tasks that the cluster cannot start, or that do not stay: the first deploy of a service. */
const TASKS: readonly Fault[] = [
  { when: 'image missing', bad: rejects('No such image: bad:1'), exit: 5, cause: 'image-pull' },
  {
    when: 'tag unknown to the registry',
    bad: rejects('manifest for bad:1 not found: manifest unknown'),
    exit: 5,
    cause: 'image-pull',
  },
  {
    when: 'image not built for the platform of the node',
    bad: rejects('no matching manifest for linux/arm64/v8 in the manifest list entries'),
    exit: 5,
    cause: 'image-pull',
  },
  {
    when: 'registry limits the rate',
    bad: rejects('toomanyrequests: You have reached your pull rate limit'),
    exit: 5,
    cause: 'image-pull',
  },
  {
    when: 'registry denies access',
    bad: rejects('pull access denied for bad, repository does not exist'),
    exit: 5,
    cause: 'credential',
  },
  {
    when: 'credentials expired',
    bad: rejects('unauthorized: authentication required'),
    exit: 5,
    cause: 'credential',
  },
  { when: 'crash at start', bad: exits(1, 10), exit: 5, cause: 'crash' },
  { when: 'crash after 3 s', bad: exits(1, 3000), exit: 5, cause: 'crash' },
  { when: 'segmentation fault', bad: exits(139), exit: 5, cause: 'crash' },
  { when: 'command not found in the image', bad: exits(127), exit: 5, cause: 'crash' },
  { when: 'killed, without memory limit', bad: exits(137), exit: 5, cause: 'crash' },
  {
    when: 'killed, with memory limit',
    file: oneService('bad:1', 'resources: {limits: {memory: 32M}}'),
    bad: exits(137),
    exit: 5,
    cause: 'oom',
  },
  {
    when: 'out of memory before it starts',
    bad: fails('starting container failed: container init was OOM-killed (memory limit too low?)'),
    exit: 5,
    cause: 'oom',
  },
  {
    when: 'never healthy',
    bad: fails('task: non-zero exit (1): dockerexec: unhealthy container'),
    exit: 5,
    cause: 'health',
  },
  {
    when: 'healthy, then unhealthy after 4 s',
    bad: {
      kind: 'exits',
      code: 137,
      afterMs: 4000,
      error: 'task: non-zero exit (137): dockerexec: unhealthy container',
    },
    exit: 5,
    cause: 'health',
  },
  {
    when: 'executable missing',
    bad: fails('starting container failed: exec: "nope": executable file not found in $PATH'),
    exit: 5,
    cause: 'command',
  },
  {
    when: 'executable of another architecture',
    bad: fails('starting container failed: exec /app: exec format error'),
    exit: 5,
    cause: 'command',
  },
  {
    when: 'bind source missing on the node',
    bad: rejects('invalid mount config for type "bind": bind source path does not exist: /srv'),
    exit: 5,
    cause: 'volume',
  },
  {
    when: 'bind source vanished',
    bad: fails('invalid bind mount source, source path not found: /srv'),
    exit: 5,
    cause: 'volume',
  },
  {
    when: 'NFS volume does not mount',
    bad: rejects('error while mounting volume with options: type=nfs: no such host'),
    exit: 5,
    cause: 'volume',
  },
  {
    when: 'port taken on the node',
    bad: fails('driver failed programming external connectivity: port is already allocated'),
    exit: 5,
    cause: 'port',
  },
  {
    when: 'address in use',
    bad: fails('listen tcp4 0.0.0.0:80: bind: address already in use'),
    exit: 5,
    cause: 'port',
  },
  {
    when: 'network missing on the node',
    bad: rejects('network shop_default not found'),
    exit: 5,
    cause: 'network',
  },
  {
    when: 'network out of addresses',
    bad: rejects('no available IPv4 addresses on this network'),
    exit: 5,
    cause: 'network',
  },
  {
    when: 'no address pool left',
    bad: rejects('could not find an available, non-overlapping IPv4 address pool'),
    exit: 5,
    cause: 'network',
  },
  {
    when: 'node no longer meets the constraints',
    bad: rejects('assigned node no longer meets constraints'),
    exit: 5,
    cause: 'scheduling',
  },
  { when: 'a failure nobody knows', bad: rejects('the moon is full'), exit: 5, cause: 'unknown' },
  {
    when: 'exit 1 with restart condition none',
    file: oneService('bad:1', 'restart_policy: {condition: none}'),
    bad: exits(1),
    exit: 5,
    cause: 'crash',
  },
  {
    when: 'exit 1 with two attempts',
    file: oneService(
      'bad:1',
      'restart_policy: {condition: on-failure, max_attempts: 2, delay: 1s}',
    ),
    bad: exits(1),
    exit: 5,
    cause: 'crash',
  },
  {
    when: 'a global service that fails on every node',
    file: oneService('bad:1', 'mode: global'),
    bad: rejects('No such image: bad:1'),
    exit: 5,
    cause: 'image-pull',
  },
  {
    when: 'a job that fails, restart condition none',
    file: oneService('bad:1', 'mode: replicated-job, restart_policy: {condition: none}'),
    bad: exits(3),
    exit: 5,
    cause: 'crash',
  },
  {
    when: 'one service of two fails',
    file: `${oneService('bad:1')}  other: {image: "good:1"}\n`,
    bad: exits(1),
    exit: 5,
    cause: 'crash',
  },
];

/** Tasks that find no node: they may yet, so the time decides. */
const PENDING: readonly Fault[] = [
  ['too little memory or CPU', 'insufficient resources on 3 nodes', 'scheduling'],
  [
    'constraints that no node meets',
    'scheduling constraints not satisfied on 3 nodes',
    'scheduling',
  ],
  ['platform that no node has', 'unsupported platform on 3 nodes', 'scheduling'],
  ['max_replicas_per_node reached', 'max replicas per node limit exceed', 'scheduling'],
  ['volume plugin missing', 'missing plugin on 3 nodes', 'scheduling'],
  ['all nodes drained or paused', '3 nodes not available for new tasks', 'scheduling'],
  ['host port taken on every node', 'host-mode port already in use on 3 nodes', 'port'],
].map(([when = '', reason = '', cause = '']) => ({
  when: `pending: ${when}`,
  bad: waits(reason),
  exit: 7,
  cause,
}));

/** Updates of a service that runs. */
const UPDATES: readonly Fault[] = [
  { when: 'update crashes, paused', ...UPDATE, bad: exits(1), exit: 5, cause: 'crash' },
  {
    when: 'update finds no image, paused',
    ...UPDATE,
    bad: rejects('No such image: bad:1'),
    exit: 5,
    cause: 'image-pull',
  },
  { when: 'update crashes, rolled back', ...ROLLBACK, bad: exits(1), exit: 6, cause: 'crash' },
  {
    when: 'update finds no image, rolled back',
    ...ROLLBACK,
    bad: rejects('No such image: bad:1'),
    exit: 6,
    cause: 'image-pull',
  },
  {
    when: 'update is never healthy, rolled back',
    ...ROLLBACK,
    bad: fails('task: non-zero exit (1): dockerexec: unhealthy container'),
    exit: 6,
    cause: 'health',
  },
  {
    when: 'update and its rollback both fail',
    ...ROLLBACK,
    bad: exits(1),
    arrange: (engine) => engine.behave('good:1', exits(1)),
    exit: 5,
    cause: 'crash',
  },
  {
    when: 'update crashes, failure_action continue',
    before: GOOD,
    file: oneService('bad:1', 'update_config: {failure_action: continue}'),
    bad: exits(1),
    exit: 5,
    cause: 'crash',
  },
  {
    when: 'update finds no node',
    ...UPDATE,
    bad: waits('insufficient resources on 3 nodes'),
    exit: 7,
    cause: 'scheduling',
  },
  {
    when: 'service removed by somebody else meanwhile',
    arrange: (engine) => {
      engine.behave('bad:1', { kind: 'runs', afterMs: 20_000 });
      engine.clock.at(toInstant(engine.clock.now() + 8000), () => engine.services.clear());
    },
    exit: 5,
    cause: 'failed',
  },
  {
    when: 'slow start beyond --timeout',
    bad: { kind: 'runs', afterMs: 300_000 },
    exit: 7,
    cause: 'timed-out',
  },
  {
    when: 'node lost meanwhile',
    bad: { kind: 'runs', afterMs: 1000 },
    arrange: (engine) => {
      engine.clock.at(toInstant(engine.clock.now() + 2000), () => {
        engine.nodes.forEach((node, at) => {
          engine.nodes[at] = { ...node, Status: { ...node.Status, State: 'down' } };
        });
      });
    },
    exit: 7,
    cause: 'timed-out',
  },
];

/** Services in an order. */
const ORDER: readonly Fault[] = [
  {
    when: 'depends_on: what is needed finds no image',
    file: ordered('service_healthy'),
    bad: rejects('No such image: bad:1'),
    exit: 5,
    cause: 'image-pull',
  },
  {
    when: 'depends_on: what is needed is never healthy',
    file: ordered('service_healthy'),
    bad: fails('task: non-zero exit (1): dockerexec: unhealthy container'),
    exit: 5,
    cause: 'health',
  },
  {
    when: 'depends_on: what is needed finds no node',
    file: ordered('service_started'),
    bad: waits('insufficient resources on 3 nodes'),
    exit: 7,
    cause: 'scheduling',
  },
  {
    when: 'depends_on: a migration fails',
    file: ordered('service_completed_successfully'),
    bad: exits(1),
    exit: 5,
    cause: 'crash',
  },
  {
    when: 'depends_on: what is optional fails',
    file: ordered('service_healthy', ', required: false'),
    bad: rejects('No such image: bad:1'),
    exit: 5,
    cause: 'image-pull',
  },
  {
    when: 'depends_on: a cycle',
    file: 'name: shop\nservices:\n  a: {image: a, depends_on: [b]}\n  b: {image: b, depends_on: [a]}\n',
    exit: 3,
    cause: 'dependency-cycle',
  },
  {
    when: 'depends_on: waits for the end of what never ends',
    file: ordered('service_completed_successfully').replace('"bad:1"', '"bad:1", restart: always'),
    exit: 3,
    cause: 'dependency-never-completes',
  },
];

/** What the engine says to a request. */
const ENGINE: readonly Fault[] = [
  refused('the first write fails', /POST \/networks\/create/, 'no space left on device', {
    exit: 1,
    cause: 'engine-internal',
  }),
  refused('a later write fails', /POST \/services\/create/, 'no space left on device', {
    exit: 10,
    cause: 'engine-internal',
  }),
  {
    ...refused('version conflict that goes away', /POST .*\/update/, 'update out of sequence', {
      exit: 0,
      cause: 'converged',
    }),
    before: GOOD,
    file: oneService('good:2'),
  },
  {
    ...refused('version conflict that stays', /POST .*\/update/, 'update out of sequence', {
      exit: 8,
      cause: 'update-out-of-sequence',
      times: 100,
    }),
    before: GOOD,
    file: oneService('good:2'),
  },
  refused('manager restarts while waiting', /GET \/tasks/, 'connection refused', {
    exit: 0,
    cause: 'converged',
  }),
  refused(
    'quorum lost before the first write',
    /GET \/services/,
    'rpc error: code = Unknown desc = The swarm does not have a leader',
    { exit: 9, cause: 'no-quorum', times: 100 },
  ),
  refused(
    'quorum lost at a write',
    /POST \/services\/create/,
    'rpc error: code = Unknown desc = The swarm does not have a leader',
    { exit: 9, cause: 'no-quorum', times: 100 },
  ),
  refused(
    'quorum lost while waiting',
    /GET \/tasks/,
    'rpc error: code = Unknown desc = The swarm does not have a leader',
    { exit: 9, cause: 'no-quorum', times: 100 },
  ),
  refused(
    'the engine is a worker',
    /GET \/services/,
    "This node is not a swarm manager. Worker nodes can't be used to view or modify cluster state.",
    { exit: 9, cause: 'not-a-manager', times: 100 },
  ),
  refused(
    'the engine is in no Swarm',
    /GET \/services/,
    'This node is not a swarm manager. Use "docker swarm init" to connect this node to swarm.',
    { exit: 9, cause: 'swarm-inactive', times: 100 },
  ),
  refused(
    'the Swarm is locked',
    /GET \/services/,
    'Swarm is encrypted and needs to be unlocked before it can be used.',
    { exit: 9, cause: 'swarm-locked', times: 100 },
  ),
  refused(
    'the Swarm’s certificates have expired',
    /GET \/services/,
    'Swarm certificates have expired.',
    { exit: 9, cause: 'swarm-certificates-expired', times: 100 },
  ),
];

function refused(
  when: string,
  matches: RegExp,
  message: string,
  { times = 1, ...result }: Pick<Fault, 'exit' | 'cause'> & { readonly times?: number },
): Fault {
  const arrange = (engine: FakeEngine): void =>
    engine.fail({ matches, message, status: /swarm/i.test(message) ? 503 : 500, times });
  return { when, file: GOOD, arrange, ...result };
}

/** What is refused before the first write, and what people do. */
const BEFORE: readonly Fault[] = [
  {
    when: 'external network missing',
    file: `${GOOD}    networks: [gone]\nnetworks:\n  gone: {external: true}\n`,
    exit: 4,
    cause: 'external-network',
  },
  {
    when: 'external secret missing',
    file: `${GOOD}    secrets: [gone]\nsecrets:\n  gone: {external: true}\n`,
    exit: 4,
    cause: 'reference-not-found',
  },
  {
    when: 'mode of a service changed',
    before: GOOD,
    file: oneService('good:1', 'mode: global'),
    exit: 4,
    cause: 'service-mode-change',
  },
  {
    when: 'name taken by a service of nobody',
    file: GOOD,
    arrange: (engine) => {
      const spec = { Name: 'shop_web', TaskTemplate: { ContainerSpec: { Image: 'x' } } };
      void engine.client.services.create(spec);
    },
    exit: 4,
    cause: 'service-name-taken',
  },
  { when: 'file is no YAML', file: 'services: [', exit: 3, cause: 'yaml-syntax' },
  {
    when: 'file has an unknown key',
    file: GOOD.replace('image', 'imago'),
    exit: 3,
    cause: 'unknown-key',
  },
  {
    when: 'required variable missing',
    file: oneService('good:${TAG:?is missing}'),
    exit: 3,
    cause: 'variable-required',
  },
  {
    when: 'file missing',
    argv: ['deploy', '-c', 'gone.yml', '--progress', 'json', 'shop'],
    exit: 3,
    cause: 'file-not-readable',
  },
  {
    when: 'no file named',
    argv: ['deploy', '--progress', 'json', 'shop'],
    exit: 64,
    cause: 'usage',
  },
  {
    when: 'unknown flag',
    argv: ['deploy', '--nope', '--progress', 'json', 'shop'],
    exit: 64,
    cause: 'usage',
  },
  {
    when: 'interrupted (Ctrl-C) while waiting',
    bad: { kind: 'runs', afterMs: 60_000 },
    arrange: interruptAt(5000, new CancelledError('interrupted', 130)),
    exit: 130,
    cause: 'interrupted',
  },
  {
    when: 'terminated (SIGTERM) while waiting',
    bad: { kind: 'runs', afterMs: 60_000 },
    arrange: interruptAt(5000, new CancelledError('terminated', 143)),
    exit: 143,
    cause: 'interrupted',
  },
  {
    when: 'interrupted before the first write',
    file: GOOD,
    arrange: (_engine, interrupt) => interrupt.abort(new CancelledError('interrupted', 130)),
    exit: 130,
    cause: 'cancelled',
  },
  {
    when: 'wait: the update of a stack is paused',
    ...UPDATE,
    bad: exits(1),
    argv: ['wait', '--timeout', '1m', '--progress', 'json', 'shop'],
    arrange: (engine) => {
      const [service] = engine.services.values();
      if (!service) throw new Error('nothing is deployed');
      const spec = service.Spec.TaskTemplate;
      const template = { ...spec, ContainerSpec: { ...spec.ContainerSpec, Image: 'bad:1' } };
      const changed = { ...service.Spec, TaskTemplate: template };
      const version = service.Version.Index;
      void engine.client.services.update(service.ID, changed, { version });
    },
    exit: 5,
    cause: 'crash',
  },
  {
    when: 'wait: no such stack',
    argv: ['wait', '--progress', 'json', 'gone'],
    exit: 1,
    cause: 'nothing-found',
  },
  {
    when: 'scale: no such service',
    argv: ['scale', '--progress', 'json', 'shop_gone=2'],
    exit: 4,
    cause: 'change-refused',
  },
  {
    when: 'logs: no such stack',
    argv: ['logs', '--format', 'json', 'gone'],
    exit: 1,
    cause: 'nothing-found',
  },
  {
    when: 'rm: a network stays in use',
    before: GOOD,
    argv: ['rm', '--progress', 'json', 'shop'],
    arrange: (engine) =>
      engine.fail({
        matches: /DELETE \/networks/,
        message: 'network is in use by task x',
        status: 400,
        times: 100,
      }),
    exit: 1,
    cause: 'failed',
  },
  {
    when: 'a deploy that only writes (--detach)',
    file: oneService('bad:1'),
    bad: exits(1),
    argv: ['deploy', '-d', '-c', 'c.yml', '--resolve-image', 'never', '--progress', 'json', 'shop'],
    exit: 0,
    cause: 'detached',
  },
];

function interruptAt(delayMs: number, reason: CancelledError): NonNullable<Fault['arrange']> {
  return ({ clock }, interrupt) => {
    clock.at(toInstant(clock.now() + delayMs), () => interrupt.abort(reason));
  };
}

/** All faults, in the order of the table. */
export const FAULTS: readonly Fault[] = [
  ...TASKS,
  ...PENDING,
  ...UPDATES,
  ...ORDER,
  ...ENGINE,
  ...BEFORE,
];
