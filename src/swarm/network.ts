import type { NetworkId, StringMap, Timestamp } from './object.ts';

export interface IpamConfig {
  readonly Subnet?: string;
  readonly IPRange?: string;
  readonly Gateway?: string;
  readonly AuxiliaryAddresses?: StringMap;
}

export interface Ipam {
  readonly Driver?: string;
  readonly Options?: StringMap | null;
  readonly Config?: readonly IpamConfig[] | null;
}

/** Body of `POST /networks/create`. @source Engine API, NetworkCreate */
export interface NetworkCreate {
  readonly Name: string;
  readonly Driver?: string;
  readonly Scope?: string;
  readonly EnableIPv4?: boolean;
  readonly EnableIPv6?: boolean;
  readonly IPAM?: Ipam;
  readonly Internal?: boolean;
  readonly Attachable?: boolean;
  readonly Ingress?: boolean;
  readonly Options?: StringMap;
  readonly Labels?: StringMap;
}

/** @source Engine API, Network (it is `Id`, not `ID`) */
export interface Network {
  readonly Id: NetworkId;
  readonly Name: string;
  readonly Created?: Timestamp;
  readonly Scope: 'swarm' | 'local' | 'global';
  readonly Driver: string;
  readonly EnableIPv4?: boolean;
  readonly EnableIPv6?: boolean;
  readonly IPAM?: Ipam;
  readonly Internal?: boolean;
  readonly Attachable?: boolean;
  readonly Ingress?: boolean;
  readonly Options?: StringMap | null;
  readonly Labels?: StringMap | null;
}
