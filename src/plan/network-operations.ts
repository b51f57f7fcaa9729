import type { JsonValue } from '../base/brand.ts';
import { byString } from '../base/compare.ts';
import type { StackSpec } from '../stack/stack-spec.ts';
import type { Network, NetworkCreate } from '../swarm/network.ts';
import { LABEL_NAMESPACE } from '../swarm/stack-labels.ts';
import { diffValues, isEqual } from './diff.ts';
import { describeChanges } from './change-words.ts';
import { isPredefined } from './observe.ts';
import type { FieldChange, PlanNote, Refusal } from './plan.ts';
import type { PlanOptions } from './plan-options.ts';
import { parseSubnet } from './subnet.ts';

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

/** What of an existing network differs from the file, sorted by path; an engine cannot change it. */
export function networkDrift(network: Network, wanted: NetworkCreate): readonly FieldChange[] {
  const pairs: readonly (readonly [string, JsonValue, JsonValue])[] = [
    ['driver', network.Driver, wanted.Driver ?? 'overlay'],
    ['internal', network.Internal ?? false, wanted.Internal ?? false],
    ['attachable', network.Attachable ?? false, wanted.Attachable ?? false],
    ['labels', { ...network.Labels }, { ...wanted.Labels }],
    ...optionPairs(network, wanted),
    ...ipamPairs(network, wanted),
  ];
  return pairs
    .flatMap(([path, from, to]) =>
      isEqual(from, to) ? [] : diffValues({ [path]: from }, { [path]: to }),
    )
    .sort(byString(({ path }) => path));
}

/** Fields that only matter to others than the stack's own services. */
const HARMLESS = /^(attachable|labels)\b/;

/**
 * What becomes of a difference that cannot take effect: a refusal where the services would get
 * another network than the file asks for, a warning where they would not, or docker's rules hold.
 */
export function driftVerdict(
  name: string,
  changes: readonly FieldChange[],
  rules: Pick<PlanOptions, 'compatDocker' | 'toleratesDrift'>,
): { readonly note?: PlanNote; readonly refusal?: Refusal } {
  if (changes.length === 0) return {};
  const message = `network ${name} differs from the file and cannot be changed: ${describeChanges(changes)}`;
  const hint = 'give it a new `name:`, or remove it and deploy again';
  const facts = { code: 'network-fixed', subject: name } as const;
  const isTolerated = rules.compatDocker || rules.toleratesDrift === true;
  if (isTolerated || changes.every(({ path }) => HARMLESS.test(path))) {
    return { note: { ...facts, severity: 'warning', message: `${message}; ${hint}` } };
  }
  return { refusal: { ...facts, message, hint, isOverridable: true } };
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

/** Engines store a subnet by its first address, whatever address of it was given. */
function canonicalSubnet(text: string): string {
  return parseSubnet(text)?.text ?? text;
}

/** The address space, where the file asks for one; otherwise the engine chose it. */
function ipamPairs(
  network: Network,
  wanted: NetworkCreate,
): readonly (readonly [string, JsonValue, JsonValue])[] {
  const subnets = (ipam: Network['IPAM']): JsonValue =>
    (ipam?.Config ?? []).flatMap(({ Subnet }) => (Subnet ? [canonicalSubnet(Subnet)] : []));
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
