import { formatTimestamp } from '../../base/timestamp.ts';
import {
  ENGINE_VERSION,
  formatApiVersion,
  MAX_API_VERSION,
  MIN_API_VERSION,
} from '../api-version.ts';
import type { Backend, SwarmState } from '../backend.ts';
import { json, type Route, type RouteContext } from '../route.ts';
import { showCluster } from '../swarm-answer.ts';

/** @source spec/engine-api.md section 2 */
export const systemRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/version',
    handle: (_request, { backend }) => json(versionAnswer(backend)),
  },
  { method: 'GET', path: '/info', handle: (_request, context) => json(infoAnswer(context)) },
];

function versionAnswer({ facts }: Backend): unknown {
  const ApiVersion = formatApiVersion(MAX_API_VERSION);
  const MinAPIVersion = formatApiVersion(MIN_API_VERSION);
  const details = {
    ApiVersion,
    Arch: facts.arch,
    BuildTime: '',
    Experimental: 'false',
    GitCommit: '',
    GoVersion: '',
    KernelVersion: facts.kernelVersion,
    MinAPIVersion,
    Os: 'linux',
  };
  return {
    Platform: { Name: `tstackd ${facts.version}` },
    Components: [
      { Name: 'Engine', Version: ENGINE_VERSION, Details: details },
      { Name: 'tstackd', Version: facts.version, Details: {} },
    ],
    Version: ENGINE_VERSION,
    ApiVersion,
    MinAPIVersion,
    GitCommit: '',
    GoVersion: '',
    Os: 'linux',
    Arch: facts.arch,
    KernelVersion: facts.kernelVersion,
    BuildTime: '',
  };
}

/** What is the same on every machine. */
const FIXED_INFO = {
  Plugins: {
    Volume: ['local'],
    Network: ['bridge', 'host', 'null', 'overlay'],
    Authorization: null,
    Log: ['json-file'],
  },
  MemoryLimit: false,
  SwapLimit: false,
  CpuCfsPeriod: false,
  CpuCfsQuota: false,
  CPUShares: false,
  CPUSet: false,
  PidsLimit: false,
  IPv4Forwarding: true,
  Debug: false,
  NFd: 0,
  OomKillDisable: false,
  NGoroutines: 0,
  LoggingDriver: 'json-file',
  CgroupDriver: 'none',
  OSType: 'linux',
  IndexServerAddress: 'https://index.docker.io/v1/',
  RegistryConfig: {
    IndexConfigs: {
      'docker.io': { Mirrors: [], Name: 'docker.io', Official: true, Secure: true },
    },
    InsecureRegistryCIDRs: ['::1/128', '127.0.0.0/8'],
    Mirrors: null,
  },
  GenericResources: null,
  HttpProxy: '',
  HttpsProxy: '',
  NoProxy: '',
  Labels: [],
  ExperimentalBuild: false,
  Runtimes: {},
  LiveRestoreEnabled: true,
  Isolation: '',
  InitBinary: '',
  ContainerdCommit: { ID: '' },
  RuncCommit: { ID: '' },
  InitCommit: { ID: '' },
  SecurityOptions: [],
  Warnings: null,
} as const;

function infoAnswer({ backend, events }: RouteContext): unknown {
  const { facts, clock, executor, membership } = backend;
  const running = runningTasks(membership.state());
  return {
    ID: facts.id,
    Containers: running,
    ContainersRunning: running,
    ContainersPaused: 0,
    ContainersStopped: 0,
    Images: 0,
    Driver: executor.name,
    DriverStatus: [['Runtime', executor.name]],
    ...FIXED_INFO,
    SystemTime: formatTimestamp(clock.now()),
    NEventsListener: events.size,
    KernelVersion: facts.kernelVersion,
    OperatingSystem: facts.operatingSystem,
    OSVersion: facts.osVersion,
    Architecture: facts.machine,
    NCPU: facts.cpus,
    MemTotal: facts.memoryBytes,
    DockerRootDir: facts.rootDir,
    Name: facts.hostname,
    ServerVersion: ENGINE_VERSION,
    DefaultRuntime: executor.name,
    Swarm: swarmInfo(membership.state()),
  };
}

function runningTasks(state: SwarmState): number {
  if (state.kind !== 'active') return 0;
  const { view } = state.swarm.store;
  return view.list('task').filter((task) => task.Status.State === 'running').length;
}

/** @source spec/engine-api.md section 2 (Swarm) */
export function swarmInfo(state: SwarmState): unknown {
  const none = { NodeID: '', NodeAddr: '', ControlAvailable: false, Error: '' };
  if (state.kind !== 'active') {
    return { ...none, LocalNodeState: state.kind, RemoteManagers: null };
  }
  const { swarm } = state;
  const nodes = swarm.store.view.list('node');
  const managers = nodes.filter((node) => node.ManagerStatus !== undefined);
  return {
    NodeID: swarm.self,
    NodeAddr: swarm.store.view.get('node', swarm.self)?.Status.Addr ?? '',
    LocalNodeState: 'active',
    ControlAvailable: true,
    Error: '',
    RemoteManagers: managers.map(({ ID, ManagerStatus }) => ({
      NodeID: ID,
      Addr: ManagerStatus?.Addr ?? '',
    })),
    Nodes: nodes.length,
    Managers: managers.length,
    Cluster: showCluster(swarm),
  };
}
