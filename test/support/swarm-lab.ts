import { execFileSync, spawn } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { askEngine } from './engine-socket.ts';

/** One engine of the lab. */
export interface LabNode {
  /** Its hostname inside the Swarm: `node-1`. */
  readonly name: string;
  readonly role: 'manager' | 'worker' | 'outside';
  readonly socket: string;
  /** Address on the lab's own network, which exists only inside its namespaces. */
  readonly address: string;
  readonly dir: string;
}

/** A real Swarm; plain data, so that test workers can be told of it. */
export interface SwarmLab {
  readonly dir: string;
  /** node-1 is the manager, node-2 and node-3 are workers. */
  readonly nodes: readonly LabNode[];
  /** A fourth engine that belongs to no Swarm. */
  readonly outside: LabNode;
  readonly engineVersion: string;
  /** In every engine; no registry is reachable. */
  readonly image: string;
}

/** What vitest hands to the tests. */
export type LabOffer =
  | { readonly kind: 'up'; readonly lab: SwarmLab }
  | { readonly kind: 'none'; readonly reason: string };

const ROOT = '/tmp';
const PREFIX = 'tstack-lab-';
const READY_MS = 90_000;
const APPLETS =
  'sh httpd sleep nc wget nslookup cat kill true false env hostname ls test touch echo date';
const TOOLS = ['ip', 'nsenter', 'unshare', 'tar', 'busybox', 'iptables'];

/** Folders that come first on PATH when engines are started; TSTACK_DOCKERD_PATH names another engine's. */
function enginePath(): string {
  const own = process.env['TSTACK_DOCKERD_PATH'];
  const system = `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin`;
  return own === undefined || own === '' ? system : `${own}:${system}`;
}

/** Why this machine cannot run a lab; undefined when it can. */
export function labObstacle(): string | undefined {
  if (process.platform !== 'linux') return 'it needs Linux';
  if (process.getuid?.() !== 0) return 'it needs root (network namespaces)';
  const missing = [...TOOLS, 'dockerd', 'containerd'].filter((tool) => !isOnPath(tool));
  return missing.length > 0 ? `missing programs: ${missing.join(', ')}` : undefined;
}

function isOnPath(tool: string): boolean {
  return enginePath()
    .split(':')
    .some((dir) => dir !== '' && existsSync(join(dir, tool)));
}

function run(program: string, args: readonly string[]): string {
  const env = { ...process.env, PATH: enginePath() };
  return execFileSync(program, args, { env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

/**
 * Starts four engines in network namespaces of their own, three of them as one Swarm.
 *
 * Sweeps away what a killed run left behind. On failure everything is taken down again.
 */
export async function startSwarmLab(): Promise<SwarmLab> {
  sweepStaleLabs();
  const dir = join(ROOT, `${PREFIX}${process.pid}`);
  mkdirSync(dir, { recursive: true });
  try {
    const nodes = ['manager', 'worker', 'worker', 'outside'].map((role, index): LabNode => ({
      name: `node-${index + 1}`,
      role: role as LabNode['role'],
      dir: join(dir, `n${index + 1}`),
      socket: join(dir, `n${index + 1}`, 'docker.sock'),
      address: `10.77.0.${index + 1}`,
    }));
    createNetwork(dir, nodes);
    for (const node of nodes) startEngine(node);
    await Promise.all(nodes.map(waitUntilReady));
    const [engineVersion] = await Promise.all([formSwarm(nodes), loadImage(dir, nodes)]);
    const outside = nodes.find((node) => node.role === 'outside') as LabNode;
    const members = nodes.filter((node) => node !== outside);
    return { dir, nodes: members, outside, engineVersion, image: 'busybox:latest' };
  } catch (error) {
    stopLab(dir);
    throw error;
  }
}

function namespaceOf(dir: string, node: string): string {
  return `${dir.slice(dir.lastIndexOf('/') + 1)}-${node}`;
}

/** A namespace per node and one with the bridge that joins them. */
function createNetwork(dir: string, nodes: readonly LabNode[]): void {
  const bridge = namespaceOf(dir, 'br');
  run('ip', ['netns', 'add', bridge]);
  run('ip', ['-n', bridge, 'link', 'add', 'br0', 'type', 'bridge']);
  run('ip', ['-n', bridge, 'link', 'set', 'br0', 'up']);
  for (const [index, node] of nodes.entries()) {
    const own = namespaceOf(dir, node.name);
    const port = `p${index + 1}`;
    const peer = ['peer', 'name', port, 'netns', bridge];
    run('ip', ['netns', 'add', own]);
    run('ip', ['-n', own, 'link', 'set', 'lo', 'up']);
    run('ip', ['link', 'add', 'eth0', 'netns', own, 'type', 'veth', ...peer]);
    run('ip', ['-n', bridge, 'link', 'set', port, 'master', 'br0', 'up']);
    run('ip', ['-n', own, 'addr', 'add', `${node.address}/24`, 'dev', 'eth0']);
    run('ip', ['-n', own, 'link', 'set', 'eth0', 'up']);
  }
}

/** Starts (or starts again) an engine; `ip netns exec` would hide the cgroup mounts. */
export function startEngine(node: LabNode): void {
  mkdirSync(node.dir, { recursive: true });
  const parent = node.dir.slice(0, node.dir.lastIndexOf('/'));
  const dockerd = [
    'exec dockerd',
    `--data-root ${node.dir}/data --exec-root ${node.dir}/exec --pidfile ${node.dir}/pid`,
    `-H unix://${node.socket} --log-level warn --shutdown-timeout 1`,
  ].join(' ');
  const log = openSync(join(node.dir, 'log'), 'a');
  const netns = `--net=/var/run/netns/${namespaceOf(parent, node.name)}`;
  const shell = ['sh', '-c', `hostname ${node.name}; ${dockerd}`];
  const child = spawn('nsenter', [netns, 'unshare', '-u', ...shell], {
    stdio: ['ignore', log, log],
    env: { ...process.env, PATH: enginePath(), DOCKER_RAMDISK: '' },
    detached: true,
  });
  child.unref();
}

async function waitUntilReady(node: LabNode): Promise<void> {
  for (const end = Date.now() + READY_MS; Date.now() < end;) {
    try {
      await askEngine(node.socket, { method: 'GET', path: '/_ping', timeoutMs: 2000 });
      return;
    } catch {
      await sleep(100);
    }
  }
  const log = readFileSync(join(node.dir, 'log'), 'utf8').trim().split('\n').slice(-5).join('\n');
  throw new Error(`${node.name} did not come up in ${READY_MS / 1000} s:\n${log}`);
}

async function formSwarm(nodes: readonly LabNode[]): Promise<string> {
  const manager = nodes[0] as LabNode;
  const listen = { ListenAddr: '0.0.0.0:2377' };
  await askEngine(manager.socket, {
    method: 'POST',
    path: '/swarm/init',
    body: { ...listen, AdvertiseAddr: manager.address },
  });
  const swarm = (await askEngine(manager.socket, { method: 'GET', path: '/swarm' })) as {
    readonly JoinTokens: { readonly Worker: string };
  };
  const workers = nodes.filter((node) => node.role === 'worker');
  await Promise.all(
    workers.map((node) =>
      askEngine(node.socket, {
        method: 'POST',
        path: '/swarm/join',
        body: {
          ...listen,
          AdvertiseAddr: node.address,
          RemoteAddrs: [`${manager.address}:2377`],
          JoinToken: swarm.JoinTokens.Worker,
        },
      }),
    ),
  );
  await waitForNodes(manager.socket, workers.length + 1);
  const { Version } = (await askEngine(manager.socket, { method: 'GET', path: '/version' })) as {
    readonly Version: string;
  };
  return Version;
}

async function waitForNodes(socket: string, count: number): Promise<void> {
  for (const end = Date.now() + READY_MS; Date.now() < end; await sleep(100)) {
    const nodes = (await askEngine(socket, { method: 'GET', path: '/nodes' })) as readonly {
      readonly Status: { readonly State: string };
    }[];
    if (nodes.filter((one) => one.Status.State === 'ready').length === count) return;
  }
  throw new Error(`the Swarm did not reach ${count} ready nodes`);
}

/** A root folder with busybox and links, imported into every engine. */
async function loadImage(dir: string, nodes: readonly LabNode[]): Promise<void> {
  const root = join(dir, 'image');
  mkdirSync(join(root, 'bin'), { recursive: true });
  mkdirSync(join(root, 'tmp'));
  const busybox = enginePath()
    .split(':')
    .map((folder) => join(folder, 'busybox'))
    .find((file) => existsSync(file));
  copyFileSync(busybox ?? '', join(root, 'bin', 'busybox'));
  for (const applet of APPLETS.split(' ')) symlinkSync('busybox', join(root, 'bin', applet));
  run('tar', ['-C', root, '-cf', join(dir, 'image.tar'), '.']);
  const body = readFileSync(join(dir, 'image.tar'));
  const query = `fromSrc=-&repo=busybox&tag=latest&changes=${encodeURIComponent('ENV PATH=/bin')}`;
  const path = `/images/create?${query}`;
  await Promise.all(nodes.map((node) => askEngine(node.socket, { method: 'POST', path, body })));
}

/** Pid of a running engine, from its own pidfile; undefined when it is gone. */
export function enginePid(node: Pick<LabNode, 'dir'>): number | undefined {
  const file = join(node.dir, 'pid');
  if (!existsSync(file)) return undefined;
  const pid = Number(readFileSync(file, 'utf8'));
  return commandLine(pid).includes(node.dir) ? pid : undefined;
}

function commandLine(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}

/** Pids of all processes whose command line names this lab: engines, their containerd, shims. */
function labProcesses(dir: string): readonly number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => pid !== process.pid && commandLine(pid).includes(`${dir}/n`));
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It is gone already.
  }
}

/**
 * Takes a lab down: engines first, then whatever they left, mounts, namespaces, files.
 *
 * Synchronous and bounded (about 25 s at worst), so that it also works on the way out.
 */
export function stopLab(dir: string): void {
  const engines = existsSync(dir)
    ? readdirSync(dir)
        .filter((name) => /^n\d+$/.test(name))
        .map((name) => enginePid({ dir: join(dir, name) }))
        .filter((pid) => pid !== undefined)
    : [];
  for (const pid of engines) {
    signal(pid, 'SIGCONT');
    signal(pid, 'SIGTERM');
  }
  waitFor(() => engines.every((pid) => commandLine(pid) === ''), 20_000);
  for (const pid of labProcesses(dir)) signal(pid, 'SIGKILL');
  waitFor(() => labProcesses(dir).length === 0, 5000);
  for (const mount of mountsUnder(dir)) attempt('umount', ['-l', mount]);
  const prefix = `${dir.slice(dir.lastIndexOf('/') + 1)}-`;
  const namespaces = existsSync('/var/run/netns') ? readdirSync('/var/run/netns') : [];
  for (const name of namespaces.filter((one) => one.startsWith(prefix))) {
    attempt('ip', ['netns', 'del', name]);
  }
  rmSync(dir, { recursive: true, force: true, maxRetries: 3 });
}

function attempt(program: string, args: readonly string[]): void {
  try {
    run(program, args);
  } catch (error) {
    console.error(`swarm lab: ${program} ${args.join(' ')}: ${String(error)}`);
  }
}

function waitFor(isDone: () => boolean, limitMs: number): void {
  const pause = new Int32Array(new SharedArrayBuffer(4));
  for (const end = Date.now() + limitMs; Date.now() < end && !isDone();) {
    Atomics.wait(pause, 0, 0, 100);
  }
}

/** Mount points inside the lab, deepest first. */
function mountsUnder(dir: string): readonly string[] {
  return readFileSync('/proc/self/mounts', 'utf8')
    .split('\n')
    .map((line) => line.split(' ')[1] ?? '')
    .filter((mount) => mount.startsWith(`${dir}/`))
    .toReversed();
}

/** Takes down labs whose test run is gone (killed, machine out of memory). */
function sweepStaleLabs(): void {
  for (const name of readdirSync(ROOT).filter((one) => one.startsWith(PREFIX))) {
    const owner = Number(name.slice(PREFIX.length));
    if (owner === process.pid || commandLine(owner) === '') stopLab(join(ROOT, name));
  }
}
