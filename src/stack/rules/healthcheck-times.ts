import { formatDuration } from '../../base/duration.ts';
import { eachService } from './rule.ts';

const MIN_NS = 1_000_000;

const MEMBERS = [
  ['Interval', 'interval'],
  ['Timeout', 'timeout'],
  ['StartPeriod', 'start_period'],
  ['StartInterval', 'start_interval'],
] as const;

/** Health check times are zero or at least 1ms. @source spec/stack-file.md 8.5 */
export const healthcheckTimes = eachService(({ TaskTemplate }) =>
  MEMBERS.flatMap(([member, key]) => {
    const time = TaskTemplate.ContainerSpec?.Healthcheck?.[member] ?? 0;
    if (time === 0 || time >= MIN_NS) return [];
    return {
      path: ['healthcheck', key],
      code: 'healthcheck-time-too-short',
      reason: `${member} in HealthConfig cannot be less than 1ms`,
      hint: `${formatDuration(time)} was given; health checks usually run every few seconds`,
    };
  }),
);
