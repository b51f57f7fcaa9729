import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { runProgram } from '../support/run-tstack.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'tstack-package-'));
const env = { HOME: folder };
/** npm as this machine has it set up: its registry, and the cache that `npm ci` filled with lmdb. */
const npmEnv = Object.fromEntries(
  Object.entries(process.env).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value]],
  ),
);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('the packed tarball installs and runs', { timeout: 180_000 }, async () => {
  const packed = await runProgram(
    'npm',
    ['pack', '--ignore-scripts', '--json', '--pack-destination', folder],
    { env: npmEnv, cwd: ROOT },
  );
  expect(packed.code, packed.stderr).toBe(0);
  const [{ filename }] = JSON.parse(packed.stdout) as [{ readonly filename: string }];
  const prefix = join(folder, 'prefix');
  const quiet = ['--prefer-offline', '--no-audit', '--no-fund'];
  const args = ['install', '--global', ...quiet, '--prefix', prefix, join(folder, filename)];
  const installed = await runProgram('npm', args, { env: npmEnv });
  expect(installed.code, installed.stderr).toBe(0);
  const version = await runProgram(join(prefix, 'bin/tstack'), ['--version'], { env });
  expect(version).toMatchObject({ code: 0, stdout: expect.stringMatching(/^tstack \d/) });
  const config = await runProgram(join(prefix, 'bin/tstack'), ['config', '-c', '-'], {
    env,
    stdin: 'services: { a: { image: nginx } }',
  });
  expect(config).toMatchObject({ code: 0, stdout: expect.stringContaining('image: nginx') });
  const plugin = await runProgram(
    join(prefix, 'bin/docker-tstack'),
    ['docker-cli-plugin-metadata'],
    { env },
  );
  expect(plugin.code).toBe(0);
});
