import { engineRefusal } from '../control-error.ts';
import type { SpecRule } from './spec-rule.ts';

/** Containers only. @source moby daemon/cluster/convert/service.go; spec/orchestrator.md section 23 */
export const runtimeRule: SpecRule = ({ TaskTemplate }) => {
  if (TaskTemplate.Runtime !== undefined && TaskTemplate.Runtime !== 'container') {
    return engineRefusal('unsupported runtime');
  }
  return TaskTemplate.ContainerSpec
    ? undefined
    : engineRefusal('mismatched Runtime and *Spec fields');
};

/** A credential spec says where it is. @source moby daemon/cluster/convert/container.go */
export const credentialSpecRule: SpecRule = ({ TaskTemplate }) => {
  const credentials = TaskTemplate.ContainerSpec?.Privileges?.CredentialSpec;
  if (!credentials || credentials.File || credentials.Registry || credentials.Config) {
    return undefined;
  }
  return engineRefusal(
    'invalid CredentialSpec: must either provide "file", "registry", or "config" for credential spec',
  );
};
