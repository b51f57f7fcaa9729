import { describe, expect, test } from 'vitest';
import { ROOT } from '../../../src/cli/commands/index.ts';
import { runCommandLine } from '../../../src/cli/run-command-line.ts';
import type { SimulationReport } from '../../../src/simulate/report.ts';
// Loaded with the file, so that no single test pays for the stack file reader.
import '../../../src/stack/pipeline.ts';
import { createMemoryPlatform } from '../../support/memory-platform.ts';

const STACK = `
services:
  web:
    image: nginx:1.27
    deploy: {replicas: 3, update_config: {delay: 1s, monitor: 2s}}
`;

interface Files {
  readonly stack?: string;
  readonly scenario?: string;
  readonly update?: string;
}

async function simulate({ stack = STACK, scenario = '{}', update = '' }: Files, flags = '') {
  const files = { 's.yml': stack, 'e/scenario.yml': scenario, 'e/v2.yml': update };
  const memory = createMemoryPlatform({ files });
  const argv = ['simulate', '-c', 's.yml', '--scenario', 'e/scenario.yml'];
  const words = flags === '' ? [] : flags.split(' ');
  const exitCode = await runCommandLine([...argv, ...words], memory.platform, ROOT);
  return { exitCode, stdout: memory.stdout(), stderr: memory.stderr() };
}

async function reportOf(files: Files, flags = '') {
  const { exitCode, stdout, stderr } = await simulate(files, `--format json ${flags}`.trim());
  expect(stderr).toBe('');
  return { exitCode, report: JSON.parse(stdout) as SimulationReport };
}

describe('a scenario that is not right', () => {
  test.each([
    [
      'node: []',
      'e/scenario.yml:1:1: error invalid-scenario: node: unknown key; do you mean nodes?',
    ],
    ['nodes: [{name: a, role: boss}]', 'nodes[0].role: must be manager or worker'],
    ['nodes: [{role: worker}]', 'nodes: one of them must have role: manager'],
    [
      'nodes: [{name: a}, {name: a}]',
      'scenario.yml:1:27: error invalid-scenario: nodes[1].name: two nodes are named a',
    ],
    ['nodes: [{memory: much}]', "nodes[0].memory: invalid size: 'much'"],
    ['events: [{at: 30, drain: n2}]', 'events[0].at: time: missing unit'],
    ['events: [{drain: n2}]', 'events[0]: needs at'],
    ['events: [{at: 1s}]', 'events[0]: needs one of lose,'],
    ['events: [{at: 1s, drain: n9}]', 'no node is named n9; there are n1, n2, n3'],
    ['events: [{at: 1s, lose: n1}]', 'leaves no majority of 1'],
    [
      'events: [{at: 1h, lose: n2}]',
      ':1:15: error invalid-scenario: events[0].at: 1h0m0s is after',
    ],
    ['events: [{at: 1s, return: n2}]', 'events[0].return: node n2 is not lost at that time'],
    ['events: [{at: 1s, remove: n1}]', 'n1 is a manager, and has to be demoted first'],
    ['events: [{at: 2s, lose: n2}, {at: 1s, remove: n2}]', 'events[0].lose: node n2 was removed'],
    ['events: [{at: 1s, add: n2}]', 'events[0].add: there is a node named n2 already'],
    ['events: [{at: 1s, add: {cpus: 2}}]', 'events[0].add: needs name'],
    ['nodes: [{platform: arm}]', 'nodes[0].platform: must be OS/ARCHITECTURE'],
    ['nodes: [{generic: {gpu: x}}]', 'nodes[0].generic.gpu: must be a whole number'],
    ['images: {nginx: {crash_chance: 2}}', 'crash_chance: must be a number from 0 to 1'],
    ['images: {nginx: {exit_code: 3}}', 'exit_code: has no effect without fail_after'],
    ['images: {ngin: {start: 1s}}', 'no service runs ngin; there are nginx:1.27'],
    ['expect: {min_available: {wed: 1}}', 'there is no service wed'],
    ['expect: {min_available: {web: few}}', 'web: must be a whole number'],
    ['expect: {converges_within: -1s}', 'converges_within: must not be negative'],
    ['nodes: [', 'yaml: line 1'],
  ])('%s', async (scenario, problem) => {
    const { exitCode, stdout, stderr } = await simulate({ scenario });
    expect({ exitCode, stdout }).toEqual({ exitCode: 3, stdout: '' });
    expect(stderr).toContain(problem);
  });

  test('names every problem at once, and takes nodes from one place only', async () => {
    const { stderr } = await simulate({ scenario: '{node: 1, event: 2}' });
    expect(stderr.match(/unknown key/g)).toHaveLength(2);
    const both = await simulate({ scenario: 'nodes: [{}]' }, '--nodes 2');
    expect({ code: both.exitCode, text: both.stderr }).toEqual({
      code: 3,
      text: expect.stringContaining('the nodes are given by a flag already'),
    });
  });
});

test('a rolling update takes one task at a time away', async () => {
  const { exitCode, report } = await reportOf({
    update: STACK.replace('1.27', '1.28'),
    scenario: `
events: [{at: 30s, update: v2.yml}]
expect: {min_available: {web: 2}, converges_within: 1m}
`,
  });
  expect(exitCode).toBe(0);
  expect(report.services[0]).toMatchObject({ available: 3, wanted: 3, leastAvailable: 2 });
  expect(report.phases.map((phase) => phase.cause)).toEqual(['start', 'update v2.yml']);
  // Three tasks of stop 1s and start 2s, with two delays of 1s between, and the last monitored.
  expect(report.phases[1]?.convergedAfter).toBeGreaterThan(11_000);
  expect(report.services[0]?.tasks.map((task) => task.name)).toEqual(
    expect.arrayContaining(['stack_web.1#2', 'stack_web.2#2', 'stack_web.3#2']),
  );
});

test('an update that fails is rolled back, and that is no success', async () => {
  const { exitCode, report } = await reportOf({
    stack: STACK.replace('delay: 1s', 'failure_action: rollback'),
    update: STACK.replace('delay: 1s', 'failure_action: rollback').replace('1.27', '1.28'),
    scenario: `
images: {nginx:1.28: {fail_after: 500ms}}
events: [{at: 30s, update: v2.yml}]
`,
  });
  expect({ exitCode, converged: report.converged }).toEqual({ exitCode: 1, converged: false });
  expect(report.services[0]?.shortfall).toContain('rollback completed');
});

test('a lost node costs its tasks until the heartbeat is missed', async () => {
  const { exitCode, report } = await reportOf({
    scenario: `
events: [{at: 30s, lose: n2}]
expect: {min_available: 3, converges_within: 1m}
`,
  });
  expect(exitCode).toBe(1);
  expect(report.converged).toBe(true);
  expect(report.services[0]).toMatchObject({ available: 3, leastAvailable: 2 });
  expect(report.expectations.map((one) => one.met)).toEqual([false, true]);
  expect(report.phases[1]?.convergedAfter).toBeGreaterThan(10_000);
  expect(report.nodes.map((node) => [node.name, node.state, node.tasks === 0])).toEqual([
    ['n1', 'ready', false],
    ['n2', 'lost', true],
    ['n3', 'ready', false],
  ]);
});

test('a service that fits nowhere is pending, with the reason', async () => {
  const stack = `
services:
  big:
    image: big:1
    deploy: {resources: {reservations: {memory: 5G}}}
`;
  const { exitCode, stdout } = await simulate({ stack, scenario: 'nodes: [{memory: 4G}]' });
  expect(exitCode).toBe(1);
  expect(stdout).toContain('stack_big.1: no suitable node (insufficient resources on 1 node)');
  expect(stdout).toContain('not as declared at the end:\n  stack_big: 0 of 1 tasks run');
  const larger = await simulate({ stack, scenario: 'nodes: [{memory: 6G}]' });
  expect(larger.exitCode).toBe(0);
  expect(larger.stdout).toContain('stack_big.1 on n1');
});

test('a service whose tasks keep ending is not as declared, whatever runs at the end', async () => {
  const { exitCode, report } = await reportOf({
    scenario: 'images: {nginx: {fail_after: 20s, exit_code: 3}}',
  });
  expect(exitCode).toBe(1);
  expect(report.services[0]?.shortfall).toMatch(/keeps ending|of 3 tasks/);
  expect(report.phases[0]).not.toHaveProperty('convergedAfter');
});

test('secrets, external names, global services and jobs are simulated', async () => {
  const { exitCode, report } = await reportOf(
    {
      stack: `
version: "3.9"
services:
  agent: {image: agent, deploy: {mode: global}, secrets: [key], networks: [out], ports: ["80:80"]}
  once: {image: once, deploy: {mode: replicated-job, replicas: 2}}
secrets: {key: {external: true}}
networks: {out: {external: true}}
`,
      scenario: 'images: {once: {fail_after: 3s, exit_code: 0}}',
    },
    '--nodes 2',
  );
  expect(report.services.map((one) => [one.name, one.isJob, one.shortfall])).toEqual([
    ['stack_agent', false, undefined],
    ['stack_once', true, undefined],
  ]);
  expect(exitCode).toBe(0);
});

test('the same seed gives the same output', async () => {
  const scenario = 'events: [{at: 30s, lose: n2}, {at: 90s, return: n2}, {at: 2m, drain: n3}]';
  const first = await simulate({ scenario }, '--seed 7');
  const second = await simulate({ scenario }, '--seed 7');
  const other = await simulate({ scenario }, '--seed 8');
  expect(second.stdout).toBe(first.stdout);
  expect(other.stdout).not.toBe(first.stdout);
});

test('an update that can never finish is called so, with what would help', async () => {
  const full = (image: string) => `
services:
  web:
    image: ${image}
    deploy:
      replicas: 3
      placement: {max_replicas_per_node: 1}
      update_config: {order: start-first}
`;
  const files = {
    stack: full('nginx:1.27'),
    update: full('nginx:1.28'),
    scenario:
      '{nodes: [{name: a, role: manager}, {name: b}, {name: c}], events: [{at: 1m, update: v2.yml}]}',
  };
  const { report } = await reportOf(files);
  expect(report.services[0]?.stuck).toMatchObject({ order: 'start-first', slots: 3, reachable: 0 });
  const { exitCode, stdout } = await simulate(files);
  expect(exitCode).not.toBe(0);
  expect(stdout).toContain(
    'STUCK\nthe update of stack_web can never finish (start-first): after 0 of 3',
  );
  expect(stdout).toContain('set update_config.order to stop-first');
});
