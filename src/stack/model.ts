import { struct, mapOf, type Codec, type Members } from './codec.ts';
import type { Format } from './format.ts';
import type { KeySpec } from './key-spec.ts';
import { SERVICE_KEYS } from './keys/index.ts';
import { networkCodec, type NetworkModel } from './keys/networks.ts';
import { configCodec, secretCodec, type FileObjectModel } from './keys/secrets-and-configs.ts';
import { volumeCodec, type VolumeModel } from './keys/volumes.ts';
import type { YamlMap } from './yaml-values.ts';

type ValueOf<K> = K extends KeySpec<infer T> ? T : never;

/**
 * One service in normal form: the keys of the file, each in its long form.
 *
 * Derived from the registry, so a new key is known here at once.
 */
export type ServiceModel = {
  readonly [K in keyof typeof SERVICE_KEYS]?: ValueOf<(typeof SERVICE_KEYS)[K]>;
} & { readonly extensions?: YamlMap };

/** What one file, or several merged ones, say; keys as in the file, by name. */
export interface StackModel {
  readonly version: string;
  readonly format: Format;
  /** Top-level `name`; the Compose Specification's project name. */
  readonly name?: string;
  readonly services: Readonly<Record<string, ServiceModel>>;
  readonly networks: Readonly<Record<string, NetworkModel>>;
  readonly volumes: Readonly<Record<string, VolumeModel>>;
  readonly secrets: Readonly<Record<string, FileObjectModel>>;
  readonly configs: Readonly<Record<string, FileObjectModel>>;
  readonly extensions?: YamlMap;
}

function codecsOf(keys: Readonly<Record<string, KeySpec<unknown>>>): Members<ServiceModel> {
  return Object.fromEntries(
    Object.entries(keys).map(([name, key]) => [name, key.codec]),
  ) as Members<ServiceModel>;
}

const serviceFields = struct<ServiceModel>(codecsOf(SERVICE_KEYS));

/** Reads, merges and prints one service. */
export const serviceCodec: Codec<ServiceModel> = serviceFields;

/** The sections of a file with their codecs, in print order; `services` is always printed. */
export const SECTIONS = {
  services: mapOf(serviceCodec),
  networks: mapOf(networkCodec, { onBoth: 'replace' }),
  volumes: mapOf(volumeCodec, { onBoth: 'replace' }),
  secrets: mapOf(secretCodec, { onBoth: 'replace' }),
  configs: mapOf(configCodec, { onBoth: 'replace' }),
} as const;
