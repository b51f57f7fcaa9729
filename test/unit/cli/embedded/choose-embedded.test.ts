import { describe, expect, test } from 'vitest';
import { chooseEmbedded } from '../../../../src/cli/embedded/choose-embedded.ts';
import { systemdUnit } from '../../../../src/cli/embedded/systemd-unit.ts';
import { statusText } from '../../../../src/cli/embedded/status-text.ts';
import type { GlobalValues } from '../../../../src/cli/global-options.ts';
import { GLOBAL_OPTIONS } from '../../../../src/cli/global-options.ts';
import { indexFlags, normaliseArgv } from '../../../../src/cli/normalise-argv.ts';
import { EPOCH } from '../../../support/builders.ts';

const choose = (
  globals: Partial<GlobalValues>,
  env: Readonly<Record<string, string>> = {},
): string | undefined => chooseEmbedded({ host: [], ...globals } as unknown as GlobalValues, env);

describe('which cluster is meant', () => {
  test('the flag beats the environment, the environment beats docker', () => {
    expect(choose({})).toBeUndefined();
    expect(choose({ embedded: 'lab' }, { TSTACK_CLUSTER: 'embedded' })).toBe('lab');
    expect(choose({}, { TSTACK_CLUSTER: 'embedded', DOCKER_HOST: 'tcp://x' })).toBe('default');
    expect(choose({}, { TSTACK_CLUSTER: 'embedded:lab' })).toBe('lab');
  });

  test('an engine named by flag is meant, and never both', () => {
    expect(choose({ host: ['tcp://x'] }, { TSTACK_CLUSTER: 'embedded' })).toBeUndefined();
    expect(choose({ context: 'prod' }, { TSTACK_CLUSTER: 'embedded' })).toBeUndefined();
    expect(() => choose({ embedded: 'lab', host: ['tcp://x'] })).toThrow('name two clusters');
    expect(() => choose({ embedded: 'lab', context: 'prod' })).toThrow('name two clusters');
  });

  test('a word that is none is refused, not ignored', () => {
    expect(() => choose({}, { TSTACK_CLUSTER: 'embeded' })).toThrow('invalid TSTACK_CLUSTER');
  });

  test('the flag takes no following word as its value', () => {
    const tokens = normaliseArgv(['--embedded', 'web'], indexFlags([GLOBAL_OPTIONS]));
    expect(tokens).toEqual(['--embedded=default', 'web']);
    expect(normaliseArgv(['--embedded=lab', 'web'], indexFlags([GLOBAL_OPTIONS]))).toEqual([
      '--embedded=lab',
      'web',
    ]);
  });
});

test('a systemd unit quotes what systemd would read otherwise', () => {
  const unit = systemdUnit({
    name: 'lab',
    node: '/usr/bin/node',
    program: '/opt/my tools/50%/$x/tstack',
    flags: ['--nodes=1m+3w'],
    isSystem: false,
  });
  expect(unit).toContain(
    'ExecStart=/usr/bin/node "/opt/my tools/50%%/$$x/tstack" cluster run lab --nodes=1m+3w\n',
  );
  expect(unit).toContain('KillMode=process\n');
});

test('managers are not made to look like machines', () => {
  const status = {
    Name: 'lab',
    Version: '1',
    Pid: 7,
    StartedAt: '2026-11-20T00:00:00Z',
    Runtime: 'process',
    State: 'active',
    Directory: '/s',
    Socket: '/r/lab.sock',
    Listen: [],
    Nodes: { Total: 3, Up: 1 },
    Managers: { Total: 3, Up: 1, HasQuorum: false },
    Services: 0,
    RunningTasks: 0,
  } as const;
  expect(statusText(status, EPOCH)).toContain('would have lost quorum');
  const whole = { ...status, Managers: { Total: 3, Up: 2, HasQuorum: true } };
  expect(statusText(whole, EPOCH)).toContain('here all are one machine and fail together');
});
