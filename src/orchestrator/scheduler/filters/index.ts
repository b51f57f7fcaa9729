import { constraint } from './constraint.ts';
import type { Filter } from './filter.ts';
import { hostPort } from './host-port.ts';
import { maxReplicas } from './max-replicas.ts';
import { platform } from './platform.ts';
import { plugin } from './plugin.ts';
import { ready } from './ready.ts';
import { resources } from './resources.ts';
import { volumes } from './volumes.ts';

/** Every filter, in the order in which a node is tested. @source swarmkit manager/scheduler/pipeline.go defaultFilters */
export const FILTERS: readonly Filter[] = [
  ready,
  resources,
  plugin,
  constraint,
  platform,
  hostPort,
  maxReplicas,
  volumes,
];
