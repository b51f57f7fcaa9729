import type { Filter } from './filter.ts';
import { onNodes } from './filter.ts';

/**
 * Refuses mounts of type cluster: without CSI plugins no node can publish such a volume.
 * @source swarmkit manager/scheduler/filter.go VolumesFilter; spec/orchestrator.md section 22
 */
export const volumes: Filter = {
  name: 'volumes',
  applies: ({ clusterVolumes }) => clusterVolumes.length > 0,
  accepts: () => false,
  explain: (nodeCount) => onNodes('cannot fulfill requested CSI volume mounts', nodeCount),
  shortfall: ({ clusterVolumes }) => `cannot mount cluster volume ${clusterVolumes.join(', ')}`,
  remedy: () => 'mount a volume of another type than cluster',
};
