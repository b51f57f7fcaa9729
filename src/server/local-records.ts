import { toInstant, type Clock } from '../base/clock.ts';
import { sha256Hex } from '../base/hash.ts';
import { formatTimestamp } from '../base/timestamp.ts';
import type { Network, NetworkCreate } from '../swarm/network.ts';
import type { NetworkId, StringMap } from '../swarm/object.ts';
import { httpError } from './http-errors.ts';

/** A volume as the API shows it. @source spec/engine-api.md section 11 */
export interface LocalVolume {
  readonly CreatedAt: string;
  readonly Driver: string;
  readonly Labels: StringMap | null;
  readonly Mountpoint: string;
  readonly Name: string;
  readonly Options: StringMap | null;
  readonly Scope: 'local';
}

/** Networks every engine has, by name, and their drivers. */
const PREDEFINED: ReadonlyMap<string, string> = new Map([
  ['bridge', 'bridge'],
  ['host', 'host'],
  ['none', 'null'],
]);

const LOCAL_DRIVERS: ReadonlySet<string> = new Set(['bridge', 'host', 'null', 'macvlan', 'ipvlan']);

/**
 * Local networks and volumes where no container engine keeps them: names that clients may make,
 * find and remove. They mean nothing to tasks that are processes, and last as long as the daemon.
 * @source spec/engine-api.md sections 10, 11 and 17
 */
export class LocalRecords {
  readonly #clock: Clock;
  readonly #rootDir: string;
  readonly #networks = new Map<string, Network>();
  readonly #volumes = new Map<string, LocalVolume>();
  #made = 0;

  constructor(clock: Clock, rootDir: string) {
    this.#clock = clock;
    this.#rootDir = rootDir;
    for (const [name, driver] of PREDEFINED) this.#addNetwork({ Name: name, Driver: driver });
  }

  networks(): readonly Network[] {
    return [...this.#networks.values()];
  }

  /** By full id, then name, then id prefix. */
  network(input: string): Network | undefined {
    const all = this.networks();
    return (
      all.find((one) => one.Id === input) ??
      this.#networks.get(input) ??
      (input === '' ? undefined : all.find((one) => one.Id.startsWith(input)))
    );
  }

  /** @throws HttpError 404 no such driver, 409 the name is taken */
  createNetwork(sent: NetworkCreate): Network {
    const driver = sent.Driver || 'bridge';
    if (!LOCAL_DRIVERS.has(driver)) {
      throw httpError('not-found', `plugin "${driver}" not found`);
    }
    if (this.#networks.has(sent.Name)) {
      throw httpError('conflict', `network with name ${sent.Name} already exists`);
    }
    return this.#addNetwork({ ...sent, Driver: driver });
  }

  /** @throws HttpError 403 it is every engine's own */
  removeNetwork({ Name }: Network): void {
    if (PREDEFINED.has(Name)) {
      throw httpError('forbidden', `${Name} is a pre-defined network and cannot be removed`);
    }
    this.#networks.delete(Name);
  }

  isPredefined(name: string): boolean {
    return PREDEFINED.has(name);
  }

  volumes(): readonly LocalVolume[] {
    return [...this.#volumes.values()];
  }

  volume(name: string): LocalVolume | undefined {
    return this.#volumes.get(name);
  }

  /** A volume of that name, new or not. */
  createVolume(sent: {
    readonly Name: string;
    readonly DriverOpts?: StringMap;
    readonly Labels?: StringMap;
  }): LocalVolume {
    const known = this.#volumes.get(sent.Name);
    if (known) return known;
    const volume: LocalVolume = {
      CreatedAt: `${formatTimestamp(this.#clock.now()).slice(0, 19)}Z`,
      Driver: 'local',
      Labels: sent.Labels ?? null,
      Mountpoint: `${this.#rootDir}/volumes/${sent.Name}`,
      Name: sent.Name,
      Options: sent.DriverOpts ?? null,
      Scope: 'local',
    };
    this.#volumes.set(sent.Name, volume);
    return volume;
  }

  removeVolume(name: string): void {
    this.#volumes.delete(name);
  }

  /** An id of 64 hexadecimal digits. */
  newId(name: string): string {
    this.#made += 1;
    return sha256Hex(`${this.#rootDir} ${name} ${this.#made} ${this.#clock.now()}`);
  }

  #addNetwork(sent: NetworkCreate): Network {
    const isPredefined = PREDEFINED.has(sent.Name);
    const id = isPredefined ? sha256Hex(`${this.#rootDir} ${sent.Name}`) : this.newId(sent.Name);
    const network: Network = {
      Name: sent.Name,
      Id: id as NetworkId,
      Created: formatTimestamp(toInstant(this.#clock.now())),
      Scope: 'local',
      Driver: sent.Driver ?? 'bridge',
      EnableIPv4: true,
      EnableIPv6: sent.EnableIPv6 === true,
      IPAM: {
        Driver: sent.IPAM?.Driver || 'default',
        Options: sent.IPAM?.Options ?? null,
        Config: sent.IPAM?.Config ?? (isPredefined ? null : []),
      },
      Internal: sent.Internal === true,
      Attachable: sent.Attachable === true,
      Ingress: false,
      Options: sent.Options ?? {},
      Labels: sent.Labels ?? {},
    };
    this.#networks.set(sent.Name, network);
    return network;
  }
}
