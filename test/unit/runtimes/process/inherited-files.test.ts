import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openDatabase } from '../../../../src/host/lmdb-persistence.ts';
import { coveredFiles } from '../../../../src/runtimes/process/inherited-files.ts';
import { hasProc } from '../../../support/a-process-runtime.ts';

test.runIf(hasProc)('a program that is started does not get the file of the database', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'tstack-files-'));
  const db = openDatabase(join(directory, 'data.mdb'));
  onTestFinished(async () => {
    await db.close();
    rmSync(directory, { recursive: true });
  });
  const filesOf = (...more: readonly (number | 'ignore')[]): string => {
    const stdio = ['ignore' as const, 'pipe' as const, 'ignore' as const, ...more];
    return spawnSync('ls', ['-l', '/proc/self/fd'], { stdio, encoding: 'utf8' }).stdout;
  };
  // The control: native code opened it, and Node does not know of it.
  expect(filesOf()).toContain('data.mdb');
  expect(filesOf(...coveredFiles())).not.toContain('data.mdb');
});
