import { parseConstraints } from '../../swarm/constraint.ts';
import { lintServices } from './lint-rule.ts';

/** A key or value that no node has parses well, and leaves tasks pending for ever. */
export const constraintMatchesNothing = lintServices('constraint-matches-nothing', (service) =>
  (service.deploy?.placement?.constraints ?? []).flatMap((expression, index) => {
    const reason = whyNothing(expression);
    if (reason === undefined) return [];
    return [
      {
        path: ['deploy', 'placement', 'constraints', index],
        message: `no node meets "${expression}": ${reason}`,
        hint: 'keys are node.id, node.hostname, node.ip, node.role, node.platform.os, node.platform.arch, node.labels.NAME and engine.labels.NAME',
      },
    ];
  }),
);

function whyNothing(expression: string): string | undefined {
  const parsed = parseConstraints([expression]);
  const constraint = parsed.kind === 'constraints' ? parsed.constraints[0] : undefined;
  if (!constraint) return undefined;
  const { target, operator, folded } = constraint;
  if (target === 'unknown') return 'nodes have no such attribute';
  const isRole = target !== 'node.role' || folded === 'manager' || folded === 'worker';
  if (operator === '==' && !isRole) return 'a role is manager or worker';
  return undefined;
}
