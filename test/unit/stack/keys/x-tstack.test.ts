import { expect, test } from 'vitest';
import { ROOT } from '../../../../src/cli/commands/index.ts';
import { runCommandLine } from '../../../../src/cli/run-command-line.ts';
import { FakeEngine } from '../../../support/fake-engine-client.ts';
import { createMemoryPlatform } from '../../../support/memory-platform.ts';

async function plan(service: string) {
  const engine = new FakeEngine();
  const files = { 'c.yml': `version: "3.8"\nservices:\n  web: {image: nginx, ${service}}\n` };
  const memory = createMemoryPlatform({ engine: engine.client, files, clock: engine.clock });
  const argv = ['deploy', '-d', '--resolve-image', 'never', '-c', 'c.yml', 'shop'];
  const exitCode = await runCommandLine(argv, memory.platform, ROOT);
  const shown = createMemoryPlatform({ engine: engine.client, files, clock: engine.clock });
  await runCommandLine(['plan', ...argv.slice(2)], shown.platform, ROOT);
  const labels = [...engine.services.values()][0]?.Spec.Labels;
  return {
    exitCode,
    label: labels?.['io.tstack.rebalance'],
    stderr: memory.stderr(),
    shown: shown.stdout(),
  };
}

test.each([
  ['x-tstack: {rebalance: true}', '30s'],
  ['x-tstack: {rebalance: {after: 5m}}', '5m0s'],
  ['x-tstack: {rebalance: {}}', '30s'],
  ['x-tstack: {rebalance: false}', undefined],
  ['x-tstack: {}', undefined],
])('%s becomes the label %s, and a Swarm is said to ignore it', async (service, label) => {
  const result = await plan(service);
  expect(result).toMatchObject({ exitCode: 0, label });
  expect(result.shown.includes('x-tstack.rebalance has no effect here')).toBe(label !== undefined);
});

test.each([
  ['x-tstack: {rebalanse: true}', 'did you mean "rebalance"?'],
  ['x-tstack: {rebalance: {afer: 30s}}', 'did you mean "after"?'],
  ['x-tstack: {rebalance: {after: soon}}', 'must be a duration that is not negative'],
  ['x-tstack: {rebalance: {after: -1s}}', 'must be a duration that is not negative'],
  ['x-tstack: {rebalance: 30s}', 'must be true, false, or a mapping'],
  ['x-tstack: yes', 'must be a mapping'],
])('%s is refused', async (service, reason) => {
  const { exitCode, stderr } = await plan(service);
  expect(exitCode).toBe(3);
  expect(stderr).toContain(reason);
});

test('only replicated services can be rebalanced', async () => {
  const result = await plan('deploy: {mode: global}, x-tstack: {rebalance: true}');
  expect(result.exitCode).toBe(3);
  expect(result.stderr).toContain('only replicated services can be rebalanced');
});
