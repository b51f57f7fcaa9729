import { readFileSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { runComposeCase, runConfigAgain } from '../support/compose-case.ts';

/** The rules of the Compose Specification for sets of files, one idea a folder. */
const ROOT = resolve(import.meta.dirname, '../../fixtures/stack/compose');
const folders = readdirSync(ROOT).sort();

test.each(folders)('%s', async (folder) => {
  const { text } = runComposeCase(join(ROOT, folder));
  await expect(text).toMatchFileSnapshot(join(ROOT, folder, 'expected.txt'));
});

test.each(folders)('%s: what config prints means the same', (folder) => {
  const directory = join(ROOT, folder);
  const { config } = runComposeCase(directory);
  if (config !== undefined) expect(runConfigAgain(config, directory).config).toBe(config);
});

test('every diagnostic code of reading sets of files has a folder that shows it', () => {
  const names = [
    'extends',
    'include',
    'merge-tags',
    'profiles',
    'project-env',
    'read-compose',
    'read-object-data',
    'read-tree',
    'keys/env-files',
  ];
  const source = resolve(import.meta.dirname, '../../src/stack');
  const text = names.map((name) => readFileSync(join(source, `${name}.ts`), 'utf8')).join('\n');
  const codes = new Set(
    [...text.matchAll(/(?:code: |\? |: |\| )'([a-z]+(?:-[a-z0-9]+)+)'/g)].map((match) => match[1]),
  );
  // Folders for these would hold hundreds of files; unit tests show them.
  for (const large of ['too-many-files', 'include-too-deep', 'extends-too-long']) {
    expect(codes.delete(large)).toBe(true);
  }
  const shown = new Set(folders.flatMap((folder) => runComposeCase(join(ROOT, folder)).codes));
  expect([...codes].filter((code) => code !== undefined && !shown.has(code))).toEqual([]);
});
