import {
  matchesConstraint,
  matchesConstraints,
  type Constraint,
} from '../../../swarm/constraint.ts';
import type { NodeInfo } from '../node-info.ts';
import type { PlacementRequest } from '../placement-request.ts';
import type { Filter } from './filter.ts';
import { nameOfNode, onNodes } from './filter.ts';

/** Nodes that meet every placement constraint. @source swarmkit manager/scheduler/filter.go ConstraintFilter */
export const constraint: Filter = {
  name: 'constraint',
  applies: ({ constraints }) => constraints.length > 0,
  accepts: ({ constraints }, { node }) =>
    node !== undefined && matchesConstraints(constraints, node),
  explain: (nodeCount) => onNodes('scheduling constraints not satisfied', nodeCount),
  shortfall: (request, node) =>
    violated(request, node)
      .map(({ text }) => `does not meet ${text}`)
      .join('; '),
  remedy: (request, node) =>
    violated(request, node)
      .map((one) => remedyOf(one, nameOfNode(node)))
      .join(', and '),
};

interface Violated {
  readonly constraint: Constraint;
  /** As written. */
  readonly text: string;
}

function violated(
  { constraints, constraintTexts }: PlacementRequest,
  { node }: NodeInfo,
): readonly Violated[] {
  return constraints
    .map((one, at) => ({ constraint: one, text: constraintTexts[at] ?? '' }))
    .filter((one) => node && !matchesConstraint(one.constraint, node));
}

/** Only labels can be given to a node; the rest is what it is. */
function remedyOf(
  { constraint: { target, label, operator, value }, text }: Violated,
  name: string,
) {
  if (target !== 'node.labels') return `drop the constraint ${text}`;
  return operator === '=='
    ? `docker node update --label-add ${quoted(`${label}=${value}`)} ${name}`
    : `docker node update --label-rm ${label} ${name}`;
}

/** For a shell; constraint values may hold blanks and the like, but no quotes. */
function quoted(text: string): string {
  return /^[\w.:/=-]*$/.test(text) ? text : `'${text}'`;
}
