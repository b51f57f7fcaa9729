import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { replaceSystemFile } from '../../../src/host/replace-file.ts';

const dir = mkdtempSync(join(tmpdir(), 'replace-file-'));
afterAll(() => rmSync(dir, { recursive: true }));

test('a file for the user alone, whole, and nothing left beside it', () => {
  const path = join(dir, 'plan');
  expect(replaceSystemFile(path, 'first', 0o600)).toBeUndefined();
  expect(replaceSystemFile(path, 'second', 0o600)).toBeUndefined();
  expect(readFileSync(path, 'utf8')).toBe('second');
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(readdirSync(dir)).toEqual(['plan']);
});

test('why it could not be done', () => {
  expect(replaceSystemFile(join(dir, 'gone', 'plan'), 'x')).toContain('ENOENT');
});
