import { dependenciesOf } from '../dependencies.ts';
import type { ModelRule } from './rule.ts';

/**
 * Services named in depends_on exist; docker does not look. What is not required may be missing.
 * @source spec/stack-file.md 8.8; compose-spec 05-services.md
 */
export const dependsOnIsDeclared: ModelRule = ({ services }, { format, report }) => {
  for (const [name, service] of Object.entries(services)) {
    for (const { on, step, isRequired } of dependenciesOf(service.depends_on)) {
      if (Object.hasOwn(services, on) || !isRequired) continue;
      report(['services', name, 'depends_on', step], {
        code: 'undefined-dependency',
        severity: format === 'docker' ? 'warning' : 'error',
        message: `service ${name}: depends_on names "${on}", which is no service of this stack`,
        hint: 'check the spelling, or remove it',
      });
    }
  }
};
