import { checkMountTargets } from './mounts.ts';
import type { SpecRule } from './spec-rule.ts';

/** Mount targets. @source swarmkit manager/controlapi/service.go (validateContainerSpec) */
export const containerTemplatesRule: SpecRule = ({ TaskTemplate }) =>
  checkMountTargets(TaskTemplate.ContainerSpec);
