import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import type { Diagnostic } from '../../src/base/diagnostic.ts';
import { renderDiagnostics } from '../../src/base/render-diagnostic.ts';
import { readSystemFile } from '../../src/host/read-file.ts';
import { loadSources } from '../../src/stack/load.ts';
import { createLocator, toDiagnostic } from '../../src/stack/locate.ts';
import { readStack } from '../../src/stack/read-stack.ts';
import type { Problem } from '../../src/stack/report.ts';

const ROOT = resolve(import.meta.dirname, '../../fixtures/stack/errors');
const folders = readdirSync(ROOT).sort();

/** Everything that reading a folder's files reports, as the user sees it. */
function readFolder(folder: string): {
  readonly codes: ReadonlySet<string>;
  readonly text: string;
} {
  const directory = join(ROOT, folder);
  const names = ['stack.yml', 'override.yml'].filter((name) => existsSync(join(directory, name)));
  const problems: Problem[] = [];
  const report = (problem: Problem): number => problems.push(problem);
  const ports = {
    readFile: (name: string) => readSystemFile(join(directory, name)),
    readStdin: () => new Uint8Array(),
    workingDirectory: '/project',
  };
  const loaded = loadSources(names, ports, report);
  if (loaded) readStack(loaded, { compat: 'none', env: {} }, report);
  const locate = createLocator(loaded?.sources ?? []);
  const diagnostics: Diagnostic[] = problems.map((one) => toDiagnostic(one, locate));
  const sources = names
    .filter((name) => readSystemFile(join(directory, name)).kind === 'data')
    .map((name) => ({ file: name, text: readFileSync(join(directory, name), 'utf8') }));
  return {
    codes: new Set(diagnostics.map((one) => one.code)),
    text: `${renderDiagnostics(diagnostics, sources)}\n`,
  };
}

test.each(folders)('%s', async (folder) => {
  await expect(readFolder(folder).text).toMatchFileSnapshot(join(ROOT, folder, 'expected.txt'));
});

test('every diagnostic code of the reading phases has a folder that shows it', () => {
  const source = resolve(import.meta.dirname, '../../src/stack');
  const reading = [
    'load',
    'decode-text',
    'document',
    'version',
    'forbidden-options',
    'interpolate',
  ];
  const files = [...reading, 'template', 'validate', 'since-version', 'yaml/yaml-error'];
  const text = files.map((name) => readFileSync(join(source, `${name}.ts`), 'utf8')).join('\n');
  const words = [...text.matchAll(/(?:code: |\? |: |\| )'([a-z]+(?:-[a-z0-9]+)+)'/g)];
  const codes = new Set(words.map((match) => match[1] ?? ''));
  for (const notCode of ['utf-16le', 'utf-16be', 'utf-8']) codes.delete(notCode);
  const shown = new Set(folders.flatMap((folder) => [...readFolder(folder).codes]));
  // A file of 64 MB does not belong into a repository, so this one code has no folder.
  codes.delete('file-too-large');
  expect(codes.size).toBeGreaterThan(20);
  expect([...codes].filter((code) => !shown.has(code))).toEqual([]);
});
