import { engineRefusal, rpcError } from '../control-error.ts';
import type { SpecRule } from './spec-rule.ts';

/** At most one mode. @source moby daemon/cluster/convert/service.go; spec/orchestrator.md section 23 */
export const oneModeRule: SpecRule = ({ Mode }) =>
  Object.keys(Mode ?? {}).length > 1
    ? engineRefusal('must specify only one service mode')
    : undefined;

/** No negative counts. @source swarmkit manager/controlapi/service.go (validateMode) */
export const modeRule: SpecRule = ({ Mode }) => {
  const counts: readonly (readonly [number | undefined, string])[] = [
    [Mode?.Replicated?.Replicas, 'Number of replicas must be non-negative'],
    [Mode?.ReplicatedJob?.MaxConcurrent, 'Maximum concurrent jobs must not be negative'],
    [Mode?.ReplicatedJob?.TotalCompletions, 'Total completed jobs must not be negative'],
  ];
  const negative = counts.find(([count]) => count !== undefined && count < 0);
  return negative && rpcError('InvalidArgument', negative[1]);
};
