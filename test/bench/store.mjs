// The store in process: the shapes of SwarmKit's own memory-store benchmarks, and what many
// tasks weigh. Alone: node --expose-gc test/bench/store.mjs [TASKS]
import { pathToFileURL } from 'node:url';
import { register } from 'tsx/esm/api';

/** SwarmKit's medians on the machine of its report, ns. */
const SWARMKIT_NS = {
  'create a node, one of many in a transaction': 12_211,
  'update a node, one of many in a transaction': 10_675,
  'update a node, a transaction each': 25_554,
  'remove a node, a transaction each': 9_155,
  'get a node by id': 1_057,
  'find a node by name': 343,
};
const NODES = 10_000;
const TASKS = 100_000;

export const store = {
  name: 'store',
  summary: 'in process; ms for all, beside SwarmKit for as many',
  async run({ tasks = TASKS } = {}) {
    register();
    const at = await import('../support/builders.ts');
    return [
      ...(await nodeShapes(at)),
      ...(await watchShapes(at)),
      ...(await taskShapes(at, tasks)),
    ];
  },
};

function timed(name, count, work) {
  const start = performance.now();
  work();
  const ms = performance.now() - start;
  const swarmkit = SWARMKIT_NS[name];
  const row = { name: `${name} (${count}x)`, ms };
  if (swarmkit === undefined) return row;
  return { ...row, base: 'SwarmKit', ratio: ms / ((swarmkit * count) / 1e6), limit: 1 };
}

async function nodeShapes({ aNode, aStore }) {
  const { store, write } = aStore();
  const drafts = Array.from({ length: NODES }, (_, at) => aNode({ hostname: `node-${at}` }));
  const all = () => store.view.list('node');
  return [
    timed('create a node, one of many in a transaction', NODES, () =>
      write((tx) => drafts.forEach((draft) => tx.create('node', draft))),
    ),
    timed('update a node, one of many in a transaction', NODES, () =>
      write((tx) => all().forEach((node) => tx.update('node', node))),
    ),
    timed('update a node, a transaction each', NODES, () =>
      all().forEach((node) => write((tx) => tx.update('node', node))),
    ),
    timed('get a node by id', NODES, () =>
      drafts.forEach((draft) => store.view.get('node', draft.ID)),
    ),
    timed('find a node by name', NODES, () =>
      drafts.forEach((draft) => store.view.nodesByHostname(draft.Description.Hostname)),
    ),
    timed('list all nodes', NODES, all),
    timed('remove a node, a transaction each', NODES, () =>
      all().forEach((node) => write((tx) => tx.remove('node', node.ID))),
    ),
  ];
}

/** Fan-out costs per commit and watcher, not per change and watcher. */
async function watchShapes({ aNode, aStore }) {
  const rows = [];
  for (const watchers of [10, 1_000]) {
    const { store, write } = aStore();
    let seen = 0;
    for (let at = 0; at < watchers; at += 1) store.watch(({ changes }) => (seen += changes.length));
    const drafts = Array.from({ length: NODES }, () => aNode());
    rows.push(
      timed(`tell ${watchers} watchers of one commit of many`, NODES, () =>
        write((tx) => drafts.forEach((draft) => tx.create('node', draft))),
      ),
    );
  }
  return rows;
}

async function taskShapes({ aService, aStore, aTask, EPOCH }, count) {
  const { CommitEncoder } = await import('../../src/orchestrator/store/log-record.ts');
  const { store, write } = aStore();
  const encoder = new CommitEncoder();
  let bytes = 0;
  store.watch((commit) => (bytes += JSON.stringify(encoder.encode(commit)).length));
  const service = write((tx) => tx.create('service', aService({ replicas: count })));
  const before = heapUsed();
  const perCommit = 1_000;
  const rows = [
    timed('create a task, log record included', count, () => {
      for (let slot = 1; slot <= count; slot += perCommit) {
        write((tx) => createTasks(tx, { aTask, service, slot, perCommit }), 'orchestrator');
      }
    }),
    timed('allocate a task, log record included', count, () => {
      const status = { State: 'pending', Message: 'pending task scheduling', AppliedAt: EPOCH };
      inChunks(store.view.list('task'), perCommit, (chunk) =>
        write(
          (tx) => chunk.forEach((task) => tx.update('task', { ...task, Status: status })),
          'allocator',
        ),
      );
    }),
    timed('assign a task, log record included', count, () => {
      const status = {
        State: 'assigned',
        Message: 'scheduler assigned task to node',
        AppliedAt: EPOCH,
      };
      inChunks(store.view.list('task'), perCommit, (chunk) =>
        write(
          (tx) =>
            chunk.forEach((task) =>
              tx.update('task', { ...task, NodeID: `node${task.Slot % 10_000}`, Status: status }),
            ),
          'scheduler',
        ),
      );
    }),
  ];
  const perTask = (heapUsed() - before) / count;
  const name = `heap of ${count} assigned tasks: ${perTask.toFixed(0)} bytes each, log ${(bytes / count).toFixed(0)}`;
  return [...rows, { name, ms: 0 }];
}

function createTasks(tx, { aTask, service, slot, perCommit }) {
  for (let at = 0; at < perCommit; at += 1) tx.create('task', aTask(service, { Slot: slot + at }));
}

function inChunks(items, size, work) {
  for (let at = 0; at < items.length; at += size) work(items.slice(at, at + size));
}

function heapUsed() {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  for (const { name, ms, ratio } of await store.run({ tasks: Number(process.argv[2] ?? TASKS) })) {
    const against = ratio === undefined ? '' : `${ratio.toFixed(2)}x SwarmKit`;
    console.log(`${name.padEnd(66)} ${ms.toFixed(1).padStart(9)} ms  ${against}`);
  }
}
