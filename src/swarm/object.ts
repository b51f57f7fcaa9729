import type { Brand } from '../base/brand.ts';

export type ServiceId = Brand<string, 'ServiceId'>;
export type TaskId = Brand<string, 'TaskId'>;
export type NodeId = Brand<string, 'NodeId'>;
export type NetworkId = Brand<string, 'NetworkId'>;
export type SecretId = Brand<string, 'SecretId'>;
export type ConfigId = Brand<string, 'ConfigId'>;

/** Durations on the wire. Exact up to 104 days. */
export type Nanoseconds = Brand<number, 'ns'>;

/** RFC 3339 with nanoseconds, UTC. */
export type Timestamp = string;

/** String to string map: labels, options, sysctls. */
export type StringMap = Readonly<Record<string, string>>;

/** The number an update must quote. @source Engine API, ObjectVersion */
export interface Version {
  readonly Index: number;
}

/** What every cluster object carries. @source Engine API, e.g. Service */
export interface ObjectMeta {
  readonly Version: Version;
  readonly CreatedAt: Timestamp;
  readonly UpdatedAt: Timestamp;
}

/** Name and labels of every spec. */
export interface Annotations {
  readonly Name: string;
  readonly Labels?: StringMap;
}

/** An external driver and its options. @source Engine API, Driver */
export interface Driver {
  readonly Name?: string;
  readonly Options?: StringMap;
}

/** @source Engine API, Platform */
export interface Platform {
  readonly Architecture?: string;
  readonly OS?: string;
}

/** Counted or named resources beyond CPU and memory. @source Engine API, GenericResources */
export type GenericResource =
  | { readonly DiscreteResourceSpec: { readonly Kind: string; readonly Value: number } }
  | { readonly NamedResourceSpec: { readonly Kind: string; readonly Value: string } };
