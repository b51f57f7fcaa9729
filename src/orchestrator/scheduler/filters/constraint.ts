import { matchesConstraint, matchesConstraints } from '../../../swarm/constraint.ts';
import type { Filter } from './filter.ts';
import { onNodes } from './filter.ts';

/** Nodes that meet every placement constraint. @source swarmkit manager/scheduler/filter.go ConstraintFilter */
export const constraint: Filter = {
  name: 'constraint',
  applies: ({ constraints }) => constraints.length > 0,
  accepts: ({ constraints }, { node }) =>
    node !== undefined && matchesConstraints(constraints, node),
  explain: (nodeCount) => onNodes('scheduling constraints not satisfied', nodeCount),
  shortfall: ({ constraints, constraintTexts }, { node }) =>
    constraintTexts
      .filter((_text, at) => {
        const one = constraints[at];
        return one && node && !matchesConstraint(one, node);
      })
      .map((text) => `does not meet ${text}`)
      .join('; '),
};
