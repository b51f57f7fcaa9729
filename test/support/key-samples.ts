import type { KeyPath } from '../../src/stack/keys/table/paths.ts';
import type { Shape } from '../../src/stack/keys/table/shape.ts';

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** A stack file in the Compose Specification's format, without and with one key. */
export interface KeySample {
  readonly without: Json;
  readonly with: Json;
}

/** Values that differ from what is sent when nothing is said, by path or by last key. */
const VALUES: Readonly<Record<string, Json>> = {
  version: '3.8',
  services: { a: { image: 'other:2' } },
  networks: { n: { attachable: true } },
  volumes: { v: { labels: { a: 'b' } } },
  'services.*.build.secrets': ['s'],
  secrets: { n: { environment: 'DATA' } },
  configs: { n: { content: 'x' } },
  include: ['more.yml'],
  'include.[].path': 'other.yml',
  'include.[].env_file': 'more.env',
  'include.[].project_directory': 'sub',
  'services.*.cpu_period': 20_000,
  'services.*.cpu_quota': 50_000,
  'services.*.cpus': 0.5,
  'services.*.credential_spec': { registry: 'x' },
  'services.*.credential_spec.config': 'c',
  'services.*.deploy': { replicas: 3 },
  'services.*.deploy.endpoint_mode': 'dnsrr',
  'services.*.deploy.mode': 'global',
  'services.*.deploy.labels': { a: 'b' },
  'services.*.deploy.placement.constraints': ['node.role == worker'],
  'services.*.deploy.placement.preferences': [{ spread: 'node.labels.zone' }],
  'services.*.deploy.placement': { constraints: ['node.role == worker'] },
  'services.*.deploy.resources': { limits: { cpus: '0.5' } },
  'services.*.deploy.resources.limits': { cpus: '0.5' },
  'services.*.deploy.resources.reservations': { cpus: '0.5' },
  'services.*.deploy.resources.reservations.generic_resources': [
    { discrete_resource_spec: { kind: 'ssd', value: 1 } },
  ],
  'services.*.deploy.resources.reservations.generic_resources.[].discrete_resource_spec': {
    kind: 'ssd',
    value: 1,
  },
  'services.*.deploy.resources.reservations.devices': [{ count: 1, capabilities: ['gpu'] }],
  'services.*.deploy.restart_policy': { condition: 'none' },
  'services.*.deploy.restart_policy.condition': 'none',
  'services.*.deploy.update_config.failure_action': 'continue',
  'services.*.deploy.rollback_config.failure_action': 'continue',
  'services.*.depends_on': ['b'],
  'services.*.depends_on.*.condition': 'service_healthy',
  'services.*.dns': '10.0.0.1',
  'services.*.env_file': 'more.env',
  'services.*.env_file.path': 'more.env',
  'services.*.env_file.[].path': 'more.env',
  'services.*.env_file.[].format': 'raw',
  'services.*.env_file.format': 'raw',
  'services.*.extends': { service: 'b' },
  'services.*.extends.service': 'b',
  'services.*.extends.file': 'base.yml',
  'services.*.extra_hosts': { db: '10.0.0.1' },
  'services.*.gpus': [{ count: 1 }],
  'services.*.healthcheck': { test: 'true', retries: 4 },
  'services.*.healthcheck.test': 'other',
  'services.*.image': 'other:2',
  'services.*.label_file': 'more.env',
  'services.*.network_mode': 'host',
  'services.*.networks': ['n'],
  'services.*.networks.*.aliases': ['x'],
  'services.*.platform': 'linux/arm64',
  'services.*.ports': ['80:80'],
  'services.*.ports.[].protocol': 'udp',
  'services.*.ports.[].mode': 'host',
  'services.*.ports.[].published': '8080',
  'services.*.restart': 'on-failure',
  'services.*.security_opt': ['no-new-privileges'],
  'services.*.secrets': ['s'],
  'services.*.configs': ['c'],
  'services.*.tmpfs': '/run',
  'services.*.volumes': ['v:/d'],
  'services.*.volumes.[].type': 'bind',
  'services.*.volumes.[].target': '/elsewhere',
  'services.*.volumes.[].bind': { propagation: 'rslave' },
  'services.*.volumes.[].bind.propagation': 'rslave',
  'services.*.volumes.[].bind.recursive': 'disabled',
  'services.*.volumes.[].volume': { nocopy: true },
  'services.*.volumes.[].tmpfs': { size: 4096 },
  'services.*.logging': { driver: 'syslog' },
  'services.*.mem_limit': '64m',
  'services.*.mem_reservation': '64m',
  'services.*.memswap_limit': '128m',
  'services.*.shm_size': '64m',
  'networks.*.ipam': { driver: 'other' },
  'networks.*.ipam.config': [{ subnet: '10.5.0.0/16' }],
  'networks.*.ipam.config.[].subnet': '10.5.0.0/16',
  'networks.*.ipam.config.[].ip_range': '10.5.4.0/24',
  'networks.*.ipam.config.[].gateway': '10.5.0.1',
  'networks.*.external': true,
  'volumes.*.external': true,
  'secrets.*.external': true,
  'configs.*.external': true,
  'secrets.*.file': 'data.txt',
  'configs.*.file': 'data.txt',
  'secrets.*.environment': 'DATA',
  'configs.*.environment': 'DATA',
  'x-tstack.history': 'cluster',
  'x-tstack.rotate': true,
  'x-tstack.ignore': ['floating-tag'],
  'services.*.x-tstack.ignore': ['floating-tag'],
  'services.*.x-tstack.spec': { TaskTemplate: { Runtime: 'other' } },
  'volumes.*.x-cluster-spec': { group: 'g' },
  memory: '64m',
  count: 2,
  required: false,
  max_failure_ratio: 0.5,
  pids: 10,
};

/** What has to stand around a key for it to mean something; `null` takes a key away. */
const CONTEXT: Readonly<Record<string, Readonly<Record<string, Json>>>> = {
  'services.*.configs': { configs: { c: { content: 'x' } } },
  'services.*.secrets': { secrets: { s: { environment: 'DATA' } } },
  'services.*.credential_spec': { configs: { c: { content: 'x' } } },
  'services.*.cpu_period': { 'services.a.cpu_quota': 10_000 },
  'services.*.memswap_limit': { 'services.a.mem_limit': '64m' },
  'services.*.ports.[]': { 'services.a.ports.0.target': 80 },
  'services.*.volumes.[]': {
    volumes: { v: {} },
    'services.a.volumes.0': { type: 'volume', source: 'v', target: '/d' },
  },
  'services.*.volumes.[].bind': {
    'services.a.volumes.0': { type: 'bind', source: '/s', target: '/d' },
  },
  'services.*.volumes.[].tmpfs': { 'services.a.volumes.0': { type: 'tmpfs', target: '/d' } },
  'services.*.volumes.[].source': {
    volumes: { v: {}, text: {} },
    'services.a.volumes.0': { type: 'volume', source: 'v', target: '/d' },
  },
  'services.*.volumes.[].type': {
    'services.a.volumes.0': { type: 'volume', source: '/s', target: '/d' },
  },
  'services.*.volumes': { volumes: { v: {} } },
  'services.*.networks': { networks: { n: {} } },
  'services.*.networks.*': { networks: { n: {} }, 'services.a.networks': { n: {} } },
  'services.*.configs.[]': {
    configs: { c: { content: 'x' }, text: { content: 'x' } },
    'services.a.configs.0.source': 'c',
  },
  'services.*.secrets.[]': {
    secrets: { s: { environment: 'DATA' }, text: { environment: 'DATA' } },
    'services.a.secrets.0.source': 's',
  },
  'services.*.gpus.[]': { 'services.a.gpus.0.count': 1 },
  'services.*.deploy.resources.reservations.devices.[]': {
    'services.a.deploy.resources.reservations.devices.0.count': 1,
  },
  'services.*.depends_on.*': { 'services.a.depends_on.b.condition': 'service_started' },
  'services.*.devices.[]': { 'services.a.devices.0.source': '/dev/x' },
  'services.*.develop.watch.[]': {
    'services.a.develop.watch.0': { path: 'src', action: 'rebuild' },
  },
  'services.*.develop.watch.[].exec': { 'services.a.develop.watch.0.exec.command': 'ls' },
  'services.*.post_start.[]': { 'services.a.post_start.0.command': 'ls' },
  'services.*.pre_stop.[]': { 'services.a.pre_stop.0.command': 'ls' },
  'services.*.pre_start.[]': { 'services.a.pre_start.0.command': 'ls' },
  'services.*.provider': { 'services.a.provider.type': 'x' },
  'services.*.healthcheck': { 'services.a.healthcheck.test': 'true' },
  'services.*.healthcheck.disable': { 'services.a.healthcheck.test': null },
  'services.*.deploy.mode': { 'services.a.deploy.replicas': null },
  'services.*.logging.options': { 'services.a.logging.driver': 'syslog' },
  'services.*.ulimits.*': { 'services.a.ulimits.n': { soft: 1, hard: 1 } },
  'services.*.build.ulimits.*': { 'services.a.build.ulimits.n': { soft: 1, hard: 1 } },
  'services.*.env_file.[]': { 'services.a.env_file.0.path': 'raw.env' },
  'services.*.env_file': { 'services.a.env_file.path': 'raw.env' },
  'services.*.env_file.[].required': { 'services.a.env_file.0.path': 'gone.env' },
  'services.*.env_file.required': { 'services.a.env_file.path': 'gone.env' },
  'include.[]': { 'include.0.path': 'more.yml' },
  'services.*.extends.file': { 'services.a.extends.service': 'a' },
  'services.*.image': { 'services.a.image': null },
  networks: { 'services.a.networks': ['n'] },
  volumes: { 'services.a.volumes': ['v:/d'] },
  'secrets.*': { 'secrets.n.environment': 'OTHER' },
  'configs.*': { 'configs.n.content': 'y' },
  'models.*': { 'models.n.model': 'x' },
  'secrets.*.file': { 'secrets.n.environment': null },
  'secrets.*.driver': { 'secrets.n.environment': null },
  'secrets.*.driver_opts': { 'secrets.n.environment': null, 'secrets.n.driver': 'x' },
  'configs.*.file': { 'configs.n.content': null },
  'configs.*.environment': { 'configs.n.content': null },
  'x-tstack': { 'services.a.image': 'app' },
  'services.*.x-tstack': { 'services.a.image': 'app' },
};

/** A file without a key and with it, both with everything that the key needs around it. */
export function sampleOf({ path, facts }: KeyPath): KeySample {
  const base: Json = {
    ...(path !== 'name' && path !== 'version' && { name: 'shop' }),
    services: { a: { image: 'app:1' }, b: { image: 'b:1', tty: true } },
  };
  const without = surroundings(path, base);
  return { without, with: setIn(without, concrete(path), valueOf(path, facts)) };
}

function concrete(path: string): readonly string[] {
  return path.split('.').map((step, at, all) => {
    if (step === '[]') return '0';
    if (step !== '*') return step;
    if (all[at - 1] === 'services') return 'a';
    return all[at - 1] === 'volumes' && at === 1 ? 'v' : all[at - 1] === 'depends_on' ? 'b' : 'n';
  });
}

function valueOf(path: string, shape: Shape): Json {
  const last = path.split('.').at(-1) ?? '';
  return VALUES[path] ?? VALUES[last] ?? genericValue(shape);
}

function genericValue(shape: Shape): Json {
  if (shape.words) return shape.words[0] ?? '';
  if (shape.format === 'duration') return '7s';
  if (shape.reads === 'boolean') return true;
  const [type] = shape.types;
  if (type === 'integer' || type === 'number') return 7;
  if (type === 'boolean') return true;
  if (type === 'list') return shape.items ? [genericValue(shape.items)] : [];
  return type === 'mapping' ? mappingValue(shape) : 'text';
}

function mappingValue({ keys = {}, entries, required }: Shape): Json {
  const names = required ?? Object.keys(keys).slice(0, 1);
  const known = names.flatMap((name) => {
    const facts = keys[name];
    return facts ? [[name, genericValue(facts)] as const] : [];
  });
  return {
    ...Object.fromEntries(known),
    ...(entries && { n: genericValue(entries) }),
  };
}

function setIn(tree: Json, path: readonly string[], value: Json): Json {
  const [step, ...rest] = path;
  if (step === undefined) return value;
  if (/^\d+$/.test(step)) {
    const list: readonly Json[] = Array.isArray(tree) ? tree : [];
    return [setIn(list[Number(step)] ?? null, rest, value), ...list.slice(1)];
  }
  const map = typeof tree === 'object' && tree !== null && !Array.isArray(tree) ? tree : {};
  const next = setIn((map as Record<string, Json>)[step] ?? null, rest, value);
  return { ...map, [step]: next };
}

/** The file around a key: contexts of all its parents, and of itself. */
function surroundings(path: string, file: Json): Json {
  const steps = path.split('.');
  let result = file;
  for (let count = 1; count <= steps.length; count += 1) {
    const context = CONTEXT[steps.slice(0, count).join('.')] ?? {};
    for (const [at, value] of Object.entries(context)) {
      result =
        value === null ? removeIn(result, at.split('.')) : setIn(result, at.split('.'), value);
    }
  }
  return result;
}

function removeIn(tree: Json, path: readonly string[]): Json {
  const [step, ...rest] = path;
  if (step === undefined || typeof tree !== 'object' || tree === null || Array.isArray(tree)) {
    return tree;
  }
  const { [step]: child, ...others } = tree as Readonly<Record<string, Json>>;
  return rest.length === 0 || child === undefined
    ? others
    : { ...others, [step]: removeIn(child, rest) };
}
