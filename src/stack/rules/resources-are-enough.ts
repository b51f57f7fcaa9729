import type { ResourceReservations, ServiceSpec } from '../../swarm/service.ts';
import { eachService } from './rule.ts';

const MIN_NANO_CPUS = 1_000_000;
const MIN_MEMORY_BYTES = 4 * 1024 * 1024;
const BILLION = 1_000_000_000;

type Amounts = Pick<ResourceReservations, 'NanoCPUs' | 'MemoryBytes'>;

/** CPUs, memory and failure ratios are in the engine's range. @source spec/stack-file.md 9.2, 9.3 */
export const resourcesAreEnough = eachService((service) => {
  const { Limits, Reservations } = service.TaskTemplate.Resources ?? {};
  return [
    ...checkAmounts('limits', Limits),
    ...checkAmounts('reservations', Reservations),
    ...checkRatios(service),
  ];
});

type Findings = ReturnType<Parameters<typeof eachService>[0]>;

function checkAmounts(block: string, amounts: Amounts | undefined): Findings {
  const { NanoCPUs = 0, MemoryBytes = 0 } = amounts ?? {};
  const code = 'resources-too-small';
  const path = ['deploy', 'resources', block];
  return [
    ...(NanoCPUs !== 0 && NanoCPUs < MIN_NANO_CPUS
      ? [
          {
            path: [...path, 'cpus'],
            code,
            reason: `invalid cpu value ${NanoCPUs / BILLION}: Must be at least 0.001`,
          },
        ]
      : []),
    ...(MemoryBytes !== 0 && MemoryBytes < MIN_MEMORY_BYTES
      ? [
          {
            path: [...path, 'memory'],
            code,
            reason: `invalid memory value ${MemoryBytes}: Must be at least 4MiB`,
          },
        ]
      : []),
  ];
}

function checkRatios({ UpdateConfig, RollbackConfig }: ServiceSpec): Findings {
  return Object.entries({ update_config: UpdateConfig, rollback_config: RollbackConfig }).flatMap(
    ([block, config]) => {
      const ratio = config?.MaxFailureRatio ?? 0;
      if (ratio >= 0 && ratio <= 1) return [];
      return {
        path: ['deploy', block, 'max_failure_ratio'],
        code: 'invalid-failure-ratio',
        reason: 'update-maxfailureratio cannot be less than 0 or bigger than 1',
        hint: 'it is a fraction of the tasks: 0.2 tolerates one failure in five',
      };
    },
  );
}
