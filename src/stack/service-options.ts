import type { Report } from './report.ts';
import { type YamlMap, isYamlMap } from './yaml-values.ts';

const USE_RESOURCES = 'Set resource limits using deploy.resources';

/**
 * Service keys that stop everything, and what docker says about them.
 * @source spec/stack-file.md section 8.9
 */
export const FORBIDDEN_OPTIONS: ReadonlyMap<string, string> = new Map([
  ['cpu_quota', USE_RESOURCES],
  ['cpu_shares', USE_RESOURCES],
  ['cpuset', USE_RESOURCES],
  ['extends', 'Support for `extends` is not implemented yet.'],
  ['mem_limit', USE_RESOURCES],
  ['memswap_limit', USE_RESOURCES],
  [
    'volume_driver',
    'Instead of setting the volume driver on the service, define a volume using the top-level `volumes` option and specify the driver there.',
  ],
  [
    'volumes_from',
    'To share a volume between services, define it using the top-level `volumes` option and reference it from each service that shares it using the service-level `volumes` option.',
  ],
]);

/** @source spec/stack-file.md section 8.8 */
const UNSUPPORTED_OPTIONS = [
  'build',
  'cgroupns_mode',
  'cgroup_parent',
  'devices',
  'domainname',
  'external_links',
  'ipc',
  'links',
  'mac_address',
  'network_mode',
  'pid',
  'privileged',
  'restart',
  'security_opt',
  'shm_size',
  'userns_mode',
] as const;

/** @source spec/stack-file.md section 8.8 */
const DEPRECATED_OPTIONS = [
  ['container_name', 'Setting the container name is not supported.'],
  [
    'expose',
    "Exposing ports is unnecessary - services on the same network can access each other's containers on any port.",
  ],
] as const;

/** Accepted options that have no effect on a Swarm, for `deploy` to mention. */
export interface Notices {
  /** Sorted names, for `Ignoring unsupported options: …`. */
  readonly unsupported: readonly string[];
  /** Sorted names with their texts, for `Ignoring deprecated options:`. */
  readonly deprecated: readonly (readonly [name: string, text: string])[];
}

/** The notices for a set of files, each name once; from the files as written. */
export function noticesOf(files: readonly { readonly raw: YamlMap }[]): Notices {
  const used = new Set(
    files.flatMap(({ raw }) => servicesOf(raw).flatMap(([, service]) => Object.keys(service))),
  );
  return {
    unsupported: UNSUPPORTED_OPTIONS.filter((name) => used.has(name)).sort(),
    deprecated: DEPRECATED_OPTIONS.filter(([name]) => used.has(name)),
  };
}

/** Reports every forbidden option of a file, before interpolation. */
export function checkForbidden(raw: YamlMap, file: number, report: Report): void {
  for (const [service, options] of servicesOf(raw)) {
    for (const [name, text] of FORBIDDEN_OPTIONS) {
      if (options[name] === undefined) continue;
      report({
        code: 'forbidden-option',
        severity: 'error',
        message: `Configuration contains forbidden properties: services.${service}.${name}`,
        place: { file, path: ['services', service, name], part: 'key' },
        hint: text,
      });
    }
  }
}

function servicesOf(raw: YamlMap): readonly (readonly [string, YamlMap])[] {
  const services = raw['services'];
  if (!isYamlMap(services)) return [];
  return Object.entries(services).flatMap(([name, service]) =>
    isYamlMap(service) ? [[name, service] as const] : [],
  );
}
