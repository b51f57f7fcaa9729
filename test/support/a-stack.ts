import type { StackSpec } from '../../src/stack/stack-spec.ts';
import type { ConfigSpec } from '../../src/swarm/config.ts';
import type { NetworkCreate } from '../../src/swarm/network.ts';
import type { SecretSpec } from '../../src/swarm/secret.ts';
import type { ConfigId, SecretId } from '../../src/swarm/object.ts';
import type { ServiceSpec, TaskSpec } from '../../src/swarm/service.ts';
import { LABEL_IMAGE, LABEL_NAMESPACE } from '../../src/swarm/stack-labels.ts';

const STACK = 'shop';
const OURS = { [LABEL_NAMESPACE]: STACK };

/** A stack file's meaning; everything not given is empty. */
export function aStack(parts: Partial<StackSpec> = {}): StackSpec {
  return {
    stack: STACK,
    networks: [aNetwork('default')],
    externalNetworks: [],
    secrets: [],
    externalSecrets: [],
    configs: [],
    externalConfigs: [],
    services: [],
    dependencies: [],
    locate: () => undefined,
    ...parts,
  };
}

/** A declared overlay network. */
export function aNetwork(key: string, more: Partial<NetworkCreate> = {}): NetworkCreate {
  return { Name: `${STACK}_${key}`, Driver: 'overlay', Labels: OURS, ...more };
}

/** A declared secret with the given content. */
export function aSecret(
  key: string,
  content: string,
  labels: Record<string, string> = {},
): SecretSpec {
  return {
    Name: `${STACK}_${key}`,
    Labels: { ...labels, ...OURS },
    Data: Buffer.from(content).toString('base64'),
  };
}

/** A declared config with the given content. */
export function aConfig(
  key: string,
  content: string,
  labels: Record<string, string> = {},
): ConfigSpec {
  return aSecret(key, content, labels);
}

interface ServiceParts extends Partial<Omit<ServiceSpec, 'TaskTemplate'>> {
  readonly image?: string;
  readonly task?: Partial<TaskSpec>;
  readonly container?: TaskSpec['ContainerSpec'];
  readonly secrets?: readonly string[];
  readonly configs?: readonly string[];
  readonly networks?: readonly string[];
}

/** A declared service on the default network, as the converter gives it. */
export function aService(key: string, parts: ServiceParts = {}): ServiceSpec {
  const { image = 'nginx:1.27', task, container, secrets, configs, networks, ...spec } = parts;
  const file = { UID: '0', GID: '0', Mode: 0o444 };
  return {
    Name: `${STACK}_${key}`,
    Labels: { [LABEL_IMAGE]: image, ...OURS },
    TaskTemplate: {
      ContainerSpec: {
        Image: image,
        Labels: OURS,
        Privileges: { CredentialSpec: null, SELinuxContext: null, NoNewPrivileges: false },
        ...(secrets && {
          Secrets: secrets.map((name) => ({
            File: { ...file, Name: name },
            SecretID: '' as SecretId,
            SecretName: `${STACK}_${name}`,
          })),
        }),
        ...(configs && {
          Configs: configs.map((name) => ({
            File: { ...file, Name: `/${name}` },
            ConfigID: '' as ConfigId,
            ConfigName: `${STACK}_${name}`,
          })),
        }),
        ...container,
      },
      Resources: {},
      Placement: {},
      Networks: (networks ?? ['default']).map((name) => ({
        Target: `${STACK}_${name}`,
        Aliases: [key],
      })),
      ForceUpdate: 0,
      ...task,
    },
    Mode: { Replicated: {} },
    EndpointSpec: {},
    ...spec,
  };
}
