import type { Nanoseconds } from './object.ts';
import type { RestartPolicy, ServiceSpec, UpdateConfig } from './service.ts';

/** @source swarmkit api/defaults/service.go; spec/orchestrator.md section 2.4 */
export const DEFAULT_STOP_GRACE_PERIOD = 10_000_000_000 as Nanoseconds;

/** @source swarmkit api/defaults/service.go; spec/orchestrator.md section 2.4 */
export const DEFAULT_RESTART_POLICY: RestartPolicy = {
  Condition: 'any',
  Delay: 5_000_000_000 as Nanoseconds,
  MaxAttempts: 0,
};

/**
 * What holds where a configuration is absent; one that is there with Parallelism 0 means unlimited.
 * @source swarmkit api/defaults/service.go; spec/orchestrator.md section 2.4
 */
export const DEFAULT_UPDATE_CONFIG: UpdateConfig = {
  Parallelism: 1,
  FailureAction: 'pause',
  Monitor: 5_000_000_000 as Nanoseconds,
  MaxFailureRatio: 0,
  Order: 'stop-first',
};

/**
 * A spec with the defaults that `insertDefaults` shows, filled in only where nothing stands.
 * @source spec/engine-api.md section 6 (insertDefaults)
 */
export function insertDefaults(spec: ServiceSpec): ServiceSpec {
  const { ContainerSpec, ...template } = spec.TaskTemplate;
  return {
    UpdateConfig: DEFAULT_UPDATE_CONFIG,
    RollbackConfig: DEFAULT_UPDATE_CONFIG,
    ...spec,
    TaskTemplate: {
      Resources: {},
      RestartPolicy: DEFAULT_RESTART_POLICY,
      Placement: {},
      ...template,
      ...(ContainerSpec && {
        ContainerSpec: {
          StopGracePeriod: DEFAULT_STOP_GRACE_PERIOD,
          DNSConfig: {},
          ...ContainerSpec,
        },
      }),
    },
  };
}
