// The scheduler: alone (groups of one service, one-off tasks, the worst cases of each filter), and with the
// allocator over the store, from created to assigned. Alone: node test/bench/scheduler.mjs [--large]
import { pathToFileURL } from 'node:url';
import { register } from 'tsx/esm/api';

/** SwarmKit's medians, ms, on the machine of its report; `limit` is our target against them. */
const SWARMKIT_MS = {
  'created to assigned: 1000 replicas, 5 nodes': { ms: 193, target: 100 },
  'created to assigned: 10000 replicas, 5 nodes': { ms: 1630, target: 1000 },
  'created to pending with reason: 10000 replicas': { ms: 1320, target: 700 },
  'one-off tasks: 1000, 1000 nodes': { ms: 157, target: 200 },
  'one-off tasks: 10000, 1000 nodes': { ms: 1420, target: 1420 },
  'one service: 10000 tasks, 1000 nodes': { ms: 458, target: 458 },
  'one service: 10000 tasks, 10000 nodes': { ms: 490, target: 490 },
};

const ROUNDS = 3;

const reserve = { Resources: { Reservations: { NanoCPUs: 1e7 } } };
const spread = {
  Placement: { Preferences: [{ Spread: { SpreadDescriptor: 'node.labels.zone' } }] },
};
const port = [{ TargetPort: 80, PublishedPort: 80, PublishMode: 'host' }];

export const scheduler = {
  name: 'scheduler',
  summary: 'in process; ms for all, beside SwarmKit for as many',
  async run({ large = false } = {}) {
    register();
    const parts = await load();
    // SwarmKit's numbers are medians of compiled code; the first round here mostly compiles.
    const rounds = Array.from({ length: ROUNDS }, () => [...fromCreation(parts), ...alone(parts)]);
    const rows = rounds[0].map((row, at) => medianRow(rounds.map((round) => round[at])));
    if (large) rows.push(manyTasks(parts, 1_000_000, 10_000));
    return rows;
  },
};

async function load() {
  const [clock, builders, allocator, driver, nodeSet, request, schedule] = await Promise.all([
    import('../../src/base/clock.ts'),
    import('../support/builders.ts'),
    import('../../src/orchestrator/allocator/allocator.ts'),
    import('../../src/orchestrator/scheduler/scheduler.ts'),
    import('../../src/orchestrator/scheduler/node-set.ts'),
    import('../../src/orchestrator/scheduler/placement-request.ts'),
    import('../../src/orchestrator/scheduler/schedule.ts'),
  ]);
  return { ...clock, ...builders, ...allocator, ...driver, ...nodeSet, ...request, ...schedule };
}

function medianRow(rows) {
  return rows.toSorted((a, b) => a.ms - b.ms)[rows.length >> 1];
}

function row(name, ms) {
  const swarmkit = SWARMKIT_MS[name];
  if (!swarmkit) return { name, ms };
  const limit = Number((swarmkit.target / swarmkit.ms).toFixed(2));
  return { name, ms, base: 'SwarmKit', ratio: ms / swarmkit.ms, limit };
}

function timed(name, work) {
  const start = performance.now();
  work();
  return row(name, performance.now() - start);
}

/** Tasks created in one transaction, allocated, scheduled; the store included. */
function fromCreation(parts) {
  const run = (name, { count, spec = {} }) => {
    const { store, clock, write } = parts.aStore();
    const stop = new parts.Allocator({ store, clock }).start();
    const driver = new parts.Scheduler({ store, clock });
    store.watch((commit) => driver.observe(commit));
    write((tx) => {
      for (let at = 0; at < 5; at += 1) tx.create('node', parts.aNode({ hostname: `n${at}` }));
    });
    const result = timed(name, () => {
      store.update('orchestrator', (tx) => {
        const service = tx.create('service', parts.aService({ spec: { TaskTemplate: spec } }));
        for (let Slot = 1; Slot <= count; Slot += 1) {
          tx.create('task', parts.aTask(service, { Slot }));
        }
      });
      while (clock.nextDeadline() !== undefined) clock.step();
    });
    stop();
    const left = store.view
      .list('task')
      .filter(({ Status }) => Status.State !== 'assigned' && Status.Err === undefined).length;
    if (left > 0) throw new Error(`${name}: ${left} tasks are neither assigned nor explained`);
    return result;
  };
  const nowhere = { Placement: { Constraints: ['node.labels.nothing==here'] } };
  return [
    run('created to assigned: 1000 replicas, 5 nodes', { count: 1000 }),
    run('created to assigned: 10000 replicas, 5 nodes', { count: 10_000 }),
    run('created to pending with reason: 10000 replicas', { count: 10_000, spec: nowhere }),
  ];
}

function aNodeSet({ NodeSet, aNode }, count) {
  const nodes = new NodeSet();
  for (let at = 0; at < count; at += 1) {
    nodes.setNode(
      aNode({
        ID: `node${String(at).padStart(6, '0')}`,
        hostname: `host${at}`,
        Spec: { Role: 'worker', Availability: 'active', Labels: { zone: `z${at % 3}` } },
      }),
    );
  }
  return nodes;
}

function taskIds(count) {
  return Array.from({ length: count }, (_, at) => `task${at}`);
}

function alone(parts) {
  const oneOffs = (name, { count, size, demand = () => ({}) }) => {
    const nodes = aNodeSet(parts, size);
    const tasks = taskIds(count);
    return timed(name, () => {
      for (const [at, task] of tasks.entries()) {
        const request = parts.toPlacementRequest({
          service: `one-off${at}`,
          spec: {},
          ...demand(at),
        });
        parts.scheduleGroup(nodes, { request, tasks: [task] }, { now: parts.EPOCH });
      }
    });
  };
  const size = 1000;
  const pinned = (at) => ({
    spec: { Placement: { Constraints: [`node.hostname==host${(at * 7) % size}`] } },
  });
  return [
    oneOffs('one-off tasks: 1000, 1000 nodes', { count: 1000, size }),
    oneOffs('one-off tasks: 10000, 1000 nodes', { count: 10_000, size }),
    oneOffs('one-off tasks: 10000, 10000 nodes', { count: 10_000, size: 10_000 }),
    oneOffs('one-off, reserving: 10000, 1000 nodes', {
      count: 10_000,
      size,
      demand: () => ({ spec: reserve }),
    }),
    oneOffs('one-off, spread: 10000, 1000 nodes', {
      count: 10_000,
      size,
      demand: () => ({ spec: spread }),
    }),
    oneOffs('one-off, each pinned: 10000, 1000 nodes', { count: 10_000, size, demand: pinned }),
    oneOffs('one-off, one host port: 10000, 1000 nodes', {
      count: 10_000,
      size,
      demand: () => ({ ports: port }),
    }),
    oneService(parts, 10_000, 1000),
    oneService(parts, 10_000, 10_000),
  ];
}

function oneService(parts, count, size) {
  const nodes = aNodeSet(parts, size);
  const tasks = taskIds(count);
  const request = parts.toPlacementRequest({ service: 'web', specVersion: 1, spec: {} });
  return timed(`one service: ${count} tasks, ${size} nodes`, () =>
    parts.scheduleGroup(nodes, { request, tasks }, { now: parts.EPOCH }),
  );
}

function manyTasks(parts, count, size) {
  const result = oneService(parts, count, size);
  const peakGib = process.resourceUsage().maxRSS / 2 ** 20;
  return { ...result, name: `${result.name}, peak ${peakGib.toFixed(2)} GiB` };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  for (const { name, ms, base, ratio, limit } of await scheduler.run({
    large: process.argv.includes('--large'),
  })) {
    const against = ratio === undefined ? '' : `${ratio.toFixed(2)}x ${base} (limit ${limit})`;
    console.log(`${name.padEnd(66)} ${ms.toFixed(1).padStart(9)}   ${against}`.trimEnd());
  }
}
