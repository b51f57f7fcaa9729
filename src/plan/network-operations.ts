import type { JsonValue } from '../base/brand.ts';
import type { StackSpec } from '../stack/stack-spec.ts';
import type { Network, NetworkCreate } from '../swarm/network.ts';
import { LABEL_NAMESPACE } from '../swarm/stack-labels.ts';
import { diffValues, isEqual } from './diff.ts';
import { describeChanges } from './change-words.ts';
import { isPredefined } from './observe.ts';
import type { PlanNote, Refusal } from './plan.ts';

/** The stack's own network of a name, undefined when it has to be created. */
export function ownNetwork(
  networks: readonly Network[],
  wanted: NetworkCreate,
  stack: string,
): Network | undefined {
  const own = networks.filter(
    (one) => one.Name === wanted.Name && one.Labels?.[LABEL_NAMESPACE] === stack,
  );
  return own.find((one) => one.Scope === 'swarm') ?? own[0];
}

/** Why a network cannot be created: its name is taken by one that is not the stack's. */
export function takenNetworkName(
  networks: readonly Network[],
  wanted: NetworkCreate,
): Refusal | undefined {
  if (!networks.some((one) => one.Name === wanted.Name)) return undefined;
  return {
    code: 'network-name-taken',
    subject: wanted.Name,
    message: `failed to create network ${wanted.Name}: network with name ${wanted.Name} already exists and does not belong to the stack`,
    hint: 'declare it `external: true` to use it, or give yours another `name:`',
  };
}

/** What of an existing network differs from the file; the engine cannot change a network. */
export function networkDrift(network: Network, wanted: NetworkCreate): readonly PlanNote[] {
  const pairs: readonly (readonly [string, JsonValue, JsonValue])[] = [
    ['driver', network.Driver, wanted.Driver ?? 'overlay'],
    ['internal', network.Internal ?? false, wanted.Internal ?? false],
    ['attachable', network.Attachable ?? false, wanted.Attachable ?? false],
    ['labels', { ...network.Labels }, { ...wanted.Labels }],
    ...optionPairs(network, wanted),
    ...ipamPairs(network, wanted),
  ];
  const changes = pairs.flatMap(([path, from, to]) =>
    isEqual(from, to) ? [] : diffValues({ [path]: from }, { [path]: to }),
  );
  if (changes.length === 0) return [];
  return [
    {
      code: 'network-fixed',
      severity: 'warning',
      subject: network.Name,
      message: `network ${network.Name} differs from the file and cannot be changed: ${describeChanges(changes)}; give it a new \`name:\`, or remove it and deploy again`,
    },
  ];
}

/** Options the file sets; the engine adds options of its own. */
function optionPairs(
  network: Network,
  wanted: NetworkCreate,
): readonly (readonly [string, JsonValue, JsonValue])[] {
  return Object.entries(wanted.Options ?? {}).map(([key, value]) => [
    `driver_opts.${key}`,
    network.Options?.[key] ?? null,
    value,
  ]);
}

/** The address space, where the file asks for one; otherwise the engine chose it. */
function ipamPairs(
  network: Network,
  wanted: NetworkCreate,
): readonly (readonly [string, JsonValue, JsonValue])[] {
  const subnets = (ipam: Network['IPAM']): JsonValue =>
    (ipam?.Config ?? []).map((one) => one.Subnet ?? '').filter(Boolean);
  const pairs: (readonly [string, JsonValue, JsonValue])[] = [];
  if ((wanted.IPAM?.Config ?? []).some((one) => one.Subnet)) {
    pairs.push(['ipam.subnet', subnets(network.IPAM), subnets(wanted.IPAM)]);
  }
  if (wanted.IPAM?.Driver) {
    pairs.push(['ipam.driver', network.IPAM?.Driver ?? 'default', wanted.IPAM.Driver]);
  }
  return pairs;
}

/**
 * External networks that are missing or cannot be joined.
 * @source spec/stack-file.md section 10.4
 */
export function externalNetworkRefusals(
  spec: StackSpec,
  networks: readonly Network[],
): readonly Refusal[] {
  return spec.externalNetworks.flatMap(({ name }) => {
    if (name === 'none' || name === 'default') return unjoinable(spec, name);
    const message = externalNetworkProblem(name, networks);
    return message === undefined ? [] : [{ code: 'external-network', subject: name, message }];
  });
}

/** `none` and `default` have no twin in the Swarm, so no service can join them. */
function unjoinable(spec: StackSpec, network: string): readonly Refusal[] {
  return spec.services
    .filter((one) => one.TaskTemplate.Networks?.some(({ Target }) => Target === network))
    .map((one) => ({
      code: 'external-network',
      subject: one.Name,
      message: `service ${one.Name}: could not find the corresponding predefined swarm network: network ${network} not found`,
    }));
}

function externalNetworkProblem(name: string, networks: readonly Network[]): string | undefined {
  if (isPredefined(name)) return undefined;
  const found = networks.filter((one) => one.Name === name || one.Id === name);
  const best = found.find((one) => one.Scope === 'swarm') ?? found[0];
  if (!best) {
    return `network "${name}" is declared as external, but could not be found. You need to create a swarm-scoped network before the stack is deployed`;
  }
  if (best.Scope !== 'swarm') {
    return `network "${name}" is declared as external, but it is not in the right scope: "${best.Scope}" instead of "swarm"`;
  }
  if (best.Ingress === true) {
    return `Service cannot be explicitly attached to the ingress network "${name}"`;
  }
  return undefined;
}
