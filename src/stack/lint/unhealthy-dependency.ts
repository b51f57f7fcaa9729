import { isYamlMap } from '../yaml-values.ts';
import { lintServices } from './lint-rule.ts';

/** Waiting for health needs a check. */
export const unhealthyDependency = lintServices(
  'dependency-without-healthcheck',
  (service, _name, { services }) => {
    const value = service.depends_on;
    if (!isYamlMap(value)) return [];
    return Object.keys(value).flatMap((key) => {
      const entry = value[key];
      const waits = isYamlMap(entry) && entry['condition'] === 'service_healthy';
      const needed = Object.hasOwn(services, key) ? services[key] : undefined;
      if (!waits || !needed || needed.healthcheck) return [];
      return [
        {
          path: ['depends_on', key],
          message: `${key} has no healthcheck in the file, so it is healthy as soon as it runs`,
          hint: `give ${key} a healthcheck, unless its image has one`,
        },
      ];
    });
  },
);
