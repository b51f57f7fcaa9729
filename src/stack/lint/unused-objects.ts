import type { StackModel } from '../model.ts';
import type { LintFinding, LintRule } from './lint-rule.ts';

type Section = 'networks' | 'volumes' | 'secrets' | 'configs';

/** Keys of a section that services name. */
const USED: Readonly<Record<Section, (model: StackModel) => readonly string[]>> = {
  networks: ({ services }) =>
    Object.values(services).flatMap(({ networks }) => [...Object.keys(networks ?? {}), 'default']),
  volumes: ({ services }) =>
    Object.values(services).flatMap(({ volumes = [] }) => volumes.map(({ source = '' }) => source)),
  secrets: ({ services }) =>
    Object.values(services).flatMap(({ secrets = [] }) => secrets.map(({ source = '' }) => source)),
  configs: ({ services }) =>
    Object.values(services).flatMap(({ configs = [], credential_spec: spec }) => [
      ...configs.map(({ source = '' }) => source),
      spec?.config ?? '',
    ]),
};

const EFFECT: Readonly<Record<Section, string>> = {
  networks: 'it is not made',
  volumes: 'it is not made',
  secrets: 'it is made all the same, and every change of it deployed',
  configs: 'it is made all the same, and every change of it deployed',
};

function unused(section: Section): LintRule {
  const kind = section.slice(0, -1);
  return {
    code: `unused-${kind}`,
    check: (model) => {
      const used = new Set(USED[section](model));
      return Object.keys(model[section])
        .filter((key) => !used.has(key))
        .map((key): LintFinding => ({
          path: [section, key],
          message: `no service uses the ${kind} ${key}; ${EFFECT[section]}`,
          hint: `remove it, or name it in the ${section} of a service`,
        }));
    },
  };
}

/** A network that no service is on. */
export const unusedNetwork: LintRule = unused('networks');
/** A volume that no service mounts. */
export const unusedVolume: LintRule = unused('volumes');
/** A secret that no service reads. */
export const unusedSecret: LintRule = unused('secrets');
/** A config that no service reads. */
export const unusedConfig: LintRule = unused('configs');
