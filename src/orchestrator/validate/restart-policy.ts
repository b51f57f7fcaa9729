import { engineRefusal, rpcError } from '../control-error.ts';
import type { SpecRule } from './spec-rule.ts';

const CONDITIONS: ReadonlySet<string> = new Set(['none', 'on-failure', 'any']);

/** A known condition. @source moby daemon/cluster/convert/service.go (restartPolicyToGRPC) */
export const restartConditionRule: SpecRule = ({ TaskTemplate: { RestartPolicy } }) => {
  const condition: string = RestartPolicy?.Condition ?? 'any';
  return CONDITIONS.has(condition)
    ? undefined
    : engineRefusal(`invalid RestartCondition: ${JSON.stringify(condition)}`);
};

/** No negative durations. @source swarmkit manager/controlapi/service.go (validateRestartPolicy) */
export const restartPolicyRule: SpecRule = ({ TaskTemplate: { RestartPolicy } }) => {
  if ((RestartPolicy?.Delay ?? 0) < 0) {
    return rpcError('InvalidArgument', 'TaskSpec: restart-delay cannot be negative');
  }
  if ((RestartPolicy?.Window ?? 0) < 0) {
    return rpcError('InvalidArgument', 'TaskSpec: restart-window cannot be negative');
  }
  return undefined;
};
