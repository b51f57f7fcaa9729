import type { ContainerSpec } from '../../swarm/service.ts';
import { engineRefusal, rpcError, type ControlError } from '../control-error.ts';
import type { SpecRule } from './spec-rule.ts';

const TYPES: ReadonlySet<string> = new Set([
  'bind',
  'volume',
  'tmpfs',
  'npipe',
  'cluster',
  'image',
]);

/** Known mount types. @source moby daemon/cluster/convert/container.go */
export const mountTypeRule: SpecRule = ({ TaskTemplate }) => {
  for (const { Type } of TaskTemplate.ContainerSpec?.Mounts ?? []) {
    if (!TYPES.has(Type)) return engineRefusal(`invalid MountType: ${JSON.stringify(Type)}`);
  }
  return undefined;
};

/**
 * No target twice. Paths are not checked: Parity, a relative one fails on the node.
 * @param container - with its templates expanded
 * @source swarmkit manager/controlapi/service.go (validateMounts)
 */
export function checkMountTargets(container: ContainerSpec | undefined): ControlError | undefined {
  const targets = new Set<string>();
  for (const { Target } of container?.Mounts ?? []) {
    if (targets.has(Target)) {
      return rpcError('InvalidArgument', `ContainerSpec: duplicate mount point: ${Target}`);
    }
    targets.add(Target);
  }
  return undefined;
}
