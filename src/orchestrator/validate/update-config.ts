import type { UpdateConfig } from '../../swarm/service.ts';
import { engineRefusal, rpcError, type ControlError } from '../control-error.ts';
import type { SpecRule } from './spec-rule.ts';

const ACTIONS: ReadonlySet<string> = new Set(['pause', 'continue', 'rollback']);
const ORDERS: ReadonlySet<string> = new Set(['stop-first', 'start-first']);

/** Known words, in both configs. @source moby daemon/cluster/convert/service.go (updateConfigToGRPC) */
export const updateWordsRule: SpecRule = ({ UpdateConfig, RollbackConfig }) =>
  checkWords(UpdateConfig) ?? checkWords(RollbackConfig);

/**
 * Durations and ratio of the update config. Parity: the rollback config is not checked.
 * @source swarmkit manager/controlapi/service.go (validateUpdate, validateJob)
 */
export const updateConfigRule: SpecRule = ({ Mode, UpdateConfig }) => {
  if (!UpdateConfig) return undefined;
  if (Mode?.ReplicatedJob || Mode?.GlobalJob) {
    return rpcError('InvalidArgument', 'Jobs may not have an update config');
  }
  if ((UpdateConfig.Delay ?? 0) < 0) {
    return rpcError('InvalidArgument', 'TaskSpec: update-delay cannot be negative');
  }
  if ((UpdateConfig.Monitor ?? 0) < 0) {
    return rpcError('InvalidArgument', 'TaskSpec: update-monitor cannot be negative');
  }
  return checkRatio(UpdateConfig.MaxFailureRatio ?? 0);
};

function checkRatio(ratio: number): ControlError | undefined {
  if (ratio >= 0 && ratio <= 1) return undefined;
  const text = 'TaskSpec: update-maxfailureratio cannot be less than 0 or bigger than 1';
  return rpcError('InvalidArgument', text);
}

function checkWords(config: UpdateConfig | undefined): ControlError | undefined {
  const action: string = config?.FailureAction ?? 'pause';
  if (!ACTIONS.has(action)) {
    return engineRefusal(`unrecognized update failure action ${action}`);
  }
  const order: string = config?.Order ?? 'stop-first';
  return ORDERS.has(order) ? undefined : engineRefusal(`unrecognized update order ${order}`);
}
