// The embedded cluster for the orchestrator scenarios: node driver.mjs --adapter <this file> <scenarios>.
//
// It starts a cluster of its own (`tstack cluster run`), gives it the scenarios' nodes through
// the control endpoints under /tstack/v1, and takes it down at the end.
//
// TSTACK_RUNTIME   process (default), container or simulated
// TSTACK_COMMAND   the command, words split at blanks; default: bin/tstack.js of this repository
// TSTACK_KEEP=1    leaves the cluster's folder behind, with its log
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import http from 'node:http';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const ROOT = resolve(import.meta.dirname, '../..');
const GIB = 2 ** 30;
const named = (Kind, Value) => ({ NamedResourceSpec: { Kind, Value } });
const counted = (Kind, Value) => ({ DiscreteResourceSpec: { Kind, Value } });
const plugins = (Type, names) => names.split(' ').map((Name) => ({ Type, Name }));

/** The corpus's fixed node profile, n1 first. */
const PROFILES = [
  { cpus: 2, memory: 8, labels: { disk: 'ssd', zone: 'a' }, generic: [] },
  {
    cpus: 2,
    memory: 8,
    labels: { disk: 'hdd', zone: 'a' },
    generic: [named('gpu', 'GPU-a'), named('gpu', 'GPU-b')],
  },
  { cpus: 2, memory: 8, labels: { disk: 'ssd', zone: 'b' }, generic: [counted('widget', 3)] },
  {
    cpus: 1,
    memory: 4,
    labels: { disk: 'hdd', zone: 'b' },
    generic: [named('gpu', 'GPU-c'), counted('widget', 1)],
  },
  { cpus: 1, memory: 4, labels: { disk: 'ssd', zone: 'c' }, generic: [] },
];

const PLUGINS = [
  ...plugins('Log', 'awslogs fluentd gcplogs gelf journald json-file local splunk syslog'),
  ...plugins('Network', 'bridge host ipvlan macvlan null overlay'),
  ...plugins('Volume', 'local'),
];

class HttpError extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

/** The engine as one node's own: the same socket, but `/info` tells that node's id. */
class NodeClient {
  constructor(socketPath, nodeId) {
    this.socketPath = socketPath;
    this.nodeId = nodeId;
  }
  raw(method, path, body, headers = {}) {
    return new Promise((done, fail) => {
      const data = body === undefined ? undefined : Buffer.from(JSON.stringify(body));
      const type = data
        ? { 'Content-Type': 'application/json', 'Content-Length': data.length }
        : {};
      const { socketPath } = this;
      const options = { socketPath, method, path, headers: { ...type, ...headers }, agent: false };
      const request = http.request(options, (response) => {
        const chunks = [];
        response.on('data', (chunk) => chunks.push(chunk));
        response.on('end', () =>
          done({
            status: response.statusCode,
            body: Buffer.concat(chunks),
            headers: response.headers,
          }),
        );
        response.on('error', fail);
      });
      request.on('error', fail);
      request.end(data);
    });
  }
  async call(method, path, body, headers) {
    const answer = await this.raw(method, path, body, headers);
    const text = answer.body.toString('utf8');
    let value = text;
    try {
      value = text ? JSON.parse(text) : undefined;
    } catch {
      // Plain text stays as it is.
    }
    if (answer.status >= 400) throw new HttpError(answer.status, value?.message ?? text.trim());
    const isInfo = path === '/info' && this.nodeId !== undefined;
    return isInfo ? { ...value, Swarm: { ...value.Swarm, NodeID: this.nodeId } } : value;
  }
  get(path) {
    return this.call('GET', path);
  }
  post(path, body, headers) {
    return this.call('POST', path, body, headers);
  }
  del(path) {
    return this.call('DELETE', path);
  }
  async exec(container, command) {
    const { Id } = await this.post(`/containers/${container}/exec`, {
      Cmd: command,
      AttachStdout: true,
      AttachStderr: true,
      Tty: true,
    });
    const output = await this.raw('POST', `/exec/${Id}/start`, { Detach: false, Tty: true });
    const { ExitCode } = await this.get(`/exec/${Id}/json`);
    return { exit: ExitCode, out: output.body.toString('utf8').replace(/\r/g, '') };
  }
}

export default class EmbeddedCluster {
  constructor() {
    const runtime = process.env.TSTACK_RUNTIME ?? 'process';
    this.runtime = runtime;
    this.capabilities = new Set([
      'nodeCount',
      'nodeStop',
      'engineLabels',
      'genericResources',
      'nodeResources',
      'overlay',
      'ingressPorts',
      ...(runtime === 'simulated' ? [] : ['containers', 'containerAccess', 'logs']),
    ]);
    this.folder = mkdtempSync(join(tmpdir(), 'tstack-orchestrator-'));
    this.socket = join(this.folder, 'tstack', 'default.sock');
    this.ids = new Map();
    this.client = new NodeClient(this.socket);
    this.started = this.start();
    process.on('exit', () => this.kill());
  }
  endpoint() {
    return `unix://${this.socket}`;
  }
  engine(name) {
    return new NodeClient(this.socket, this.ids.get(name));
  }
  async ensureNodes(count) {
    await this.started;
    const nodes = await this.client.get('/nodes');
    for (let at = 1; at <= PROFILES.length; at += 1) {
      const name = `n${at}`;
      const known = nodes.find((node) => node.ID === this.ids.get(name));
      const isThere = known !== undefined && known.Status.State === 'ready';
      if (at <= count && !isThere) await this.rejoin(name, known);
      if (at > count && known) await this.drop(name);
    }
    await this.dropStrangers();
    return Promise.all([...this.ids].slice(0, count).map(([name, id]) => this.describe(name, id)));
  }
  async describe(name, id) {
    for (;;) {
      const node = await this.client.get(`/nodes/${id}`);
      const ip = node.Status.Addr;
      if (node.Status.State === 'ready')
        return { name, id, hostname: node.Description.Hostname, ip };
      await sleep(50);
    }
  }
  async stopNode(name) {
    await this.client.post(`/tstack/v1/nodes/${this.ids.get(name)}/fail`);
  }
  async startNode(name) {
    await this.client.post(`/tstack/v1/nodes/${this.ids.get(name)}/recover`);
  }
  async leaveNode(name) {
    await this.client.post(`/tstack/v1/nodes/${this.ids.get(name)}/leave`);
  }
  async joinNode(name) {
    const at = Number(name.slice(1));
    const profile = PROFILES[at - 1];
    const taken = (await this.client.get('/nodes')).map((node) => node.Description.Hostname);
    this.joins = (this.joins ?? 0) + 1;
    const { ID } = await this.client.post('/tstack/v1/nodes', {
      Hostname: taken.includes(`sk${at}`) ? `sk${at}-${this.joins}` : `sk${at}`,
      Role: at === 1 ? 'manager' : 'worker',
      Addr: `10.78.0.${at}`,
      Platform: { OS: 'linux', Architecture: 'x86_64' },
      Resources: {
        NanoCPUs: profile.cpus * 1e9,
        MemoryBytes: profile.memory * GIB,
        GenericResources: profile.generic,
      },
      EngineLabels: profile.labels,
      Plugins: PLUGINS,
    });
    this.ids.set(name, ID);
  }
  async rejoin(name, known) {
    if (known) await this.drop(name);
    await this.joinNode(name);
    this.ids = new Map([...this.ids].sort(([a], [b]) => (a < b ? -1 : 1)));
  }
  async drop(name) {
    const id = this.ids.get(name);
    this.ids.delete(name);
    await this.remove(id);
  }
  async remove(id) {
    const node = await this.client.get(`/nodes/${id}`);
    // First, while it counts: without a majority of managers nothing can be written.
    if (node.Spec.Role === 'manager') {
      const spec = { ...node.Spec, Role: 'worker' };
      await this.client.post(`/nodes/${id}/update?version=${node.Version.Index}`, spec);
    }
    await this.client.post(`/tstack/v1/nodes/${id}/leave`).catch(() => undefined);
    for (let tries = 0; ; tries += 1) {
      try {
        await this.client.del(`/nodes/${id}?force=true`);
        return;
      } catch (error) {
        if (tries > 40) throw error;
        await sleep(100);
      }
    }
  }
  /** The node that the cluster began with is none of the profile's. */
  async dropStrangers() {
    const own = new Set(this.ids.values());
    for (const node of await this.client.get('/nodes')) {
      if (!own.has(node.ID)) await this.remove(node.ID);
    }
  }
  async start() {
    const command = process.env.TSTACK_COMMAND ?? `${process.execPath} ${ROOT}/bin/tstack.js`;
    const [program, ...words] = command.split(' ');
    const args = [...words, 'cluster', 'run', '--runtime', this.runtime, '--verbosity', 'warn'];
    // The corpus: one image is there, and no registry to pull others from.
    if (this.runtime === 'process') args.push('--images', 'busybox:latest');
    this.daemon = spawn(program, args, {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: {
        ...process.env,
        XDG_STATE_HOME: join(this.folder, 'state'),
        XDG_CONFIG_HOME: join(this.folder, 'config'),
        XDG_RUNTIME_DIR: this.folder,
      },
    });
    this.daemon.on('exit', (code) => {
      if (!this.isKilled) console.error(`the cluster's daemon ended with ${code}`);
    });
    for (let tries = 0; tries < 3000; tries += 1) {
      const isUp = await this.client.get('/_ping').then(
        () => true,
        () => false,
      );
      if (isUp) return;
      await sleep(100);
    }
    throw new Error("the cluster's daemon does not answer");
  }
  kill() {
    this.isKilled = true;
    this.daemon?.kill('SIGTERM');
    if (process.env.TSTACK_KEEP !== '1') rmSync(this.folder, { recursive: true, force: true });
  }
}
