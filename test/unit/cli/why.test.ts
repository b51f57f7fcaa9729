import { expect, test } from 'vitest';
import { ROOT } from '../../../src/cli/commands/index.ts';
import { runCommandLine } from '../../../src/cli/run-command-line.ts';
import type { WhyDocument } from '../../../src/cli/why-document.ts';
import { aNode, FakeEngine } from '../../support/fake-engine-client.ts';
import { createMemoryPlatform } from '../../support/memory-platform.ts';

const STACK = `services:
  bad: {image: 'bad:1', deploy: {replicas: 1}}
  web: {image: nginx, deploy: {replicas: 2}}
`;

async function run(engine: FakeEngine, argv: readonly string[]) {
  const memory = createMemoryPlatform({
    engine: engine.client,
    files: { 'c.yml': STACK },
    clock: engine.clock,
  });
  const exitCode = await runCommandLine(argv, memory.platform, ROOT);
  return { exitCode, stdout: memory.stdout(), stderr: memory.stderr() };
}

async function deployed(): Promise<FakeEngine> {
  const engine = new FakeEngine({ nodes: [aNode('node-1', 'manager'), aNode('node-2')] });
  engine.behave('bad:1', { kind: 'exits', code: 3, afterMs: 500 });
  await run(engine, ['deploy', '-dq', '-c', 'c.yml', '--resolve-image', 'never', 'shop']);
  engine.settle(1500);
  engine.requests.length = 0;
  return engine;
}

test('asks for nodes, tasks and services once, and says why a task runs where it does', async () => {
  const engine = await deployed();
  const { exitCode, stdout } = await run(engine, ['why', 'web.1']);
  expect(exitCode).toBe(0);
  expect(engine.requests.map(({ path }) => path).sort()).toEqual(['/nodes', '/services', '/tasks']);
  expect(stdout).toContain('shop_web.1  running on node-2');
  expect(stdout).toMatch(/2 nodes suit; .*\n {4}node-1 {2}.*\n {4}node-2 {2}.*here\n/);
});

test('a whole service is a line when all is well', async () => {
  const { stdout } = await run(await deployed(), ['why', 'shop_web']);
  expect(stdout).toBe(
    '2 tasks of shop_web: running as wanted: shop_web.1 on node-2, shop_web.2 on node-1\n',
  );
});

test('a failure: class, error, policy and next try; the same as JSON', async () => {
  const engine = await deployed();
  const { stdout } = await run(engine, ['why', 'bad']);
  expect(stdout).toContain('task: non-zero exit (3)');
  expect(stdout).toContain('(crash, exit code 3)');
  const json = await run(engine, ['why', '--format', 'json', 'bad']);
  const document = JSON.parse(json.stdout) as WhyDocument;
  expect(document).toMatchObject({ format: 'tstack-why', version: 1, service: 'shop_bad' });
  expect(Object.values(document.nodes)).toEqual(['node-1', 'node-2']);
});

test('what is not there, and what is not clear', async () => {
  const engine = await deployed();
  expect(await run(engine, ['why', 'nothing'])).toMatchObject({ exitCode: 1 });
  const tasks = [...engine.orchestrator.tasks.keys()];
  const prefix = tasks.find((id) => tasks.filter((one) => one[0] === id[0]).length > 1)?.[0];
  expect(await run(engine, ['why', prefix ?? ''])).toMatchObject({ exitCode: prefix ? 64 : 1 });
});
