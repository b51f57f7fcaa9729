import { byString, compareStrings } from '../base/compare.ts';
import type { ConfigSpec } from '../swarm/config.ts';
import type { NetworkCreate } from '../swarm/network.ts';
import type { SecretSpec } from '../swarm/secret.ts';
import type { ServiceSpec } from '../swarm/service.ts';
import { convertService, type ConvertContext } from './convert-service.ts';
import { convertDependencies } from './dependencies.ts';
import { readObjectData } from './read-object-data.ts';
import { usesPredefinedNetwork } from './keys/network-mode.ts';
import { isUserDefinedNetwork, networkName, toNetworkCreate } from './keys/networks.ts';
import {
  fileObjectName,
  toConfigSpec,
  toSecretSpec,
  type FileObjectKind,
  type FileObjectModel,
} from './keys/secrets-and-configs.ts';
import { joinsNoNetwork } from './keys/x-tstack-spec.ts';
import type { StackModel } from './model.ts';
import { lookUp } from './service-scope.ts';
import type { ExternalReference, StackSpec } from './stack-spec.ts';

/**
 * A merged model as requests to the engine; everything docker notices late is reported here,
 * before anything is written.
 * @source spec/stack-file.md sections 10 to 13
 */
export function convertStack(
  model: StackModel,
  options: ConvertContext,
): Omit<StackSpec, 'locate'> {
  const names = Object.keys(model.services).sort();
  const services = names.map((name) =>
    convertService(name, model.services[name] ?? {}, { model, context: options }),
  );
  return {
    stack: options.stack,
    ...convertNetworks(model, options),
    ...convertFileObjects(model, options),
    services: services.sort(byString((one: ServiceSpec) => one.Name)),
    dependencies: options.compat === 'docker' ? [] : convertDependencies(model, options),
  };
}

/** Keys of the networks that services use. @source spec/stack-file.md 10.2 */
function usedNetworks(model: StackModel): readonly string[] {
  const used = new Set<string>();
  for (const name of Object.keys(model.services)) {
    const service = model.services[name] ?? {};
    if (model.format === 'compose' && usesPredefinedNetwork(service.network_mode)) continue;
    const keys = Object.keys(service.networks ?? {});
    if (keys.length === 0 && joinsNoNetwork(service['x-tstack']?.spec)) continue;
    for (const key of keys.length > 0 ? keys : ['default']) used.add(key);
  }
  return [...used].sort();
}

function convertNetworks(
  model: StackModel,
  options: ConvertContext,
): Pick<StackSpec, 'networks' | 'externalNetworks'> {
  const networks = new Map<string, NetworkCreate>();
  const externalNetworks: ExternalReference[] = [];
  for (const key of usedNetworks(model)) {
    const network = lookUp(model.networks, key) ?? (key === 'default' ? {} : undefined);
    if (!network) continue;
    const name = networkName(options.stack, key, network);
    if (network.external) {
      if (isUserDefinedNetwork(name)) externalNetworks.push({ key, name });
    } else if (networks.has(name)) warnOfTwin(key, name, options);
    else networks.set(name, toNetworkCreate(key, network, options));
  }
  return {
    networks: [...networks.values()].sort(byString((one) => one.Name)),
    externalNetworks: externalNetworks.sort(byString((one) => one.name)),
  };
}

function warnOfTwin(key: string, name: string, options: ConvertContext): void {
  if (options.compat === 'docker') return;
  options.report(['networks', key], {
    code: 'network-name-used-twice',
    severity: 'warning',
    message: `network ${key}: another network of this stack is called ${name}; only one is created`,
    hint: 'use one key for it, or another name',
  });
}

function convertFileObjects(
  model: StackModel,
  options: ConvertContext,
): Pick<StackSpec, 'secrets' | 'externalSecrets' | 'configs' | 'externalConfigs'> {
  const secrets = new Map<string, SecretSpec>();
  const configs = new Map<string, ConfigSpec>();
  for (const [key, object] of Object.entries(model.secrets)) {
    if (object.external) continue;
    secrets.set(key, toSecretSpec(toSource('secret', key, { object, options }), object));
  }
  for (const [key, object] of Object.entries(model.configs)) {
    if (object.external) continue;
    configs.set(key, toConfigSpec(toSource('config', key, { object, options }), object));
  }
  reportTwins('secret', secrets, options);
  reportTwins('config', configs, options);
  return {
    secrets: [...secrets.values()].sort(byString((one) => one.Name)),
    externalSecrets: externalObjects(model, 'secret', options.stack),
    configs: [...configs.values()].sort(byString((one) => one.Name)),
    externalConfigs: externalObjects(model, 'config', options.stack),
  };
}

/** Two objects of one name: the second would be an update of the first, which changes labels only. */
function reportTwins(
  kind: FileObjectKind,
  specs: ReadonlyMap<string, SecretSpec | ConfigSpec>,
  { report }: ConvertContext,
): void {
  const first = new Map<string, { readonly key: string; readonly data: string }>();
  for (const [key, { Name: name, Data: data = '' }] of specs) {
    const twin = first.get(name);
    if (!twin) first.set(name, { key, data });
    else if (twin.data !== data) {
      report([`${kind}s`, key], {
        code: 'name-with-two-contents',
        severity: 'error',
        message: `failed to update ${kind} ${name}: only updates to Labels are allowed, and ${kind}s ${twin.key} and ${key} give it different content`,
        hint: 'give one of them another "name"',
      });
    }
  }
}

function toSource(
  kind: FileObjectKind,
  key: string,
  { object, options }: { object: FileObjectModel; options: ConvertContext },
): { stack: string; key: string; data: string } {
  const { stack } = options;
  const name = fileObjectName(stack, key, object);
  return { stack, key, data: readObjectData({ kind, key, name }, object, options) };
}

/** External objects that a service refers to, once each. */
function externalObjects(
  model: StackModel,
  kind: FileObjectKind,
  stack: string,
): readonly ExternalReference[] {
  const declared = kind === 'secret' ? model.secrets : model.configs;
  const used = new Set<string>();
  for (const name of Object.keys(model.services)) {
    const service = model.services[name] ?? {};
    const references = (kind === 'secret' ? service.secrets : service.configs) ?? [];
    for (const { source = '' } of references) used.add(source);
    if (kind === 'config' && service.credential_spec?.config)
      used.add(service.credential_spec.config);
  }
  return [...used]
    .flatMap((key) => {
      const object = lookUp(declared, key);
      return object?.external ? [{ key, name: fileObjectName(stack, key, object) }] : [];
    })
    .sort((a, b) => compareStrings(a.name, b.name));
}
