import { dependenciesOf, dependencyCycles } from '../dependencies.ts';
import type { ModelRule } from './rule.ts';

/** Services that wait for each other would wait for ever. @source compose-spec 05-services.md */
export const dependsOnHasAnOrder: ModelRule = (model, { format, report }) => {
  for (const cycle of dependencyCycles(model)) {
    const [first = '', next = first] = cycle;
    const found = dependenciesOf(model.services[first]?.depends_on).find(({ on }) => on === next);
    const isDocker = format === 'docker';
    report(['services', first, 'depends_on', found?.step ?? next], {
      code: 'dependency-cycle',
      severity: isDocker ? 'warning' : 'error',
      message: `services depend on each other: ${[...cycle, first].join(' → ')}${isDocker ? '; none of them is ordered' : ''}`,
      hint: 'remove one of these entries of depends_on',
    });
  }
};
