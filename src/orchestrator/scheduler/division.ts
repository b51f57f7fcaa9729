import type { Constraint } from '../../swarm/constraint.ts';
import { constrainedText } from '../../swarm/constraint.ts';
import type { SchedulableNode } from './node-facts.ts';

const NODE_LABELS = 'node.labels.';
const ENGINE_LABELS = 'engine.labels.';

/** A way to divide nodes, outermost level first. */
export interface Division {
  /** Equal for equal divisions. */
  readonly key: string;
  /** Gives a node's branch at each level; the empty text for nodes without the label. */
  readonly levels: readonly ((node: SchedulableNode) => string)[];
}

/** By the labels of spread descriptors; none of them leaves all nodes together. @source spec/orchestrator.md 10.5 */
export function divisionBySpread(spread: readonly string[]): Division {
  return { key: `spread ${spread.join('\n')}`, levels: spread.map(toLabelReader) };
}

/** By what an equality constraint compares, so that the nodes it allows are one branch. */
export function divisionByConstraint(constraint: Constraint): Division {
  const { target, label } = constraint;
  return {
    key: `constraint ${target} ${label}`,
    levels: [(node) => constrainedText(constraint, node)],
  };
}

/** Prefix without regard to case, label key exact. */
function toLabelReader(descriptor: string): (node: SchedulableNode) => string {
  const isEngineLabel = descriptor.toLowerCase().startsWith(ENGINE_LABELS);
  const key = descriptor.slice(isEngineLabel ? ENGINE_LABELS.length : NODE_LABELS.length);
  return (node) => {
    const labels = isEngineLabel ? node.Description.Engine?.Labels : node.Spec.Labels;
    return labels && Object.hasOwn(labels, key) ? (labels[key] ?? '') : '';
  };
}
