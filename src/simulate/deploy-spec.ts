import type { Control } from '../orchestrator/control.ts';
import type { StoreView } from '../orchestrator/store/store-view.ts';
import type { StackSpec } from '../stack/stack-spec.ts';
import type { ContainerSpec, ServiceSpec } from '../swarm/service.ts';

/** Base64 of one blank: content of external secrets and configs, which nobody reads. */
const UNKNOWN_CONTENT = 'IA==';

/**
 * Creates what a stack asks for and updates the services that exist, as a deploy without `--prune`.
 *
 * What the stack calls external is created first, since the simulated cluster begins empty.
 * @throws ControlError where the engine would refuse
 */
export function deploySpec(spec: StackSpec, control: Control, view: StoreView): void {
  for (const network of [...spec.networks, ...spec.externalNetworks.map(externalNetwork)]) {
    if (!view.byName('network', network.Name)) control.createNetwork(network);
  }
  for (const secret of [...spec.secrets, ...spec.externalSecrets.map(externalBlob)]) {
    const found = view.byName('secret', secret.Name);
    if (!found) control.createSecret(secret);
    else if (secret.Data !== UNKNOWN_CONTENT) {
      control.updateSecret(found.ID, secret, { version: found.Version.Index });
    }
  }
  for (const config of [...spec.configs, ...spec.externalConfigs.map(externalBlob)]) {
    const found = view.byName('config', config.Name);
    if (!found) control.createConfig(config);
    else if (config.Data !== UNKNOWN_CONTENT) {
      control.updateConfig(found.ID, config, { version: found.Version.Index });
    }
  }
  for (const service of spec.services) {
    const found = view.byName('service', service.Name);
    const sent = withIds(service, view);
    if (found) control.updateService(found.ID, sent, { version: found.Version.Index });
    else control.createService(sent);
  }
}

function externalNetwork({ name }: { readonly name: string }) {
  return { Name: name, Driver: 'overlay', Attachable: true };
}

function externalBlob({ name }: { readonly name: string }) {
  return { Name: name, Labels: {}, Data: UNKNOWN_CONTENT };
}

/** Ids of secrets and configs where a StackSpec has names; networks are control's to resolve. */
function withIds(spec: ServiceSpec, view: StoreView): ServiceSpec {
  const container = spec.TaskTemplate.ContainerSpec;
  if (!container) return spec;
  const idOf = (name: string) => view.byName('config', name)?.ID;
  const secrets = container.Secrets?.map((one) => ({
    ...one,
    SecretID: view.byName('secret', one.SecretName)?.ID ?? one.SecretID,
  }));
  const configs = container.Configs?.map((one) => ({
    ...one,
    ConfigID: idOf(one.ConfigName) ?? one.ConfigID,
  }));
  const privileges = container.Privileges;
  const credential = privileges?.CredentialSpec;
  const credentialId = idOf(credential?.Config ?? '');
  const filled: ContainerSpec = {
    ...container,
    ...(secrets && { Secrets: secrets }),
    ...(configs && { Configs: configs }),
    ...(credentialId !== undefined && {
      Privileges: { ...privileges, CredentialSpec: { ...credential, Config: credentialId } },
    }),
  };
  return { ...spec, TaskTemplate: { ...spec.TaskTemplate, ContainerSpec: filled } };
}
