import type { Clock } from '../base/clock.ts';
import type { Random } from '../base/random.ts';
import { formatTimestamp } from '../base/timestamp.ts';
import { openLmdbPersistence, type LmdbPersistence } from '../host/lmdb-persistence.ts';
import type { Machine } from '../host/machine.ts';
import type { StoredTask } from '../orchestrator/store/stored-object.ts';
import type { Backend } from '../server/backend.ts';
import { createServer, type EngineApiServer } from '../server/server.ts';
import { clusterRoutes } from './cluster-routes.ts';
import { countCluster, type ClusterStatus } from './cluster-status.ts';
import { formatTcpAddress, type TcpAddress } from './listen-address.ts';
import type { Log } from './log.ts';
import { daemonId, Membership } from './membership.ts';
import { rolesOf, type NodeCount } from './node-count.ts';
import type { ClusterPaths } from './paths.ts';
import type { TaskId } from '../swarm/object.ts';
import type { Runtime, RuntimeName } from './runtimes.ts';
import { TcpFollower } from './tcp-follower.ts';
import type { TcpServer } from './tcp-server.ts';
import { TrafficSwitch } from './traffic.ts';

/** What can be said when a daemon is started; kept for later starts. */
export interface DaemonSettings {
  readonly runtime: RuntimeName;
  /** The images there are, for the process runtime; absent: every name is one. */
  readonly images?: readonly string[] | undefined;
  /** The container engine, `unix:///path`, for the container runtime; absent: the one there is. */
  readonly engine?: string | undefined;
  readonly listen?: TcpAddress | undefined;
}

export interface DaemonOptions {
  readonly paths: ClusterPaths;
  /** Nodes of a new cluster; without effect on one that is there. */
  readonly nodes: NodeCount;
  /** Over what was said at the last start. */
  readonly settings: Partial<DaemonSettings>;
  readonly defaultRuntime: RuntimeName;
  readonly openRuntime: (settings: DaemonSettings, traffic: TrafficSwitch) => Promise<Runtime>;
  readonly clock: Clock;
  readonly random: Random;
  readonly machine: Machine;
  readonly version: string;
  readonly pid: number;
  readonly log: Log;
}

/** A daemon that answers requests. */
export interface Daemon {
  /** Resolves when a client asked it to stop. */
  readonly stopRequested: Promise<'stop' | 'keep'>;
  status(): ClusterStatus;
  /**
   * Stops answering, puts everything on disk, frees the files.
   * @param tasks - whether what runs is stopped in good order, or goes on for the next start
   */
  stop(tasks: 'stop' | 'keep'): Promise<void>;
}

/**
 * Assembles an embedded cluster: state, orchestrator, runtime, API.
 * @throws StateError (rejects) the state cannot be used; UserError the runtime or an address cannot
 */
export async function startDaemon(options: DaemonOptions): Promise<Daemon> {
  const { paths, clock, random, machine, version, log } = options;
  const startedAt = formatTimestamp(clock.now());
  const ends: (() => Promise<void>)[] = [];
  try {
    const persistence = openLmdbPersistence({
      cluster: paths.name,
      directory: paths.data,
      keyFile: paths.keyFile,
    });
    ends.push(() => persistence.close());
    const settings = chooseSettings(persistence, options);
    const traffic = new TrafficSwitch();
    const runtime = await options.openRuntime(settings, traffic);
    ends.push(() => runtime.close());
    const { executor, openTraffic } = runtime;
    const membership = await Membership.open(
      {
        name: paths.name,
        clock,
        random,
        persistence,
        executor,
        machine,
        version,
        follow: openTraffic && ((store) => traffic.connect(openTraffic(store))),
      },
      rolesOf(options.nodes),
    );
    const { promise: stopRequested, resolve: requestStop } = withResolver<'stop' | 'keep'>();
    const tcp = new TcpFollower(() => openTcp(settings, membership, { ...options, createApi }));
    const status = (): ClusterStatus => ({
      ...describeDaemon(options, { settings, startedAt, tcp: tcp.server }),
      ...describeCluster(membership),
    });
    const routes = clusterRoutes({ status, requestStop, keys: () => membership.keys });
    const backend: Backend = {
      clock,
      facts: { ...machine, id: await daemonId(persistence, random), version, rootDir: paths.root },
      membership,
      executor,
      engine: runtime.engine,
      tasks: runtime.access?.(taskOf(membership)),
    };
    const report = ({ method, path, error }: { method: string; path: string; error: unknown }) =>
      log.error({ method, path, error }, 'a request failed');
    const createApi = () => createServer(backend, { routes, report });
    const api = await createApi();
    ends.push(() => api.close());
    await api.listen({ kind: 'socket', socketPath: paths.socket });
    await tcp.renew();
    const onError = (error: unknown): void => log.error({ error }, 'nothing is served over TCP');
    ends.push(tcp.follow(membership, onError));
    await keepSettings(persistence, settings);
    return {
      stopRequested,
      status,
      async stop(tasks) {
        for (const end of ends.splice(2).reverse()) await end();
        await membership.stop(tasks);
        await endAll(ends);
      },
    };
  } catch (error) {
    await endAll(ends);
    throw error;
  }
}

interface TcpCircumstances extends Pick<DaemonOptions, 'clock' | 'machine' | 'log'> {
  readonly createApi: () => Promise<EngineApiServer>;
}

/** The API over TLS, when that is wanted and there is a cluster to have certificates of. */
async function openTcp(
  { listen }: DaemonSettings,
  { keys }: Membership,
  { clock, machine, log, createApi }: TcpCircumstances,
): Promise<TcpServer | undefined> {
  if (!listen || !keys) return undefined;
  const { openTcpServer } = await import('./tcp-server.ts');
  return openTcpServer({
    address: listen,
    keys,
    clock,
    hostname: machine.hostname,
    createServer: createApi,
    onError: (error) => log.error({ error }, 'the TCP server was not renewed'),
  });
}

async function endAll(ends: (() => Promise<void>)[]): Promise<void> {
  for (const end of ends.splice(0).reverse()) await end();
}

/** What was said now, else at the last start, else the default. */
function chooseSettings(
  { notes }: LmdbPersistence,
  { settings, defaultRuntime }: DaemonOptions,
): DaemonSettings {
  const saved = JSON.parse(notes.read('settings') ?? '{}') as Partial<DaemonSettings>;
  return { runtime: defaultRuntime, ...saved, ...settings };
}

/** Only once they worked: a start with an address that cannot be had spoils no later one. */
async function keepSettings({ notes }: LmdbPersistence, settings: DaemonSettings): Promise<void> {
  const text = JSON.stringify(settings);
  if (text !== notes.read('settings')) await notes.write('settings', text);
}

interface Circumstances {
  readonly settings: DaemonSettings;
  readonly startedAt: string;
  readonly tcp: TcpServer | undefined;
}

function describeDaemon(
  { paths, version, pid }: DaemonOptions,
  { settings, startedAt, tcp }: Circumstances,
) {
  return {
    Name: paths.name,
    Version: version,
    Pid: pid,
    StartedAt: startedAt,
    Runtime: settings.runtime,
    Directory: paths.root,
    Socket: paths.socket,
    Listen: tcp ? [formatTcpAddress(tcp.address)] : [],
    ...(tcp && { ServerCertificateExpires: new Date(tcp.certificateEnds).toISOString() }),
  };
}

const NOTHING = { Total: 0, Up: 0 };

function describeCluster(membership: Membership) {
  const state = membership.state();
  if (state.kind !== 'active') {
    const Managers = { ...NOTHING, HasQuorum: false };
    return { State: 'inactive' as const, Nodes: NOTHING, Managers, Services: 0, RunningTasks: 0 };
  }
  const expires = membership.keys?.authorityExpires;
  return {
    State: 'active' as const,
    ...countCluster(state.swarm),
    ...(expires !== undefined && { AuthorityExpires: new Date(expires).toISOString() }),
  };
}

function withResolver<T>(): {
  readonly promise: Promise<T>;
  readonly resolve: (value: T) => void;
} {
  let resolve: (value: T) => void = () => undefined;
  const promise = new Promise<T>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}

/** A task of the cluster there is at the moment of the call. */
function taskOf(membership: Membership): (id: TaskId) => StoredTask | undefined {
  return (id) => {
    const state = membership.state();
    return state.kind === 'active' ? state.swarm.store.view.get('task', id) : undefined;
  };
}
