// Whole clusters in process: every loop, a simulated runtime that stops and starts in no time, and
// the shapes of SwarmKit's report beside its medians. Alone: node test/bench/cluster.mjs
import { pathToFileURL } from 'node:url';
import { register } from 'tsx/esm/api';

/** SwarmKit's medians in process, ms; absent where it did not finish. */
const SWARMKIT_MS = {
  '100 tasks, one by one, stop-first': 5170,
  '1000 tasks, 100 at a time, stop-first': 3070,
  '1000 tasks, 100 at a time, start-first': 2970,
  '1000 tasks, all at once, stop-first': 2020,
};

export const cluster = {
  name: 'cluster',
  summary: 'rolling updates in process, ms until all new tasks run, beside SwarmKit',
  async run() {
    register();
    const { aRunningCluster } = await import('../support/a-cluster.ts');
    const update = (...shape) => updateRow(aRunningCluster, ...shape);
    update(1000, 100, 'stop-first'); // Warms up.
    return [
      update(100, 1, 'stop-first'),
      update(1000, 100, 'stop-first'),
      update(1000, 100, 'start-first'),
      update(1000, 0, 'stop-first'),
      update(10_000, 0, 'stop-first'),
      manyServicesRow(aRunningCluster),
    ];
  },
};

const nextVersion = (spec) => ({
  ...spec,
  TaskTemplate: { ...spec.TaskTemplate, ForceUpdate: (spec.TaskTemplate.ForceUpdate ?? 0) + 1 },
});

function updateRow(aRunningCluster, tasks, parallelism, order) {
  const pace = parallelism === 0 ? 'all at once' : `${parallelism} at a time`;
  const name = `${tasks} tasks, ${parallelism === 1 ? 'one by one' : pace}, ${order}`;
  const world = aRunningCluster({ nodes: 5, untraced: true });
  const UpdateConfig = { Parallelism: parallelism, Order: order, FailureAction: 'continue' };
  const id = world.create({ replicas: tasks, spec: { UpdateConfig } });
  world.settle();
  const ms = timed(() => {
    world.update(id, nextVersion);
    world.settle(1);
  });
  assertUpdated(world, [id], tasks);
  const swarmkit = SWARMKIT_MS[name];
  if (swarmkit === undefined) return { name, ms };
  return { name, ms, base: 'SwarmKit', ratio: ms / swarmkit, limit: 1 };
}

function manyServicesRow(aRunningCluster) {
  const world = aRunningCluster({ nodes: 50, untraced: true });
  const ids = Array.from({ length: 1000 }, (_, at) =>
    world.create({ name: `service-${at}`, replicas: 10 }),
  );
  world.settle();
  const ms = timed(() => {
    for (const id of ids) world.update(id, nextVersion);
    world.settle();
  });
  assertUpdated(world, ids, 10_000);
  return { name: '1000 services of 10 tasks, one by one each', ms };
}

function timed(work) {
  const start = performance.now();
  work();
  return performance.now() - start;
}

function assertUpdated(world, ids, tasks) {
  const running = ids
    .flatMap((id) => world.tasks(id))
    .filter((task) => task.Status.State === 'running' && task.Spec.ForceUpdate === 1);
  if (running.length !== tasks) throw new Error(`${running.length} of ${tasks} tasks were updated`);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  for (const { name, ms, ratio } of await cluster.run()) {
    const beside = ratio === undefined ? '' : `  ${ratio.toFixed(2)}x SwarmKit`;
    console.log(`${name.padEnd(46)} ${ms.toFixed(0).padStart(7)}${beside}`);
  }
}
