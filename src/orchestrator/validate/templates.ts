import { rpcError } from '../control-error.ts';
import { expandContainerSpec, ExpansionError, type TemplateContext } from '../template.ts';
import { checkMountTargets } from './mounts.ts';
import type { SpecRule } from './spec-rule.ts';

/** Stands for a task that does not exist yet. @source swarmkit manager/controlapi/service.go (validateContainerSpec) */
const DUMMY: TemplateContext = {
  Service: { ID: 'serviceid', Name: 'servicename', Labels: {} },
  Node: {
    ID: 'nodeid',
    Hostname: 'nodeHostname',
    Platform: { Architecture: 'Architecture', OS: 'os' },
  },
  Task: { ID: 'taskid', Name: 'taskname', Slot: '1' },
};

/** Placeholders expand. @source swarmkit manager/controlapi/service.go (validateContainerSpec) */
export const templatesRule: SpecRule = ({ TaskTemplate }) => {
  try {
    if (TaskTemplate.ContainerSpec) expandContainerSpec(TaskTemplate.ContainerSpec, DUMMY);
    return undefined;
  } catch (error) {
    if (error instanceof ExpansionError) return rpcError('InvalidArgument', error.message);
    throw error;
  }
};

/**
 * No mount target twice, compared as placeholders expand. Comes after `templatesRule`.
 * @source swarmkit manager/controlapi/service.go (validateMounts)
 */
export const mountTargetsRule: SpecRule = ({ TaskTemplate: { ContainerSpec } }) =>
  ContainerSpec && checkMountTargets(expandContainerSpec(ContainerSpec, DUMMY));
