import { formatDuration } from '../../base/duration.ts';
import { lintServices } from './lint-rule.ts';

/** What the engine takes when nothing is written, ns. @source spec/stack-file.md 9.2 */
const DEFAULT_MONITOR_NS = 5_000_000_000;

/** A task that fails its checks after the monitor time counts as updated. */
export const monitorShorterThanStart = lintServices('monitor-shorter-than-start', (service) => {
  const update = service.deploy?.update_config;
  const start = service.healthcheck?.start_period ?? 0;
  const monitor = (update?.monitor ?? 0) === 0 ? DEFAULT_MONITOR_NS : (update?.monitor ?? 0);
  if (!update || start <= monitor) return [];
  return [
    {
      path: ['deploy', 'update_config', ...(update.monitor === undefined ? [] : ['monitor'])],
      message: `a new task is watched for ${formatDuration(monitor)}, but may take ${formatDuration(start)} to become healthy`,
      hint: `write monitor: ${formatDuration(start)}, or longer`,
    },
  ];
});
