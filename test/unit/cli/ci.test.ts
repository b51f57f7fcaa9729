import { beforeAll, expect, test } from 'vitest';
import { chooseCi } from '../../../src/cli/ci/choose-ci.ts';
import { githubCommand } from '../../../src/cli/ci/github-commands.ts';
import { ROOT } from '../../../src/cli/commands/index.ts';
import { runCommandLine } from '../../../src/cli/run-command-line.ts';
import { FakeEngine } from '../../support/fake-engine-client.ts';
import { oneService } from '../../support/faults.ts';
import { createMemoryPlatform, type MemoryPlatform } from '../../support/memory-platform.ts';
import { runVirtual } from '../../support/run-virtual.ts';

beforeAll(async () => {
  // Loads what the others use, in real time.
  const memory = createMemoryPlatform({
    engine: new FakeEngine().client,
    files: { 'c.yml': oneService('good:1') },
    env: { GITHUB_ACTIONS: 'true' },
  });
  const argv = ['deploy', '-d', '-c', 'c.yml', '--resolve-image', 'never', '-q', 'shop'];
  await runCommandLine(argv, memory.platform, ROOT);
}, 60_000);

const SUMMARY = '/ci/summary.md';

async function deploy(
  env: Readonly<Record<string, string>>,
  file = oneService('bad:1', 'restart_policy: {condition: none}'),
): Promise<MemoryPlatform & { readonly exit: number }> {
  const engine = new FakeEngine();
  engine.behave('bad:1', { kind: 'exits', code: 3 });
  engine.written.set('bad:1', ['a ``` fence', '<b>100%</b>']);
  const files = { 'c.yml': file, [SUMMARY]: 'before\n' };
  const { client, clock } = engine;
  const memory = createMemoryPlatform({ engine: client, clock, files, env });
  const argv = ['deploy', '-c', 'c.yml', '--resolve-image', 'never', '-q', 'shop'];
  const exit = await runVirtual(clock, runCommandLine(argv, memory.platform, ROOT), 20_000);
  return { ...memory, exit };
}

test('GitHub: a failed task is an annotation on the line of its service', async () => {
  const memory = await deploy({ GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: SUMMARY });
  expect(memory.exit).toBe(5);
  expect(memory.stderr()).toContain(
    '::error file=c.yml,line=4,col=5,endLine=5,title=shop_web.1%3A crash::task: non-zero exit (3)%0Aa ``` fence%0A<b>100%25</b>\n',
  );
});

test('GitHub: the job summary is added to, and the log cannot break out of its fence', async () => {
  const memory = await deploy({ GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: SUMMARY });
  const text = memory.replaced.get(SUMMARY) ?? '';
  expect(text).toMatch(/^before\n### Stack shop: failed \(exit code 5\)\n/);
  expect(text).toContain('| shop\\_web | failed | 0/1 |');
  expect(text).toContain('\n````\na ``` fence\n<b>100%</b>\n````\n');
});

test('GitHub: problems of files are annotations where they are written', async () => {
  const memory = await deploy({ GITHUB_ACTIONS: 'true' }, 'services:\n  web:\n    imago: x\n');
  expect(memory.exit).toBe(3);
  expect(memory.stderr()).toMatch(/^::error file=c\.yml,line=3,col=5,.*title=\S+::/m);
});

test('GitLab: failures are in a section that can be folded', async () => {
  const memory = await deploy({ GITLAB_CI: 'true' });
  expect(memory.stderr()).toMatch(
    // oxlint-disable-next-line no-control-regex
    /\u001b\[0Ksection_start:\d+:tstack_failures\r\u001b\[0KFailed tasks\n.*crash, exit code 3.*section_end:\d+:tstack_failures\r/s,
  );
});

test('nobody reads along: nothing is said, and a flag beats what the environment says', async () => {
  expect((await deploy({})).stderr()).not.toContain('::error');
  expect((await deploy({ GITHUB_ACTIONS: 'true', TSTACK_CI: 'off' })).stderr()).not.toContain('::');
  expect(chooseCi('gitlab', { GITHUB_ACTIONS: 'true' })).toBe('gitlab');
});

test('what would end a property or a command is escaped', () => {
  expect(githubCommand({ severity: 'note', title: 'a,b:c%\n', message: 'x\r\ny' })).toBe(
    '::notice title=a%2Cb%3Ac%25%0A::x%0D%0Ay\n',
  );
});
