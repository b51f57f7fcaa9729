import { parseConstraints } from '../../swarm/constraint.ts';
import { eachService } from './rule.ts';

/** Placement constraints are `key==value` or `key!=value`. @source spec/stack-file.md 9.5 */
export const constraintsParse = eachService(({ TaskTemplate }) =>
  (TaskTemplate.Placement?.Constraints ?? []).flatMap((expression, index) => {
    const parsed = parseConstraints([expression]);
    if (parsed.kind !== 'invalid') return [];
    return {
      path: ['deploy', 'placement', 'constraints', index],
      code: 'invalid-constraint',
      reason: `${parsed.message} in constraint "${expression}"`,
      hint: 'write node.labels.zone == a, or node.role != manager',
    };
  }),
);
