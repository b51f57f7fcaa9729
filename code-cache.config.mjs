// Groups the program's chunks by which of a few commands need them, so that each command reads and
// compiles few scripts, and writes dist/tstack.cache and dist/tstackd.cjs.cache: V8's code cache of the
// groups after those commands have run, and of the daemon after a start, so that the functions they
// need are in it.
// The build runs this in a process of its own.
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = import.meta.dirname;
const require = createRequire(import.meta.url);
const { openBundle } = require('./bin/load-bundle.js');
const indexFile = join(root, 'dist/tstack.json');
const chunksFile = join(root, 'dist/tstack.chunks');
const folder = mkdtempSync(join(tmpdir(), 'tstack-build-'));

const STACK_FILE = `
services:
  web:
    image: nginx:1.27
    command: ["nginx", "-g", "daemon off;"]
    environment: { LEVEL: "\${LEVEL:-info}" }
    ports: ["8080:80"]
    volumes: ["data:/data"]
    networks: [front]
    deploy: { replicas: 2, update_config: { order: start-first }, resources: { limits: { memory: 64M } } }
    healthcheck: { test: ["CMD", "true"], interval: 5s }
networks: { front: {} }
volumes: { data: {} }
`;

/** Answers like an engine with one task, so that listing tasks runs to its end. */
const ANSWERS = {
  _ping: {},
  info: {
    Swarm: {
      NodeID: 'c3e5g7i9k1m3o5q7s9u1w3y5a',
      LocalNodeState: 'active',
      ControlAvailable: true,
    },
  },
  tasks: [
    {
      ID: 'n8k3m5q7s9u1w3y5a7c9e1g3i',
      Version: { Index: 20 },
      CreatedAt: '2026-01-01T00:00:00.000000000Z',
      UpdatedAt: '2026-01-01T00:00:00.000000000Z',
      ServiceID: 'b2d4f6h8j0l2n4p6r8t0v2x4z',
      NodeID: 'c3e5g7i9k1m3o5q7s9u1w3y5a',
      Slot: 1,
      Spec: { ContainerSpec: { Image: 'nginx:1.27' } },
      Status: { Timestamp: '2026-01-01T00:00:00.000000000Z', State: 'running', Message: 'started' },
      DesiredState: 'running',
    },
  ],
  services: [
    {
      ID: 'b2d4f6h8j0l2n4p6r8t0v2x4z',
      Version: { Index: 19 },
      Spec: {
        Name: 'web_nginx',
        Labels: { 'com.docker.stack.namespace': 'web' },
        Mode: { Replicated: { Replicas: 1 } },
        TaskTemplate: { ContainerSpec: { Image: 'nginx:1.27' } },
      },
      Endpoint: {},
      ServiceStatus: { RunningTasks: 1, DesiredTasks: 1, CompletedTasks: 0 },
    },
  ],
  nodes: [
    {
      ID: 'c3e5g7i9k1m3o5q7s9u1w3y5a',
      Spec: { Role: 'manager', Availability: 'active' },
      Description: { Hostname: 'node-1' },
      Status: { State: 'ready' },
    },
  ],
};

/** Answers like a Swarm that keeps what is created on it, as far as a deploy and its repetition go. */
const engine = createServer(async (request, response) => {
  const [resource, id] = request.url.replace(/^\/v[\d.]+\/|\?.*|^\//g, '').split('/');
  let answer = ANSWERS[resource] ?? [];
  if (request.method === 'POST') {
    let text = '';
    for await (const part of request) text += part;
    answer = { ID: `${resource}${answer.length}` };
    const { Name, Labels, ...rest } = JSON.parse(text);
    const kept =
      resource === 'networks' ? { Name, Labels, Id: answer.ID, Scope: 'swarm', ...rest } : {};
    ANSWERS[resource] = [
      ...(ANSWERS[resource] ?? []),
      { ...answer, Version: { Index: 30 }, Spec: { Name, Labels, ...rest }, Endpoint: {}, ...kept },
    ];
  } else if (id !== undefined) answer = answer[0];
  response.setHeader('Api-Version', '1.51');
  response.setHeader('Content-Type', 'application/json');
  response.end(JSON.stringify(answer));
});

/** Starts an embedded cluster, ends it once it is up, and writes the cache of what that took. */
async function cacheDaemon() {
  const { runDaemon, script } = require('./bin/load-daemon.js');
  const end = new AbortController();
  await runDaemon({
    paths: {
      name: 'build',
      root: join(folder, 'state'),
      data: join(folder, 'state/data'),
      tasks: join(folder, 'state/tasks'),
      log: join(folder, 'state/daemon.log'),
      keyFile: join(folder, 'key'),
      runtime: join(folder, 'run'),
      socket: join(folder, 'run/build.sock'),
    },
    nodes: { managers: 1, workers: 0 },
    settings: { runtime: 'simulated' },
    version: '0.0.0',
    logLevel: 'error',
    onReady: () => end.abort(),
    signal: end.signal,
  });
  const file = join(root, 'dist/tstackd.cjs.cache');
  writeFileSync(file, script.createCachedData());
  // The daemon has narrowed what this process gives away.
  chmodSync(file, 0o644);
}

async function runIn({ load }, argv) {
  if ((await load('./tstack.js').main(argv)) !== 0) throw new Error(`tstack ${argv[0]} failed`);
}

/** Packs the chunks anew, together those that the same commands load; the others stay alone. */
async function groupChunks(commands) {
  const neededBy = new Map();
  for (const argv of new Map(commands.map((command) => [command[0], command])).values()) {
    const bundle = openBundle();
    await runIn(bundle, argv);
    for (const name of bundle.modules.keys()) {
      neededBy.set(name, `${neededBy.get(name) ?? ''} ${argv[0]}`);
    }
  }
  const { chunks, groups } = JSON.parse(readFileSync(indexFile, 'utf8'));
  const all = readFileSync(chunksFile, 'latin1');
  const members = new Map();
  for (const name of Object.keys(chunks)) {
    const key = neededBy.get(name) ?? name;
    members.set(key, [...(members.get(key) ?? []), name]);
  }
  const index = { chunks: {}, groups: [] };
  let packed = '';
  for (const names of members.values()) {
    const entries = names.map((name) => {
      const [start, length] = groups[chunks[name]].source;
      return all.slice(start + 2, start + length - 2);
    });
    const source = `({${entries.join(',')}})`;
    for (const name of names) index.chunks[name] = index.groups.length;
    index.groups.push({ source: [packed.length, source.length] });
    packed += source;
  }
  writeFileSync(chunksFile, packed, 'latin1');
  writeFileSync(indexFile, JSON.stringify(index));
}

/** Writes the groups' code cache after all `commands` have run in one process. */
async function cacheGroups(commands) {
  const bundle = openBundle();
  for (const argv of commands) await runIn(bundle, argv);
  const index = JSON.parse(readFileSync(indexFile, 'utf8'));
  const caches = [];
  let offset = 0;
  for (const [number, script] of bundle.scripts) {
    const cache = script.createCachedData();
    index.groups[number].cache = [offset, cache.length];
    caches.push(cache);
    offset += cache.length;
  }
  writeFileSync(join(root, 'dist/tstack.cache'), Buffer.concat(caches));
  writeFileSync(indexFile, JSON.stringify(index));
}

try {
  const file = join(folder, 'stack.yml');
  writeFileSync(file, STACK_FILE);
  const socket = join(folder, 'engine.sock');
  await new Promise((listening) => engine.listen(socket, listening));
  const commands = [
    ['--version'],
    ['config', '-c', file],
    ['ps', '-H', `unix://${socket}`, 'web'],
    ['services', '-H', `unix://${socket}`, 'web'],
    ...[1, 2].map(() => [
      'deploy',
      '--detach',
      '--resolve-image=never',
      '-H',
      `unix://${socket}`,
      '-c',
      file,
      'app',
    ]),
  ];
  await groupChunks(commands);
  await cacheGroups(commands);
  await cacheDaemon();
} finally {
  rmSync(folder, { recursive: true });
}
process.exit(0);
