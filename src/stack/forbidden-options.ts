import type { Format } from './format.ts';
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
  ['extends', 'docker stack does not know `extends` and refuses the file.'],
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

/** What makes a file one of the Compose Specification, whose keys are mapped or explained. */
const BY_NAME =
  'Or start the file with `name: STACK`, which makes it a file of the Compose Specification.';

/** Reports every forbidden option of a file, before interpolation. */
export function checkForbidden(
  raw: YamlMap,
  { file, format }: { readonly file: number; readonly format: Format },
  report: Report,
): void {
  for (const [service, options] of servicesOf(raw)) {
    for (const [name, text] of FORBIDDEN_OPTIONS) {
      // The Compose Specification knows the others; the key table says what becomes of them.
      if (format === 'compose' && name !== 'volume_driver') continue;
      if (options[name] === undefined) continue;
      report({
        code: 'forbidden-option',
        severity: 'error',
        message: `Configuration contains forbidden properties: services.${service}.${name}`,
        place: { file, path: ['services', service, name], part: 'key' },
        hint:
          format === 'docker' && !hasVersion(raw) && name !== 'volume_driver'
            ? `${text} ${BY_NAME}`
            : text,
      });
    }
  }
}

function hasVersion(raw: YamlMap): boolean {
  return raw['version'] !== undefined;
}

function servicesOf(raw: YamlMap): readonly (readonly [string, YamlMap])[] {
  const services = raw['services'];
  if (!isYamlMap(services)) return [];
  return Object.entries(services).flatMap(([name, service]) =>
    isYamlMap(service) ? [[name, service] as const] : [],
  );
}
