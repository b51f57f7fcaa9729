import { parseCidr, parseIp } from '../../base/ip-address.ts';
import type { Ipam, IpamConfig, NetworkCreate } from '../../swarm/network.ts';
import { LABEL_NAMESPACE, scopeName } from '../../swarm/stack-labels.ts';
import { listOf, textMap, type TextMap } from '../collections.ts';
import { struct, type Codec } from '../codec.ts';
import type { Compat } from '../read-stack.ts';
import type { Path, Problem } from '../report.ts';
import { flag, text } from '../scalars.ts';
import type { YamlMap } from '../yaml-values.ts';
import { external, settleExternal, withoutOwnExtensions, type External } from './external.ts';

interface IpamPool {
  readonly subnet?: string;
  readonly ip_range?: string;
  readonly gateway?: string;
}

interface IpamModel {
  readonly driver?: string;
  readonly config?: readonly IpamPool[];
  readonly options?: TextMap;
}

/** A top-level network of the file. @source spec/stack-file.md 10.1 */
export interface NetworkModel {
  readonly name?: string;
  readonly driver?: string;
  readonly driver_opts?: TextMap;
  readonly ipam?: IpamModel;
  readonly external?: External;
  readonly internal?: boolean;
  readonly attachable?: boolean;
  readonly enable_ipv6?: boolean;
  readonly labels?: TextMap;
  readonly extensions?: YamlMap;
}

const fields = struct<NetworkModel>({
  name: text,
  driver: text,
  driver_opts: textMap,
  ipam: struct<IpamModel>({
    driver: text,
    config: listOf(
      struct<IpamPool>({ subnet: text, ip_range: text, gateway: text }, { keepEmpty: true }),
    ),
    options: textMap,
  }),
  external,
  internal: flag,
  attachable: flag,
  enable_ipv6: flag,
  labels: textMap,
});

/** Reads, merges and prints the entries of `networks`; an entry in two files is replaced whole. */
export const networkCodec: Codec<NetworkModel> = {
  decode: (value, at) => {
    const object = value === null ? {} : fields.decode(value, at);
    if (!object) return undefined;
    const own = withoutOwnExtensions(object, at);
    return settleExternal(own, at, { kind: 'network', key: at.key(), nameSince: 5 });
  },
  merge: (_base, over) => over,
  print: (value) => fields.print(value) ?? {},
};

/** Name of a network in the cluster. */
export function networkName(stack: string, key: string, network: NetworkModel): string {
  const given = network.name ?? '';
  return given === '' ? scopeName(stack, key) : given;
}

/**
 * Whether a name is that of a network somebody made, not one of the predefined ones.
 * @source spec/stack-file.md 10.3, 10.4
 */
export function isUserDefinedNetwork(name: string): boolean {
  return !['default', 'bridge', 'host', 'none'].includes(name) && !name.startsWith('container:');
}

interface NetworkContext {
  readonly stack: string;
  readonly compat: Compat;
  readonly report: (path: Path, problem: Omit<Problem, 'place'>) => void;
}

/** The request that creates a network. @source spec/stack-file.md 10.5 */
export function toNetworkCreate(
  key: string,
  network: NetworkModel,
  context: NetworkContext,
): NetworkCreate {
  const ipam = toIpam(key, network.ipam, context);
  const { stack } = context;
  return {
    Name: networkName(stack, key, network),
    Driver: network.driver === undefined || network.driver === '' ? 'overlay' : network.driver,
    Labels: withNamespace(stack, network.labels),
    ...(network.driver_opts && { Options: { ...network.driver_opts } }),
    ...(network.internal === true && { Internal: true }),
    ...(network.attachable === true && { Attachable: true }),
    ...(network.enable_ipv6 === true && { EnableIPv6: true }),
    ...(ipam && { IPAM: ipam }),
  };
}

function toIpam(
  key: string,
  ipam: IpamModel | undefined,
  context: NetworkContext,
): Ipam | undefined {
  const config = (ipam?.config ?? []).map((pool, index) =>
    toPool(pool, ['networks', key, 'ipam', 'config', index], context),
  );
  const driver = ipam?.driver ?? '';
  const options = ipam?.options ?? {};
  const result = {
    ...(driver !== '' && { Driver: driver }),
    ...(Object.keys(options).length > 0 && { Options: { ...options } }),
    ...(config.length > 0 && { Config: config }),
  };
  return Object.keys(result).length > 0 ? result : undefined;
}

/** The members of a range: name in the file, in the API, and what is right. */
const POOL = [
  ['subnet', 'Subnet', parseCidr, 'an address range', 'in CIDR notation: 10.20.0.0/16'],
  ['ip_range', 'IPRange', parseCidr, 'an address range', 'in CIDR notation: 10.20.4.0/24'],
  ['gateway', 'Gateway', parseIp, 'an address', 'as one address of the subnet: 10.20.0.1'],
] as const;

function toPool(pool: IpamPool, path: Path, context: NetworkContext): IpamConfig {
  const config: Partial<Record<'Subnet' | 'IPRange' | 'Gateway', string>> = {};
  for (const [member, field, parse, expected, form] of POOL) {
    const written = pool[member] ?? '';
    if (written === '') continue;
    if (parse(written)) config[field] = written;
    // Deviates: docker sends an unreadable subnet as none; D-0060.
    else if (context.compat === 'none') {
      context.report([...path, member], {
        code: 'invalid-subnet',
        severity: 'error',
        message: `network ${String(path[1])}: ${member} "${written}" is not ${expected}`,
        hint: `write it ${form}`,
      });
    }
  }
  return config;
}

/** Labels of an object plus the one that says which stack it belongs to; ours wins. */
export function withNamespace(stack: string, labels: TextMap | undefined): TextMap {
  return { ...labels, [LABEL_NAMESPACE]: stack };
}
