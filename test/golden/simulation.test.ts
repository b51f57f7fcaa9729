import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import type { SimulatedBehaviour } from '../../src/runtimes/simulated-container.ts';
import type { UpdateConfig } from '../../src/swarm/service.ts';
import { aRunningCluster, type TestCluster } from '../support/a-cluster.ts';

const FOLDER = resolve(import.meta.dirname, '../../fixtures/simulation');

interface Scenario {
  readonly nodes: readonly string[];
  /** By image. */
  readonly behaviours: Readonly<Record<string, SimulatedBehaviour>>;
  readonly events: readonly ScenarioEvent[];
  /** Seconds. */
  readonly until: number;
}

interface ScenarioEvent {
  /** Seconds after the start. */
  readonly at: number;
  readonly create?: string;
  readonly update?: string | UpdateConfig;
  readonly image?: string;
  readonly replicas?: number;
  readonly fail?: string;
  readonly return?: string;
}

function run(scenario: Scenario): readonly string[] {
  const world = aRunningCluster({
    nodes: scenario.nodes,
    behaviourOf: ({ container }) => scenario.behaviours[container.Image ?? ''] ?? {},
  });
  for (const event of scenario.events) {
    world.advance(event.at - world.elapsed());
    apply(world, scenario, event);
  }
  world.advance(scenario.until - world.elapsed());
  return world.trace;
}

function apply(world: TestCluster, scenario: Scenario, event: ScenarioEvent): void {
  const node = world.nodes[scenario.nodes.indexOf(event.fail ?? event.return ?? '')];
  if (event.fail !== undefined && node) world.cluster.fail(node);
  else if (event.return !== undefined && node) world.cluster.bringUp(node);
  else if (event.create !== undefined) create(world, event.create, event);
  else if (typeof event.update === 'string') update(world, event.update, event.image);
}

function create(world: TestCluster, name: string, event: ScenarioEvent): void {
  const { image = '', replicas = 1, update: config } = event;
  const spec = typeof config === 'object' ? { UpdateConfig: config } : {};
  world.create({ name, image, replicas, spec });
}

function update(world: TestCluster, name: string, Image = ''): void {
  const service = world.cluster.store.view.byName('service', name);
  if (!service) throw new Error(`no service ${name}`);
  world.update(service.ID, (spec) => ({
    ...spec,
    TaskTemplate: { ...spec.TaskTemplate, ContainerSpec: { Image } },
  }));
}

for (const name of readdirSync(FOLDER)) {
  test(`simulation ${name}`, async () => {
    const folder = join(FOLDER, name);
    const scenario = parse(readFileSync(join(folder, 'scenario.yml'), 'utf8')) as Scenario;
    const trace = `${run(scenario).join('\n')}\n`;
    await expect(trace).toMatchFileSnapshot(join(folder, 'expected.trace.txt'));
  });
}
