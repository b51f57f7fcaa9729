import type { Path, Report } from './report.ts';
import { minorOf } from './version.ts';
import { type YamlMap, type YamlValue, isYamlMap } from './yaml-values.ts';

/**
 * Keys that a `3.x` file may use only from some version on, by the minor number.
 *
 * `*` is any key, `[]` any list index, `x-*` any extension key. The schema is the newest version;
 * older ones are this table on top of it.
 * @source spec/stack-file.md section 5.2
 */
const SINCE: Readonly<Record<number, readonly string[]>> = {
  1: ['secrets', 'services.*.secrets'],
  2: ['services.*.deploy.endpoint_mode', 'networks.*.attachable', 'services.*.build.cache_from'],
  3: [
    'configs',
    'services.*.configs',
    'services.*.credential_spec',
    'services.*.deploy.placement.preferences',
    'services.*.build.labels',
  ],
  4: [
    'x-*',
    'volumes.*.name',
    'services.*.deploy.update_config.order',
    'services.*.healthcheck.start_period',
    'services.*.build.network',
    'services.*.build.target',
  ],
  5: [
    'networks.*.name',
    'secrets.*.name',
    'configs.*.name',
    'services.*.isolation',
    'services.*.deploy.resources.reservations.generic_resources',
    'services.*.build.shm_size',
  ],
  6: ['services.*.volumes.[].tmpfs'],
  7: [
    'services.*.init',
    'services.*.deploy.rollback_config',
    'services.*.x-*',
    'networks.*.x-*',
    'volumes.*.x-*',
    'secrets.*.x-*',
    'configs.*.x-*',
  ],
  8: [
    'services.*.deploy.placement.max_replicas_per_node',
    'services.*.credential_spec.config',
    'secrets.*.driver',
    'secrets.*.driver_opts',
    'secrets.*.template_driver',
    'configs.*.template_driver',
  ],
  9: [
    'services.*.deploy.resources.limits.pids',
    'services.*.cgroupns_mode',
    'services.*.build.extra_hosts',
  ],
  12: ['services.*.healthcheck.start_interval'],
  13: ['services.*.networks.*.driver_opts', 'services.*.oom_score_adj'],
};

/** Keys of `build` that the schema names; other ones are allowed from 3.11 on. */
const BUILD_KEYS: ReadonlySet<string> = new Set([
  'context',
  'dockerfile',
  'network',
  'target',
  'args',
  'labels',
  'extra_hosts',
  'cache_from',
  'shm_size',
]);

/** What a check needs to know about the file. */
export interface VersionedFile {
  readonly file: number;
  readonly version: string;
  readonly tree: YamlMap;
}

/** Reports every key and form that the file's version does not know yet. */
export function checkSince({ file, version, tree }: VersionedFile, report: Report): void {
  const minor = minorOf(version);
  for (const [since, patterns] of Object.entries(SINCE)) {
    if (Number(since) <= minor) continue;
    for (const path of patterns.flatMap((pattern) => findAll(tree, pattern))) {
      reportKey({ file, version, path, since }, report);
    }
  }
  if (minor < 11) {
    for (const path of findAll(tree, 'services.*.build.*')) {
      if (BUILD_KEYS.has(String(path.at(-1)))) continue;
      reportKey({ file, version, path, since: '11' }, report);
    }
  }
  if (minor < 2) checkLongForms({ file, version, tree }, report);
}

interface NewKey {
  readonly file: number;
  readonly version: string;
  readonly path: Path;
  readonly since: string;
}

function reportKey({ file, version, path, since }: NewKey, report: Report): void {
  const key = String(path.at(-1));
  const parent = path.slice(0, -1).join('.') || '(root)';
  report({
    code: 'key-needs-version',
    severity: 'error',
    message: `${parent} Additional property ${key} is not allowed`,
    place: { file, path, part: 'key' },
    hint: `${key} needs version "3.${since}"; this file says "${version}"`,
  });
}

/** Before 3.2 ports and volumes have no long form, and volumes may not repeat. */
function checkLongForms({ file, version, tree }: VersionedFile, report: Report): void {
  const refuse = (path: Path, reason: string, hint: string): void =>
    report({
      code: 'key-needs-version',
      severity: 'error',
      message: `${path.join('.')} ${reason}`,
      place: { file, path },
      hint,
    });
  const needs = `the long form needs version "3.2"; this file says "${version}"`;
  for (const [path, item] of findValues(tree, 'services.*.ports.[]')) {
    if (isYamlMap(item)) refuse(path, 'must be a string or number', needs);
  }
  for (const [path, item] of findValues(tree, 'services.*.volumes.[]')) {
    if (isYamlMap(item)) refuse(path, 'must be a string', needs);
  }
  for (const [path, list] of findValues(tree, 'services.*.volumes')) {
    const items = Array.isArray(list) ? list : [];
    const second = items.findIndex((item, at) => items.indexOf(item) < at);
    if (second < 0) continue;
    const first = items.indexOf(items[second]);
    refuse(path, `array items[${first},${second}] must be unique`, 'remove one of the two');
  }
}

function findAll(tree: YamlMap, pattern: string): Path[] {
  return findValues(tree, pattern).map(([path]) => path);
}

function findValues(tree: YamlMap, pattern: string): (readonly [Path, YamlValue])[] {
  let found: (readonly [Path, YamlValue])[] = [[[], tree]];
  for (const part of pattern.split('.')) {
    found = found.flatMap(([path, value]) =>
      childrenOf(value, part).map(([step, child]) => [[...path, step], child] as const),
    );
  }
  return found;
}

function childrenOf(value: YamlValue, part: string): (readonly [string | number, YamlValue])[] {
  if (part === '[]') {
    const items: readonly YamlValue[] = Array.isArray(value) ? value : [];
    return items.map((item, index) => [index, item] as const);
  }
  if (!isYamlMap(value)) return [];
  if (part === '*') return Object.entries(value);
  if (part === 'x-*') return Object.entries(value).filter(([key]) => key.startsWith('x-'));
  const child = Object.hasOwn(value, part) ? value[part] : undefined;
  return child === undefined ? [] : [[part, child]];
}
