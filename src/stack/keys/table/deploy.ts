import {
  CPUS,
  DURATION,
  INTEGER,
  list,
  mapped,
  mapping,
  NUMBER,
  PAIRS,
  refused,
  TEXT,
  TEXTS,
  word,
  type KeyFacts,
} from './shape.ts';
import { DEVICE_REQUESTS, GENERIC_RESOURCES } from './resources.ts';

function updateConfig(field: 'UpdateConfig' | 'RollbackConfig', about: string): KeyFacts {
  const actions = field === 'UpdateConfig' ? 'pause, continue or rollback' : 'pause or continue';
  return mapped(
    mapping({
      parallelism: mapped(INTEGER, 'tasks at once; 0 is all', `${field}.Parallelism`),
      delay: mapped(DURATION, 'pause between two groups', `${field}.Delay`),
      failure_action: mapped(TEXT, actions, `${field}.FailureAction`),
      monitor: mapped(DURATION, 'how long a new task is watched for failure', `${field}.Monitor`),
      max_failure_ratio: mapped(
        NUMBER,
        'share of failures to bear, 0 to 1',
        `${field}.MaxFailureRatio`,
      ),
      order: mapped(
        word('start-first', 'stop-first'),
        'whether the new task starts before the old one stops',
        `${field}.Order`,
      ),
    }),
    about,
    `ServiceSpec.${field}`,
  );
}

const LIMITS: KeyFacts = mapped(
  mapping({
    cpus: mapped(CPUS, 'CPUs a task may use', 'Limits.NanoCPUs'),
    memory: mapped(TEXT, 'memory a task may use, at least 4M', 'Limits.MemoryBytes'),
    pids: mapped(INTEGER, 'processes a task may have', 'Limits.Pids'),
  }),
  'what a task may use',
  'Resources.Limits',
);

const RESERVATIONS: KeyFacts = mapped(
  mapping({
    cpus: mapped(CPUS, 'CPUs a node must have free', 'Reservations.NanoCPUs'),
    memory: mapped(TEXT, 'memory a node must have free', 'Reservations.MemoryBytes'),
    generic_resources: GENERIC_RESOURCES,
    devices: DEVICE_REQUESTS,
    pids: refused(
      INTEGER,
      'processes a task needs',
      'processes are limited, not reserved',
      'use deploy.resources.limits.pids',
    ),
  }),
  'what a node must have free for a task',
  'Resources.Reservations',
);

const RESTART_POLICY: KeyFacts = mapped(
  mapping({
    condition: mapped(TEXT, 'none, on-failure or any', 'RestartPolicy.Condition'),
    delay: mapped(DURATION, 'pause before a new task (default 5s)', 'RestartPolicy.Delay'),
    max_attempts: mapped(INTEGER, 'how often; 0 is no limit', 'RestartPolicy.MaxAttempts'),
    window: mapped(DURATION, 'time in which attempts are counted', 'RestartPolicy.Window'),
  }),
  'when ended tasks are replaced',
  'TaskTemplate.RestartPolicy',
);

const PLACEMENT: KeyFacts = mapped(
  mapping({
    constraints: mapped(
      TEXTS,
      'conditions on nodes: node.role == worker, node.labels.zone != a',
      'Placement.Constraints',
    ),
    preferences: mapped(
      list(
        mapping({
          spread: mapped(TEXT, 'label over whose values tasks are spread', 'Preferences[].Spread'),
        }),
      ),
      'what to spread tasks over',
      'Placement.Preferences',
    ),
    max_replicas_per_node: mapped(INTEGER, 'tasks on one node at most', 'Placement.MaxReplicas'),
  }),
  'which nodes run tasks',
  'TaskTemplate.Placement',
);

/** How the cluster runs a service. @source research/demand.md 5.4 */
export const DEPLOY: KeyFacts = mapped(
  {
    types: ['mapping', 'null'],
    keys: {
      mode: mapped(
        TEXT,
        'replicated (default), global, replicated-job or global-job',
        'ServiceSpec.Mode',
      ),
      replicas: mapped(INTEGER, 'number of tasks', 'Mode.Replicated.Replicas'),
      endpoint_mode: mapped(
        TEXT,
        'vip: one address for all tasks; dnsrr: their addresses in turn',
        'EndpointSpec.Mode',
      ),
      labels: mapped(PAIRS, 'labels of the service', 'ServiceSpec.Labels'),
      placement: PLACEMENT,
      resources: mapped(
        mapping({ limits: LIMITS, reservations: RESERVATIONS }),
        'what tasks may use and need',
        'TaskTemplate.Resources',
      ),
      restart_policy: RESTART_POLICY,
      update_config: updateConfig('UpdateConfig', 'how a change is rolled out'),
      rollback_config: updateConfig('RollbackConfig', 'how a change is taken back'),
    },
  },
  'how the cluster runs the service',
  'ServiceSpec',
);
