import { DEFAULT_UPDATE_CONFIG } from '../../swarm/defaults.ts';
import type { ServiceSpec } from '../../swarm/service.ts';

/** An update configuration with every default filled in; durations in ms. */
export interface ResolvedUpdateConfig {
  /** 0 = all slots at once. */
  readonly parallelism: number;
  readonly delayMs: number;
  readonly monitorMs: number;
  readonly failureAction: 'pause' | 'continue' | 'rollback';
  readonly maxFailureRatio: number;
  readonly order: 'stop-first' | 'start-first';
}

const DEFAULT_MONITOR_MS = 5000;
const NS_PER_MS = 1e6;

/**
 * The configuration in force: RollbackConfig while rolling back, else UpdateConfig.
 *
 * A configuration that is absent means parallelism 1; one that is there with 0 means unlimited.
 * @source swarmkit api/defaults/service.go; spec/orchestrator.md section 2.4
 */
export function resolveUpdateConfig(spec: ServiceSpec, rollingBack: boolean): ResolvedUpdateConfig {
  const config = (rollingBack ? spec.RollbackConfig : spec.UpdateConfig) ?? DEFAULT_UPDATE_CONFIG;
  return {
    parallelism: config.Parallelism ?? 0,
    delayMs: (config.Delay ?? 0) / NS_PER_MS,
    monitorMs: config.Monitor ? config.Monitor / NS_PER_MS : DEFAULT_MONITOR_MS,
    failureAction: config.FailureAction ?? 'pause',
    maxFailureRatio: Math.fround(config.MaxFailureRatio ?? 0),
    order: config.Order ?? 'stop-first',
  };
}
