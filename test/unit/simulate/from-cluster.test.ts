import { describe, expect, test } from 'vitest';
import { ROOT } from '../../../src/cli/commands/index.ts';
import { runCommandLine } from '../../../src/cli/run-command-line.ts';
import type { SimulationReport } from '../../../src/simulate/report.ts';
import type { ServiceSpec } from '../../../src/swarm/service.ts';
// Loaded with the file, so that no single test pays for the stack file reader.
import '../../../src/stack/pipeline.ts';
import { aNode, FakeEngine } from '../../support/fake-engine-client.ts';
import { createMemoryPlatform } from '../../support/memory-platform.ts';

const WEB = 'services: {web: {image: "nginx:1", deploy: {replicas: 3}}}';

type Report = SimulationReport & { readonly timeline: readonly string[] };

async function run(engine: FakeEngine, words: string, files: Record<string, string> = {}) {
  const memory = createMemoryPlatform({
    files: { 'web.yml': WEB, ...files },
    engine: engine.client,
    clock: engine.clock,
  });
  const exitCode = await runCommandLine(words.split(' '), memory.platform, ROOT);
  const { platform: _, ...output } = memory;
  return { exitCode, stdout: output.stdout(), stderr: output.stderr() };
}

async function simulate(engine: FakeEngine, words: string, files: Record<string, string> = {}) {
  const flags = `simulate --from-cluster --format json -c web.yml ${words}`;
  const { exitCode, stdout, stderr } = await run(engine, flags, files);
  expect(stderr).toBe('');
  return { exitCode, report: JSON.parse(stdout) as Report };
}

/** An engine on which other services run: `big` fills node-3. */
async function aBusyEngine(): Promise<FakeEngine> {
  const engine = new FakeEngine({
    nodes: [aNode('node-1', 'manager'), aNode('node-2'), aNode('node-3')],
  });
  const spec: ServiceSpec = {
    Name: 'other_big',
    Labels: {},
    TaskTemplate: {
      ContainerSpec: { Image: 'big:1' },
      Resources: { Reservations: { NanoCPUs: 1e9 } },
    },
    Mode: { Replicated: { Replicas: 3 } },
  };
  await engine.client.services.create(spec);
  engine.settle();
  return engine;
}

describe('a simulation from a live cluster', () => {
  test('begins with its nodes and what runs there, reads each list once and writes nothing', async () => {
    const engine = await aBusyEngine();
    const before = engine.requests.length;
    const { exitCode, report } = await simulate(engine, 'web');
    const requests = engine.requests.slice(before).map((one) => `${one.method} ${one.path}`);
    expect(requests.sort()).toEqual([
      'GET /configs',
      'GET /info',
      'GET /networks',
      'GET /nodes',
      'GET /secrets',
      'GET /services',
      'GET /tasks',
    ]);
    expect(exitCode).toBe(0);
    expect(report.nodes.map((one) => one.name)).toEqual(['node-1', 'node-2', 'node-3']);
    expect(report.services.map((one) => [one.name, one.available])).toEqual([
      ['other_big', 3],
      ['web_web', 3],
    ]);
    // What ran goes on running: none of its tasks is started or replaced.
    expect(report.timeline.filter((line) => line.includes('other_big'))).toEqual([]);
    expect(report.services[0]?.tasks.map((one) => one.name)).toEqual([
      'other_big.1',
      'other_big.2',
      'other_big.3',
    ]);
  });

  test('places beside what runs, or on the bare nodes with --nodes-only', async () => {
    const engine = await aBusyEngine();
    const big =
      'services: {web: {image: "nginx:1", deploy: {replicas: 3, resources: {reservations: {cpus: "3.5"}}}}}';
    const files = { 'web.yml': `version: "3.9"\n${big}` };
    const full = await simulate(engine, 'web', files);
    expect(full.exitCode).toBe(1);
    expect(full.report.services[1]?.pending[0]?.reason).toContain('insufficient resources');
    const bare = await simulate(engine, '--nodes-only web', files);
    expect(bare.report.services.map((one) => [one.name, one.available])).toEqual([['web_web', 3]]);
    expect(bare.exitCode).toBe(0);
  });

  test('leaves alone what a deploy would leave alone, and updates what it would', async () => {
    const engine = new FakeEngine();
    await run(engine, 'deploy --detach -c web.yml --resolve-image never web');
    engine.settle();
    const same = await simulate(engine, 'web');
    expect(same.report.timeline).toEqual([]);
    expect({ exitCode: same.exitCode, converged: same.report.converged }).toEqual({
      exitCode: 0,
      converged: true,
    });
    const changed = await simulate(engine, 'web', { 'web.yml': WEB.replace('nginx:1', 'nginx:2') });
    expect(changed.exitCode).toBe(0);
    expect(changed.report.services[0]).toMatchObject({ available: 3, leastAvailable: 2 });
  });

  test('loses its nodes by their names, and refuses nodes from two places', async () => {
    const engine = await aBusyEngine();
    const files = { 'e.yml': 'events: [{at: 10s, lose: node-3}]' };
    const { report } = await simulate(engine, '--scenario e.yml web', files);
    expect(report.nodes[2]).toEqual({ name: 'node-3', state: 'lost', tasks: 0 });
    expect(report.services[0]).toMatchObject({ name: 'other_big', available: 3 });
    const both = await run(engine, 'simulate --from-cluster -c web.yml --scenario e.yml', {
      'e.yml': 'nodes: [{}]',
    });
    expect(both.exitCode).toBe(3);
    expect(both.stderr).toContain('e.yml:1:1');
    expect((await run(engine, 'simulate --from-cluster --nodes 2 -c web.yml')).exitCode).toBe(64);
    expect((await run(engine, 'simulate --nodes-only -c web.yml')).exitCode).toBe(64);
  });

  test('says so when the engine is not a manager', async () => {
    const engine = new FakeEngine();
    engine.info = { Swarm: { LocalNodeState: 'inactive', ControlAvailable: false } };
    const { exitCode, stderr } = await run(engine, 'simulate --from-cluster -c web.yml');
    expect(exitCode).toBe(9);
    expect(stderr).toContain('not a swarm manager');
  });
});
