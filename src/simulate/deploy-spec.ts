import type { Control } from '../orchestrator/control.ts';
import type { StoredService } from '../orchestrator/store/stored-object.ts';
import type { StoreView } from '../orchestrator/store/store-view.ts';
import type { StackSpec } from '../stack/stack-spec.ts';
import type { ContainerSpec, ServiceSpec } from '../swarm/service.ts';
import { UNKNOWN_CONTENT } from './start-state.ts';

/**
 * What to send for a service that exists; undefined leaves it as it is.
 *
 * With a live cluster the caller knows better than a comparison of texts what is the same.
 */
export type DecideService = (wanted: ServiceSpec, found: StoredService) => ServiceSpec | undefined;

/**
 * Creates what a stack asks for and updates the services that exist, as a deploy without `--prune`.
 *
 * What the stack calls external is created first when it is not there.
 * @throws ControlError where the engine would refuse
 */
export function deploySpec(
  spec: StackSpec,
  world: DeployTarget,
  decide: DecideService = (wanted) => wanted,
): void {
  const { control, view } = world;
  for (const network of [...spec.networks, ...spec.externalNetworks.map(externalNetwork)]) {
    if (!view.byName('network', network.Name)) control.createNetwork(network);
  }
  deployBlobs(spec, world);
  for (const service of spec.services) {
    const found = view.byName('service', service.Name);
    const sent = withIds(service, view);
    const change = found ? decide(sent, found) : undefined;
    if (!found) control.createService(sent);
    else if (change) control.updateService(found.ID, change, { version: found.Version.Index });
  }
}

/** What a deploy is made to. */
interface DeployTarget {
  readonly control: Control;
  readonly view: StoreView;
}

function deployBlobs(spec: StackSpec, { control, view }: DeployTarget): void {
  for (const secret of [...spec.secrets, ...spec.externalSecrets.map(externalBlob)]) {
    const found = view.byName('secret', secret.Name);
    if (!found) control.createSecret(secret);
    else if (isContentKnown(secret, found)) {
      control.updateSecret(found.ID, secret, { version: found.Version.Index });
    }
  }
  for (const config of [...spec.configs, ...spec.externalConfigs.map(externalBlob)]) {
    const found = view.byName('config', config.Name);
    if (!found) control.createConfig(config);
    else if (isContentKnown(config, found)) {
      control.updateConfig(found.ID, config, { version: found.Version.Index });
    }
  }
}

interface WithData {
  readonly Data?: string | undefined;
}

/** Whether there is something to compare on both sides. */
function isContentKnown(wanted: WithData, found: { readonly Spec: WithData }): boolean {
  return wanted.Data !== UNKNOWN_CONTENT && found.Spec.Data !== UNKNOWN_CONTENT;
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
