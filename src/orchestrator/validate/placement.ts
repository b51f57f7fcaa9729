import { parseConstraints } from '../../swarm/constraint.ts';
import { rpcError } from '../control-error.ts';
import type { SpecRule } from './spec-rule.ts';

/**
 * Constraints parse. Parity: the code is Unknown, so HTTP says 500 (Q23).
 * @source swarmkit manager/controlapi/service.go (validatePlacement)
 */
export const placementRule: SpecRule = ({ TaskTemplate: { Placement } }) => {
  const parsed = parseConstraints(Placement?.Constraints ?? []);
  return parsed.kind === 'invalid' ? rpcError('Unknown', parsed.message) : undefined;
};
