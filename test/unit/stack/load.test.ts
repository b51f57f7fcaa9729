import { expect, test } from 'vitest';
import { MAX_FILE_BYTES, loadSources } from '../../../src/stack/load.ts';
import type { Problem } from '../../../src/stack/report.ts';

const bytes = (text: string) => new TextEncoder().encode(text);

function load(paths: readonly string[], files: Readonly<Record<string, Uint8Array>> = {}) {
  const problems: Problem[] = [];
  let reads = 0;
  const sources = loadSources(
    paths,
    {
      workingDirectory: '/srv/app',
      readStdin: () => {
        reads += 1;
        return bytes('from: stdin');
      },
      readFile: (path) => {
        const found = files[path];
        if (found) return { kind: 'data', bytes: found };
        return { kind: 'error', code: 'ENOENT', message: 'nothing there' };
      },
    },
    (problem) => problems.push(problem),
  );
  return { sources, problems, reads };
}

test('files and standard input come in the order of the command line; stdin is read once', () => {
  const { sources, reads } = load(['a.yml', '-', '-'], { 'a.yml': bytes('from: a') });
  expect(sources?.sources).toEqual([
    { name: 'a.yml', text: 'from: a' },
    { name: '<stdin>', text: 'from: stdin' },
    { name: '<stdin>', text: 'from: stdin' },
  ]);
  expect(reads).toBe(1);
});

test.each([
  ['a.yml', '/srv/app'],
  ['deploy/a.yml', '/srv/app/deploy'],
  ['../other/./a.yml', '/srv/other'],
  ['/etc/stacks/a.yml', '/etc/stacks'],
  ['-', '/srv/app'],
])('the project directory of %s is %s', (path, directory) => {
  const { sources } = load([path, 'b.yml'], { [path]: bytes('x: 1'), 'b.yml': bytes('x: 1') });
  expect(sources?.projectDirectory).toBe(directory);
});

test('every file that cannot be read is named', () => {
  const { sources, problems } = load(['no.yml', 'a.yml', 'neither.yml'], {
    'a.yml': bytes('x: 1'),
  });
  expect(sources).toBeUndefined();
  expect(problems.map(({ code, message }) => `${code} ${message}`)).toEqual([
    'file-not-readable open no.yml: no such file or directory',
    'file-not-readable open neither.yml: no such file or directory',
  ]);
});

test('a file beyond the limit is refused before it is read as text', () => {
  const { problems } = load(['big.yml'], { 'big.yml': new Uint8Array(MAX_FILE_BYTES + 1) });
  expect(problems).toMatchObject([{ code: 'file-too-large' }]);
  expect(load(['fits.yml'], { 'fits.yml': bytes('x: 1') }).problems).toEqual([]);
});
