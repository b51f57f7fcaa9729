import { expect, test } from 'vitest';
import { ROOT } from '../../../src/cli/commands/index.ts';
import { runCommandLine } from '../../../src/cli/run-command-line.ts';
import { NO_SECRET_MEMORY, type SecretMemory } from '../../../src/plan/secret-memory.ts';
import type { ServiceSpec } from '../../../src/swarm/service.ts';
import { FakeEngine } from '../../support/fake-engine-client.ts';
import { createMemoryPlatform } from '../../support/memory-platform.ts';

const FILE = `services:
  web:
    image: nginx:1.26
    environment: {MODE: slow}
    secrets: [key]
secrets:
  key: {file: ./key.txt}
`;
const CANARY = 'hunter2-canary';

/** A keyed digest, as far as this test can tell. */
const memory: SecretMemory = {
  ...NO_SECRET_MEMORY,
  fingerprint: ({ Data = '' }) => Buffer.from(`k${Data.length}${Data.at(-3)}`).toString('hex'),
};

interface World {
  readonly engine: FakeEngine;
  readonly files?: Readonly<Record<string, string>>;
  readonly answer?: string;
  readonly env?: Readonly<Record<string, string>>;
}

async function run({ engine, files, answer, env }: World, ...argv: readonly string[]) {
  const platform = createMemoryPlatform({
    engine: engine.client,
    clock: engine.clock,
    secretMemory: memory,
    files: { 'c.yml': FILE, '/project/key.txt': CANARY, ...files },
    ...(answer !== undefined && { answer, isTerminal: true }),
    ...(env && { env }),
  });
  const exitCode = await runCommandLine(argv, platform.platform, ROOT);
  const written = platform.replaced.get('web.plan') ?? '';
  return { exitCode, written, stderr: platform.stderr(), stdout: platform.stdout() };
}

const PLAN = ['plan', '-c', 'c.yml', '--out', 'web.plan', 'shop'] as const;
const APPLY = ['deploy', '-d', '--plan', 'web.plan', 'shop'] as const;

test('a plan is written without secrets, and carried out as it stands', async () => {
  const engine = new FakeEngine();
  const { exitCode, written } = await run({ engine }, ...PLAN);
  expect(exitCode).toBe(0);
  expect(written).not.toContain(CANARY);
  expect(written).not.toContain(Buffer.from(CANARY).toString('base64'));
  expect(engine.writes).toEqual([]);
  engine.requests.length = 0;
  const applied = await run({ engine, files: { 'web.plan': written, 'c.yml': '' } }, ...APPLY);
  expect(applied).toMatchObject({ exitCode: 0 });
  expect(engine.writes).toEqual([
    'POST /networks/create',
    'POST /secrets/create',
    'POST /services/create',
  ]);
  // What the registry said is in the plan.
  expect(engine.requests.some(({ path }) => path.startsWith('/distribution'))).toBe(false);
});

test('a cluster that has moved is exit 8, and names what moved', async () => {
  const engine = new FakeEngine();
  await run({ engine }, 'deploy', '-d', '-c', 'c.yml', 'shop');
  const changed = { 'c.yml': FILE.replace('slow', 'fast') };
  const { written } = await run({ engine, files: changed }, ...PLAN);
  const [service] = await engine.client.services.list({});
  const spec = service?.Spec as ServiceSpec;
  const more = { ...spec, Mode: { Replicated: { Replicas: 4 } } };
  const version = service?.Version.Index ?? 0;
  await engine.client.services.update(service?.ID as never, more, { version });
  engine.requests.length = 0;
  const applied = await run({ engine, files: { 'web.plan': written } }, ...APPLY);
  expect(applied).toMatchObject({ exitCode: 8 });
  expect(applied.stderr).toContain('the plan does not hold any more: service shop_web has changed');
  expect(engine.writes).toEqual([]);
});

test.each([['somebody made a service of the name', 'service shop_web has appeared']])(
  '%s: exit 8',
  async (_, message) => {
    const engine = new FakeEngine();
    const { written } = await run({ engine }, ...PLAN);
    await run({ engine }, 'deploy', '-d', '-c', 'c.yml', 'shop');
    const applied = await run({ engine, files: { 'web.plan': written } }, ...APPLY);
    expect(applied.exitCode).toBe(8);
    expect(applied.stderr).toContain(message);
  },
);

test('a secret that changed since is exit 8', async () => {
  const engine = new FakeEngine();
  const { written } = await run({ engine }, ...PLAN);
  const files = { 'web.plan': written, '/project/key.txt': 'another content' };
  const applied = await run({ engine, files }, ...APPLY);
  expect(applied.exitCode).toBe(8);
  expect(applied.stderr).toMatch(/^error: secret shop_key: \/project\/key.txt does not hold/);
});

test.each([
  ['a variable', FILE.replace('slow', CANARY)],
  [
    'a config',
    `${FILE}configs:\n  c: {file: ./c.txt}\n`.replace(
      'secrets: [key]',
      'secrets: [key]\n    configs: [c]',
    ),
  ],
])('a secret that also stands in %s is not written', async (_, text) => {
  const files = { 'c.yml': text, '/project/c.txt': `password=${CANARY}\n` };
  const { exitCode, written, stderr } = await run({ engine: new FakeEngine(), files }, ...PLAN);
  expect(exitCode).toBe(4);
  expect(written).toBe('');
  expect(stderr).toContain('secret shop_key: its content also stands elsewhere in the plan');
});

test.each([
  ['no JSON', 'services: {}', 'not a plan file'],
  ['another document', '{"format":"tstack-plan"}', 'not a plan file'],
])('what is no plan is refused: %s', async (_, text, message) => {
  const files = { 'web.plan': text };
  const { exitCode, stderr } = await run({ engine: new FakeEngine(), files }, ...APPLY);
  expect(exitCode).toBe(3);
  expect(stderr).toContain(message);
});

test('a plan of another stack, a missing one, and files beside it', async () => {
  const engine = new FakeEngine();
  const { written } = await run({ engine }, ...PLAN);
  const files = { 'web.plan': written };
  expect((await run({ engine, files }, 'deploy', '--plan', 'web.plan', 'other')).exitCode).toBe(3);
  expect((await run({ engine, files }, 'deploy', '--plan', 'gone', 'shop')).exitCode).toBe(3);
  const both = await run({ engine, files }, ...APPLY, '-c', 'c.yml');
  expect(both.exitCode).toBe(64);
});

test.each([
  ['y', 0, true],
  ['yes', 0, true],
  ['', 130, false],
  ['n', 130, false],
])('on a terminal deploy shows the plan and asks: %j', async (answer, exitCode, isWritten) => {
  const engine = new FakeEngine();
  const result = await run({ engine, answer }, 'deploy', '-d', '-c', 'c.yml', 'shop');
  expect(result.stderr).toContain('+ service shop_web');
  expect(result.stderr).toContain('Deploy stack shop? [y/N] ');
  expect(result.exitCode).toBe(exitCode);
  expect(engine.writes.length > 0).toBe(isWritten);
  if (!isWritten) expect(result.stderr).toContain('not confirmed; nothing was written');
});

test.each([
  ['--yes', ['--yes'], {}],
  ['TSTACK_YES', [], { TSTACK_YES: '1' }],
  ['docker', ['--compat=docker'], {}],
])('and does not ask with %s', async (_, flags, env) => {
  const engine = new FakeEngine();
  const argv = ['deploy', '-d', ...flags, '-c', 'c.yml', 'shop'];
  const { exitCode, stderr } = await run({ engine, answer: 'n', env }, ...argv);
  expect({ exitCode, isAsked: stderr.includes('[y/N]') }).toEqual({ exitCode: 0, isAsked: false });
});

test('nothing to do is no question', async () => {
  const engine = new FakeEngine();
  const file = FILE.replace('    secrets: [key]\nsecrets:\n  key: {file: ./key.txt}\n', '');
  const world = { engine, answer: 'n', files: { 'c.yml': file } };
  await run(world, 'deploy', '-dy', '-c', 'c.yml', 'shop');
  const { stderr } = await run(world, 'deploy', '-d', '-c', 'c.yml', 'shop');
  expect(stderr).not.toContain('[y/N]');
});
