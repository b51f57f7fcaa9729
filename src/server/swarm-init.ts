import { parseCidr } from '../base/ip-address.ts';
import type { ClusterSpec } from '../swarm/cluster.ts';
import type { NodeAvailability } from '../swarm/node.ts';
import type { SwarmInit } from './backend.ts';
import { httpError } from './http-errors.ts';

/** Body of `POST /swarm/init`. @source Engine API, SwarmInitRequest */
export interface InitBody {
  readonly ListenAddr?: string;
  readonly AdvertiseAddr?: string;
  readonly DataPathPort?: number;
  readonly ForceNewCluster?: boolean;
  readonly Spec?: Partial<ClusterSpec>;
  readonly AutoLockManagers?: boolean;
  readonly Availability?: string;
  readonly DefaultAddrPool?: readonly string[];
  readonly SubnetSize?: number;
}

const MANAGER_PORT = 2377;

/**
 * What a client asked for in starting a cluster; addresses default to the loopback's.
 * @throws HttpError with the engine's statuses and texts
 * @source spec/engine-api.md section 4 (init)
 */
export function readSwarmInit(body: InitBody): SwarmInit {
  const { DefaultAddrPool = [], SubnetSize = 0, DataPathPort = 0 } = body;
  const spec = readSpec(body);
  const listenAddr = withPort(parseAddr(body.ListenAddr || '0.0.0.0', 'listen address'));
  const advertised = body.AdvertiseAddr || addressOf(listenAddr);
  const advertise = parseAddr(advertised, 'advertise address');
  checkPool(DefaultAddrPool);
  checkDataPathPort(DataPathPort);
  return {
    spec,
    listenAddr,
    advertiseAddr: advertise.host,
    availability: readAvailability(body.Availability),
    ...(DefaultAddrPool.length > 0 && { defaultAddrPool: DefaultAddrPool }),
    ...(SubnetSize > 0 && { subnetSize: SubnetSize }),
    ...(DataPathPort > 0 && { dataPathPort: DataPathPort }),
    forceNewCluster: body.ForceNewCluster === true,
  };
}

function checkPool(pools: readonly string[]): void {
  for (const pool of pools) {
    if (parseCidr(pool)) continue;
    throw httpError('internal', `invalid base pool ${pool}: invalid CIDR address: ${pool}`);
  }
}

function checkDataPathPort(port: number): void {
  if (port === 0 || (port >= 1024 && port <= 49_151)) return;
  throw httpError('internal', `Datapath port number is not in valid range (1024-49151) : ${port}`);
}

/** Locked managers may be asked for in two places. */
function readSpec({ Spec = {}, AutoLockManagers }: InitBody): Partial<ClusterSpec> {
  if (Spec.Name && Spec.Name !== 'default') {
    throw httpError('invalid-argument', 'swarm spec must be named "default"');
  }
  const isLocked = AutoLockManagers === true || Spec.EncryptionConfig?.AutoLockManagers === true;
  return isLocked ? { ...Spec, EncryptionConfig: { AutoLockManagers: true } } : Spec;
}

function readAvailability(word = ''): NodeAvailability {
  const lower = word.toLowerCase();
  if (lower === '' || lower === 'active') return 'active';
  if (lower === 'pause' || lower === 'drain') return lower;
  throw httpError('internal', `invalid Availability: ${JSON.stringify(word)}`);
}

interface HostPort {
  readonly host: string;
  readonly port: number | undefined;
}

/** `host`, `host:port`, `[v6]:port`, or the name of an interface. */
function parseAddr(text: string, what: string): HostPort {
  const match = /^(\[[\da-fA-F:.%\w]+\]|[\w.-]+|[\da-fA-F:]+)??(?::(\d{1,5}))?$/.exec(text);
  if (!match) throw httpError('invalid-argument', `could not parse ${what} ${text}`);
  const host = (match[1] ?? '').replaceAll(/[[\]]/g, '');
  return { host: isAny(host) ? '127.0.0.1' : host, port: match[2] ? Number(match[2]) : undefined };
}

/** Parity: nothing to advertise; one machine needs no other address than its own. */
function isAny(host: string): boolean {
  return host === '' || host === '0.0.0.0' || host === '::';
}

function withPort({ host, port }: HostPort): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port ?? MANAGER_PORT}`;
}

function addressOf(hostPort: string): string {
  return hostPort.slice(0, hostPort.lastIndexOf(':'));
}
