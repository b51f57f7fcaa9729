import { parseCidr } from '../../base/ip-address.ts';
import type { NetworkId } from '../../swarm/object.ts';
import type { Draft, StoredCluster, StoredNetwork, SwarmIpam } from '../store/stored-object.ts';
import { toAddressPool, type AddressPool } from './address-pool.ts';
import { chooseSubnet, firstHost } from './subnets.ts';

/** Marks the hidden entries for the engines' own networks. @source spec/orchestrator.md section 2.6 */
export const LABEL_PREDEFINED = 'com.docker.swarm.predefined';

const VXLAN_OPTION = 'com.docker.network.driver.overlay.vxlanid_list';
const FIRST_VXLAN = 4096;
const DEFAULT_POOL = { DefaultAddrPool: ['10.0.0.0/8'], SubnetSize: 24 } as const;

/** Whether the network lives on each node by itself and needs no allocation. */
export function isNodeLocal({ Spec }: Pick<StoredNetwork, 'Spec'>): boolean {
  const driver = Spec.DriverConfiguration?.Name;
  return Spec.Labels?.[LABEL_PREDEFINED] === 'true' || driver === 'bridge' || driver === 'host';
}

/** Whether a network is ready to be attached to. */
export function isNetworkAllocated(network: StoredNetwork): boolean {
  return isNodeLocal(network) || network.DriverState !== undefined;
}

/** Which subnets, VXLAN ids and addresses are in use. Filled from the store, kept by the allocator. */
export class NetworkBooks {
  readonly #pools = new Map<NetworkId, AddressPool>();
  readonly #subnets = new Map<NetworkId, readonly string[]>();
  #nextVxlan = FIRST_VXLAN;

  /** Enters an allocated network. */
  restore(network: StoredNetwork): void {
    const configs = network.IPAMOptions?.Configs ?? [];
    this.#subnets.set(
      network.ID,
      configs.flatMap((one) => (one.Subnet === undefined ? [] : [one.Subnet])),
    );
    const pool = toAddressPool(configs);
    if (pool) this.#pools.set(network.ID, pool);
    const vxlan = Number(network.DriverState?.Options?.[VXLAN_OPTION] ?? 0);
    this.#nextVxlan = Math.max(this.#nextVxlan, vxlan + 1);
  }

  /** Forgets a network that is gone. */
  remove(id: NetworkId): void {
    this.#pools.delete(id);
    this.#subnets.delete(id);
  }

  /** The network with driver state and addresses, entered; undefined when no subnet is left. */
  allocate<T extends Draft<StoredNetwork>>(
    network: T,
    cluster: Pick<StoredCluster, 'DefaultAddrPool' | 'SubnetSize'> | undefined,
  ): (T & Pick<StoredNetwork, 'DriverState' | 'IPAMOptions'>) | undefined {
    const ipam = this.#allocateIpam(network, cluster ?? DEFAULT_POOL);
    if (!ipam) return undefined;
    const vxlan = String(this.#nextVxlan);
    this.#nextVxlan += 1;
    const driver = network.Spec.DriverConfiguration;
    const DriverState = {
      Name: driver?.Name ?? 'overlay',
      Options: { [VXLAN_OPTION]: vxlan, ...driver?.Options },
    };
    return { ...network, DriverState, IPAMOptions: ipam };
  }

  /** One address on the network in CIDR form; undefined when none is left. */
  allocateAddress(id: NetworkId): string | undefined {
    return this.#pools.get(id)?.allocate();
  }

  takeAddress(id: NetworkId, address: string): void {
    this.#pools.get(id)?.take(address);
  }

  releaseAddress(id: NetworkId, address: string): void {
    this.#pools.get(id)?.release(address);
  }

  #allocateIpam(
    { Spec }: Draft<StoredNetwork>,
    { DefaultAddrPool, SubnetSize }: Pick<StoredCluster, 'DefaultAddrPool' | 'SubnetSize'>,
  ): SwarmIpam | undefined {
    const Driver = { Name: Spec.IPAMOptions?.Driver?.Name ?? 'default' };
    const asked = (Spec.IPAMOptions?.Configs ?? []).filter((one) => one.Subnet !== undefined);
    if (asked.length > 0) return { Driver, Configs: asked.map(withGateway) };
    const used = [...this.#subnets.values()].flat().flatMap((text) => parseCidr(text) ?? []);
    const chosen = chooseSubnet(DefaultAddrPool, SubnetSize, used);
    return chosen && { Driver, Configs: [chosen] };
  }
}

function withGateway<T extends { readonly Subnet?: string; readonly Gateway?: string }>(config: T) {
  const subnet = parseCidr(config.Subnet ?? '');
  return config.Gateway === undefined && subnet
    ? { ...config, Gateway: firstHost(subnet) }
    : config;
}
