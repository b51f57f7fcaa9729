import { expect, test } from 'vitest';
import { parsePointInTime, parseTail } from '../../../src/cli/logs/log-options.ts';
import { ROOT } from '../../../src/cli/commands/index.ts';
import { runCommandLine } from '../../../src/cli/run-command-line.ts';
import { deployStack } from '../../../src/rollout/deploy-stack.ts';
import { aService, aStack } from '../../support/a-stack.ts';
import { FakeEngine } from '../../support/fake-engine-client.ts';
import { createMemoryPlatform } from '../../support/memory-platform.ts';
import { runVirtual } from '../../support/run-virtual.ts';

async function aShop(): Promise<FakeEngine> {
  const engine = new FakeEngine();
  const services = [
    aService('web', { image: 'web:1', Mode: { Replicated: { Replicas: 2 } } }),
    aService('db', { image: 'db:1' }),
  ];
  const ports = { engine: engine.client, clock: engine.clock, emit: () => undefined };
  const options = { prune: false, resolveImage: 'never', compatDocker: false } as const;
  const how = { ...options, detach: false, timeoutMs: 60_000 };
  await runVirtual(engine.clock, deployStack(aStack({ services }), how, ports));
  engine.written.set('web:1', ['GET /', 'GET /\u001b[2J\u001b[31mred']);
  engine.written.set('db:1', ['ready']);
  return engine;
}

async function run(
  engine: FakeEngine,
  args: readonly string[],
  isTerminal = false,
): Promise<{ readonly code: number; readonly stdout: string; readonly stderr: string }> {
  const memory = createMemoryPlatform({ engine: engine.client, isTerminal });
  const code = await runCommandLine(['logs', ...args], memory.platform, ROOT);
  return { code, stdout: memory.stdout(), stderr: memory.stderr() };
}

test('prints each line with its task and node, in order of time', async () => {
  const engine = await aShop();
  const { code, stdout } = await run(engine, ['shop']);
  expect(code).toBe(0);
  expect(stdout.split('\n').filter(Boolean)).toHaveLength(5);
  expect(stdout).toMatch(/^db\.1@node-\d {2}\| ready$/m);
  expect(stdout).toMatch(/^web\.2@node-\d \| GET \/$/m);
  // To a file lines go as they are.
  expect(stdout).toContain('\u001b[2J');
});

test('chooses services by either name, lines by --tail, and leaves the prefix out', async () => {
  const engine = await aShop();
  const { stdout } = await run(engine, ['--tail', '1', '--no-prefix', 'shop', 'db', 'shop_web']);
  expect(stdout.split('\n').sort()).toEqual([
    '',
    ...Array(2).fill('GET /\u001b[2J\u001b[31mred'),
    'ready',
  ]);
  const missing = await run(engine, ['shop', 'wbe']);
  expect(missing.code).toBe(1);
  expect(missing.stderr).toContain('It has db, web.');
});

test('a terminal is not driven by what tasks write, colours aside', async () => {
  const { stdout } = await run(await aShop(), ['shop', 'web'], true);
  expect(stdout).not.toContain('\u001b[2J');
  expect(stdout).toContain('\u001b[31mred');
});

test('json: an object a line', async () => {
  const { stdout } = await run(await aShop(), ['--format', 'json', 'shop', 'db']);
  expect(JSON.parse(stdout)).toEqual({
    time: expect.stringMatching(/^1970-01-01T00:00:0\d\.\d+Z$/),
    service: 'shop_db',
    task: 'db.1',
    taskId: expect.any(String),
    node: expect.stringMatching(/^node-/),
    stream: 'stdout',
    text: 'ready',
  });
});

test('a log that breaks is said, the others are printed, exit 1', async () => {
  const engine = await aShop();
  engine.written.set('web:1', ['one', new Error('node n2 is not available')]);
  const { code, stdout, stderr } = await run(engine, ['shop']);
  expect(code).toBe(1);
  expect(stdout).toContain('ready');
  expect(stderr).toBe('shop_web: its log could not be read to the end: node n2 is not available\n');
});

test('a followed log that ends is said', async () => {
  const { code, stderr } = await run(await aShop(), ['-f', 'shop', 'db']);
  expect([code, stderr]).toEqual([0, 'shop_db: its log has ended; the service is gone\n']);
});

test('times and numbers of lines', () => {
  const now = Date.parse('2026-11-20T10:00:00Z') as never;
  expect(parsePointInTime('10m', 'since', now)).toBe(now - 600_000);
  expect(parsePointInTime('1700000000.5', 'since', now)).toBe(1_700_000_000_500);
  expect(parsePointInTime('2026-11-20', 'since', now)).toBe(Date.parse('2026-11-20'));
  expect(() => parsePointInTime('yesterday', 'since', now)).toThrow('--since');
  expect([parseTail('all'), parseTail('7')]).toEqual([undefined, 7]);
  expect(() => parseTail('-1')).toThrow('--tail');
});
