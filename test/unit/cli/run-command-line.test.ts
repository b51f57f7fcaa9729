import { describe, expect, test } from 'vitest';
import { EXIT_CODE, UserError } from '../../../src/base/errors.ts';
import { defineCommand, defineGroup } from '../../../src/cli/define-command.ts';
import { runCommandLine } from '../../../src/cli/run-command-line.ts';
import { createMemoryPlatform } from '../../support/memory-platform.ts';

const paint = defineCommand({
  name: 'paint',
  aliases: ['colour'],
  summary: 'Paint things',
  arguments: { target: { placeholder: 'TARGET', count: 'one' } },
  options: {
    composeFile: { kind: 'list', csv: true, short: 'c', placeholder: 'FILE', help: 'Files' },
    detach: { kind: 'boolean', short: 'd', help: 'Detach' },
    noTrunc: { kind: 'boolean', default: false, help: 'Keep everything' },
    quiet: { kind: 'boolean', short: 'q', default: false, help: 'Quiet' },
    mode: { kind: 'choice', choices: ['wet', 'dry'], default: 'dry', help: 'Mode' },
    timeout: { kind: 'duration', help: 'How long' },
  },
  run(options, { stdout }) {
    stdout.write(JSON.stringify(options));
    return EXIT_CODE.ok;
  },
});

const fail = defineCommand({
  name: 'fail',
  summary: 'Fail',
  arguments: { how: { placeholder: 'HOW', count: 'optional' } },
  options: {},
  run({ how }) {
    if (how === 'bug') throw new TypeError('x is not a function');
    throw new UserError('it rains', { code: 'rain', exitCode: 1, hint: 'Take an umbrella.' });
  },
});

const root = defineGroup({
  name: 'tstack',
  summary: 'Test',
  commands: [paint, fail, defineGroup({ name: 'wall', summary: 'Walls', commands: [paint] })],
});

async function run(argv: readonly string[], env: Record<string, string> = {}) {
  const memory = createMemoryPlatform({ env });
  const exitCode = await runCommandLine(argv, memory.platform, root);
  return { exitCode, stdout: memory.stdout(), stderr: memory.stderr() };
}

async function values(argv: readonly string[], env?: Record<string, string>) {
  const { stdout, stderr } = await run(argv, env);
  expect(stderr).toBe('');
  return JSON.parse(stdout) as Record<string, unknown>;
}

describe('flags', () => {
  test.each([
    [['paint', '-d', 'x'], true],
    [['paint', 'x', '--detach'], true],
    [['paint', '-d=false', 'x'], false],
    [['paint', '--detach=0', 'x'], false],
    [['paint', '-qd', 'x'], true],
    [['paint', '-qd=F', 'x'], false],
    [['paint', 'x'], undefined],
  ])('reads the boolean of %j', async (argv, expected) => {
    expect((await values(argv))['detach']).toBe(expected);
  });

  test.each([
    [
      ['-c', 'a', '-cb', '-c=c', '--compose-file', 'd', '--compose-file=e'],
      ['a', 'b', 'c', 'd', 'e'],
    ],
    [
      ['-c', 'a.yml,b.yml'],
      ['a.yml', 'b.yml'],
    ],
    [
      ['-c', '"a,b.yml",c"'.slice(0, -1)],
      ['a,b.yml', 'c'],
    ],
    [['-c', '-'], ['-']],
    [['-qc', '-d'], ['-d']],
  ])('reads the list of %j', async (flags, expected) => {
    expect((await values(['paint', ...flags, 'x']))['composeFile']).toEqual(expected);
  });

  test('a flag whose name starts with no- is itself', async () => {
    expect(await values(['paint', '--no-trunc', 'x'])).toMatchObject({ noTrunc: true });
    expect(await values(['paint', 'x'])).toMatchObject({ noTrunc: false });
  });

  test('words after -- are arguments', async () => {
    expect(await values(['paint', '--', '-d'])).toMatchObject({ target: '-d' });
  });

  test('flag beats environment beats default', async () => {
    const env = { TSTACK_MODE: 'wet', TSTACK_DETACH: '1', TSTACK_COMPOSE_FILE: 'a.yml,b.yml' };
    expect(await values(['paint', 'x'], env)).toMatchObject({
      mode: 'wet',
      detach: true,
      composeFile: ['a.yml', 'b.yml'],
    });
    expect(await values(['paint', 'x', '--mode', 'dry', '-d=false'], env)).toMatchObject({
      mode: 'dry',
      detach: false,
    });
    expect(await values(['paint', 'x'], { TSTACK_MODE: '' })).toMatchObject({ mode: 'dry' });
  });

  test('durations are milliseconds', async () => {
    expect((await values(['paint', 'x', '--timeout', '1m30s']))['timeout']).toBe(90_000);
  });

  test('global flags stand before or after the command', async () => {
    expect(await values(['-H', 'tcp://a:1', '--debug', 'paint', 'x'])).toMatchObject({
      target: 'x',
    });
    expect(await values(['wall', '--compat=docker', 'colour', 'x'])).toMatchObject({ target: 'x' });
  });
});

describe('usage errors end with 64 and name the next step', () => {
  test.each([
    [['pain'], "unknown command: tstack pain\n  hint: Did you mean 'tstack paint'?"],
    [['wall', 'x'], "unknown command: tstack wall x\n  hint: Run 'tstack wall --help'"],
    [['paint', '--detahc', 'x'], 'unknown flag: --detahc\n  hint: Did you mean --detach?'],
    [['paint', '-x', 'x'], "unknown shorthand flag: 'x' in -x"],
    [['paint', 'x', '-c'], "flag needs an argument: 'c' in -c"],
    [['paint', 'x', '--mode'], 'flag needs an argument: --mode'],
    [
      ['paint', 'x', '--mode', 'damp'],
      'invalid argument "damp" for "--mode" flag: expected one of',
    ],
    [['paint', 'x', '-d=maybe'], 'invalid argument "maybe" for "-d, --detach" flag'],
    [['paint', 'x', '-c', '"a'], 'extraneous or missing " in quoted-field'],
    [['paint'], "'tstack paint' requires 1 argument\n  hint: Usage: tstack paint [OPTIONS] TARGET"],
    [['paint', 'a', 'b'], "'tstack paint' requires 1 argument"],
    [['fail', 'a', 'b'], "'tstack fail' requires at least 0 and at most 1 argument"],
    [['-H', 'a', '--host=b', 'paint', 'x'], 'specify only one -H'],
    [['-H', 'a', '--context', 'b', 'paint', 'x'], 'cannot specify both --host and --context'],
    [['--bogus', 'paint'], 'unknown flag: --bogus'],
  ])('%j', async (argv, expected) => {
    const { exitCode, stderr, stdout } = await run(argv);
    expect(stderr).toContain(expected);
    expect(stdout).toBe('');
    expect(exitCode).toBe(64);
  });

  test('a bad environment default names the variable', async () => {
    const { stderr } = await run(['paint', 'x'], { TSTACK_DETACH: 'maybe' });
    expect(stderr).toContain('invalid argument "maybe" for environment variable TSTACK_DETACH');
  });
});

describe('failures', () => {
  test('are a line and a hint on stderr', async () => {
    expect(await run(['fail'])).toEqual({
      exitCode: 1,
      stdout: '',
      stderr: 'error: it rains\n  hint: Take an umbrella.\n',
    });
  });

  test('are bare in docker mode', async () => {
    expect((await run(['fail', '--compat', 'docker'])).stderr).toBe('it rains\n');
    expect((await run(['fail'], { TSTACK_COMPAT: 'docker' })).stderr).toBe('it rains\n');
  });

  test('are JSON for a reader of JSON', async () => {
    const { stderr } = await run(['fail'], { TSTACK_FORMAT: 'json' });
    expect(JSON.parse(stderr)).toEqual({
      error: { code: 'rain', message: 'it rains', hint: 'Take an umbrella.', exitCode: 1 },
    });
  });

  test('of our own end with 70, stack and version', async () => {
    const { exitCode, stderr } = await run(['fail', 'bug']);
    expect(exitCode).toBe(70);
    expect(stderr).toMatch(/^bug: TypeError: x is not a function\n\s+at /);
    expect(stderr).toMatch(/tstack \d+\.\d+\.\d+, node v/);
    expect(stderr).toContain('Please report it');
  });
});

describe('help', () => {
  test('of a command goes to stdout', async () => {
    const { exitCode, stdout, stderr } = await run(['paint', '--help', '--bogus']);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).toContain('Usage:  tstack paint [OPTIONS] TARGET');
    expect(stdout).toContain('-c, --compose-file FILE');
    expect(stdout).toContain('TSTACK_COMPOSE_FILE');
  });

  test('without a command goes to stderr, as docker does', async () => {
    const { exitCode, stdout, stderr } = await run([]);
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: '' });
    expect(stderr).toContain('paint');
    expect((await run(['wall', '--help'])).stdout).toContain(
      'Usage:  tstack wall [OPTIONS] COMMAND',
    );
  });
});
