import type { JsonValue } from '../base/brand.ts';
import type { Config } from '../swarm/config.ts';
import type { Network } from '../swarm/network.ts';
import type { Mount } from '../swarm/service.ts';
import { LABEL_VERSION_OF } from '../swarm/release-labels.ts';
import { descopeName, LABEL_NAMESPACE, scopeName } from '../swarm/stack-labels.ts';
import { parseSubnet, overlaps } from '../plan/subnet.ts';
import type { RunningStack } from './observe-running.ts';
import { filled, mapWithout, set, written, type Part } from './part.ts';

type Section = 'networks' | 'volumes' | 'secrets' | 'configs';

/** A config whose content goes into a file beside the stack file. */
export interface ConfigFile {
  /** Path in the stack file. */
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** Where the contents of configs are to stand; absent means they stay in the cluster. */
export interface DeclarationOptions {
  /** Directory as the stack file names it. */
  readonly configDirectory?: string | undefined;
}

/** Swarm takes addresses from here unless told otherwise. @source dockerd swarm init --default-addr-pool */
const DEFAULT_POOL = parseSubnet('10.0.0.0/8');
const DEFAULT_PREFIX = '/24';

/** What the engine adds to an overlay by itself. */
const ENGINE_OPTIONS = ['com.docker.network.driver.overlay.vxlanid_list'];

/**
 * The top-level networks, volumes, secrets and configs of a file, as its services ask for them.
 *
 * Every object gets one key, its name without the stack's; whoever comes second gets a number.
 */
export class Declarations {
  readonly #running: RunningStack;
  readonly #options: DeclarationOptions;
  readonly #keys = new Map<string, string>();
  readonly #declared = new Map<Section, Map<string, JsonValue>>();
  readonly files: ConfigFile[] = [];

  constructor(running: RunningStack, options: DeclarationOptions = {}) {
    this.#running = running;
    this.#options = options;
  }

  /** Key of a network by its id or name, and its name. */
  network(target: string): { readonly key: string; readonly name: string } {
    const { stack, networks } = this.#running;
    const found = networks.find((one) => one.Id === target || one.Name === target);
    const name = found?.Name ?? target;
    const isOwn = found?.Labels?.[LABEL_NAMESPACE] === stack;
    const key = this.#keyOf('networks', name, (own) =>
      isOwn ? ownNetwork(found, { stack, key: own }) : external(own, name),
    );
    return { key, name };
  }

  /** Key of a volume; what the first mount says of it is declared. */
  volume(mount: Mount): string {
    const { stack } = this.#running;
    const name = mount.Source ?? '';
    const { Labels, DriverConfig } = mount.VolumeOptions ?? {};
    const isOwn = Labels?.[LABEL_NAMESPACE] === stack;
    return this.#keyOf('volumes', name, (key) =>
      isOwn
        ? {
            ...written({
              name: name === scopeName(stack, key) ? undefined : name,
              driver: set(DriverConfig?.Name),
              driver_opts: mapWithout(DriverConfig?.Options),
              labels: mapWithout(Labels, [LABEL_NAMESPACE]),
            }),
          }
        : external(key, name),
    );
  }

  /** Labels that a declared volume gives to its mounts. */
  volumeLabels(key: string): Readonly<Record<string, string>> {
    const declared = this.#declared.get('volumes')?.get(key) as
      | { readonly labels?: Readonly<Record<string, string>> }
      | undefined;
    return declared?.labels ?? {};
  }

  /** Key of a secret. Its content cannot be read, so it is expected to be there. */
  secret(name: string): string {
    return this.#keyOf('secrets', name, (key) => external(key, name));
  }

  /** Key of a config: one that is expected to be there, or a file when files are wanted. */
  config(name: string): string {
    const { configDirectory } = this.#options;
    const stored = this.#running.configs.find((one) => one.Spec.Name === name);
    if (configDirectory === undefined || !stored) {
      return this.#keyOf('configs', name, (key) => external(key, name));
    }
    // A later content has a name of its own; the file has that of the first.
    const first = stored.Spec.Labels?.[LABEL_VERSION_OF] ?? name;
    return this.#keyOf('configs', first, (key) => {
      const path = `${configDirectory}/${/^\.*$/.test(key) ? `config${key}` : key}`;
      this.files.push({ path, bytes: Buffer.from(stored.Spec.Data ?? '', 'base64') });
      return ownConfig(stored, { stack: this.#running.stack, key, name: first, path });
    });
  }

  /** Everything declared, sections and keys as they came. */
  sections(): Part {
    return Object.fromEntries(
      [...this.#declared].map(([section, objects]) => [section, Object.fromEntries(objects)]),
    );
  }

  #keyOf(section: Section, name: string, declare: (key: string) => JsonValue): string {
    const known = this.#keys.get(`${section} ${name}`);
    if (known !== undefined) return known;
    const objects = this.#declared.get(section) ?? new Map<string, JsonValue>();
    this.#declared.set(section, objects);
    const wanted = descopeName(this.#running.stack, name).replaceAll(/[^a-zA-Z0-9._-]/g, '_');
    let key = wanted === '' ? section : wanted;
    for (let count = 2; objects.has(key); count += 1) key = `${wanted}_${count}`;
    this.#keys.set(`${section} ${name}`, key);
    objects.set(key, declare(key));
    return key;
  }
}

function external(key: string, name: string): JsonValue {
  return { external: true, ...(key !== name && { name }) };
}

function ownNetwork(
  network: Network,
  { stack, key }: { readonly stack: string; readonly key: string },
): JsonValue {
  const { Driver, IPAM } = network;
  return {
    ...written({
      name: network.Name === scopeName(stack, key) ? undefined : network.Name,
      driver: Driver === 'overlay' ? undefined : set(Driver),
      driver_opts: mapWithout(network.Options, ENGINE_OPTIONS),
      internal: set(network.Internal),
      attachable: set(network.Attachable),
      enable_ipv6: set(network.EnableIPv6),
      labels: mapWithout(network.Labels, [LABEL_NAMESPACE]),
      ipam: written({
        driver: IPAM?.Driver === 'default' ? undefined : set(IPAM?.Driver),
        config: filled((IPAM?.Config ?? []).flatMap(chosenPool)),
        options: mapWithout(IPAM?.Options),
      }),
    }),
  };
}

/** A range somebody chose; one the engine may have taken from its pool is left to the engine. */
function chosenPool(pool: {
  readonly Subnet?: string;
  readonly IPRange?: string;
  readonly Gateway?: string;
}): readonly { readonly [key: string]: JsonValue }[] {
  const subnet = parseSubnet(pool.Subnet ?? '');
  const isTaken =
    subnet !== undefined &&
    DEFAULT_POOL !== undefined &&
    overlaps(subnet, DEFAULT_POOL) &&
    (pool.Subnet ?? '').endsWith(DEFAULT_PREFIX) &&
    set(pool.IPRange) === undefined;
  if (isTaken) return [];
  const config = written({
    subnet: set(pool.Subnet),
    ip_range: set(pool.IPRange),
    gateway: set(pool.Gateway),
  });
  return config ? [config] : [];
}

function ownConfig(
  { Spec }: Config,
  facts: {
    readonly stack: string;
    readonly key: string;
    readonly name: string;
    readonly path: string;
  },
): JsonValue {
  const { stack, key, name, path } = facts;
  return {
    ...written({
      name: name === scopeName(stack, key) ? undefined : name,
      file: path,
      labels: mapWithout(Spec.Labels, [LABEL_NAMESPACE, LABEL_VERSION_OF]),
      template_driver: set(Spec.Templating?.Name),
    }),
  };
}
