import { describe, expect, test } from 'vitest';
import { COMPLETION_SCRIPTS } from '../../../src/cli/complete/scripts.ts';
import { ROOT } from '../../../src/cli/commands/index.ts';
import { runCommandLine } from '../../../src/cli/run-command-line.ts';
import { FakeEngine } from '../../support/fake-engine-client.ts';
import { createMemoryPlatform } from '../../support/memory-platform.ts';

async function complete(words: readonly string[], engine?: FakeEngine) {
  const memory = createMemoryPlatform(engine ? { engine: engine.client } : {});
  const exitCode = await runCommandLine(['__complete', ...words], memory.platform, ROOT);
  expect({ exitCode, stderr: memory.stderr() }).toEqual({ exitCode: 0, stderr: '' });
  return memory
    .stdout()
    .trimEnd()
    .split('\n')
    .map((line) => line.split('\t')[0]);
}

describe('completion offers', () => {
  test('commands with their summary', async () => {
    expect(await complete(['se'])).toEqual(['services', ':4']);
    expect(await complete([''])).toContain('ps');
  });

  test('flags of the command and of all commands', async () => {
    expect(await complete(['ps', '--no'])).toEqual(['--no-resolve', '--no-trunc', ':4']);
    expect(await complete(['ps', '--com'])).toEqual(['--compat', ':4']);
  });

  test('the words a flag takes', async () => {
    expect(await complete(['ps', '--compat', ''])).toEqual(['none', 'docker', ':4']);
    expect(await complete(['ps', '--compat=d'])).toEqual(['--compat=docker', ':4']);
    expect(await complete(['-H', ''])).toEqual([':4']);
  });

  test('files where a flag takes a file', async () => {
    expect(await complete(['--tlscert', ''])).toEqual([':0']);
  });

  test('the stacks of the cluster', async () => {
    const engine = new FakeEngine();
    for (const stack of ['web', 'db', 'worker']) {
      const Labels = { 'com.docker.stack.namespace': stack };
      await engine.client.services.create({ Name: `${stack}_a`, Labels, TaskTemplate: {} });
    }
    expect(await complete(['-H', 'tcp://x', 'ps', '-q', 'w'], engine)).toEqual([
      'web',
      'worker',
      ':4',
    ]);
    expect(await complete(['ps', '--', ''], engine)).toEqual(['db', 'web', 'worker', ':4']);
    expect(await complete(['ps', 'web', ''], engine)).toEqual([':4']);
  });

  test('nothing after an unknown word', async () => {
    expect(await complete(['--bogus', 'x', '--zzz'])).toEqual([':4']);
  });
});

test('every shell has a script that asks tstack', () => {
  for (const script of Object.values(COMPLETION_SCRIPTS)) expect(script).toContain('__complete');
});
