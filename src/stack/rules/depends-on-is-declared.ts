import { isYamlMap, type YamlValue } from '../yaml-values.ts';
import type { ModelRule } from './rule.ts';

/** Services named in depends_on exist; docker does not look. @source spec/stack-file.md 8.8 */
export const dependsOnIsDeclared: ModelRule = ({ services }, { report }) => {
  for (const [name, service] of Object.entries(services)) {
    for (const [step, dependency] of dependenciesOf(service.depends_on ?? [])) {
      if (Object.hasOwn(services, dependency)) continue;
      report(['services', name, 'depends_on', step], {
        code: 'undefined-dependency',
        severity: 'warning',
        message: `service ${name}: depends_on names "${dependency}", which is no service of this stack`,
        hint: 'check the spelling, or remove it',
      });
    }
  }
};

function dependenciesOf(value: YamlValue): readonly (readonly [string | number, string])[] {
  if (isYamlMap(value)) return Object.keys(value).map((key) => [key, key]);
  const items = Array.isArray(value) ? (value as readonly YamlValue[]) : [];
  return items.flatMap((item, index) => (typeof item === 'string' ? [[index, item]] : []));
}
