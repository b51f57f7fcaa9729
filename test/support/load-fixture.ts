import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { readSystemFile } from '../../src/host/read-file.ts';
import { loadStack, type LoadedStack } from '../../src/stack/pipeline.ts';
import type { Compat } from '../../src/stack/read-stack.ts';

/** Where fixtures pretend to live, so that goldens hold no path of a machine. */
const PRETENDED = '/project';

/** Loads `stack.yml` and every `override*.yml` of a fixture folder, in name order. */
export function loadFixture(directory: string, compat: Compat = 'none'): LoadedStack {
  const overrides = readdirSync(directory)
    .filter((name) => name.startsWith('override'))
    .sort();
  const real = (path: string): string =>
    join(directory, path.startsWith(`${PRETENDED}/`) ? path.slice(PRETENDED.length) : path);
  const shell = join(directory, 'environment.json');
  return loadStack(
    ['stack.yml', ...overrides],
    {
      readFile: (path) => readSystemFile(real(path)),
      readStdin: () => new Uint8Array(),
      workingDirectory: PRETENDED,
    },
    {
      compat,
      env: existsSync(shell)
        ? (JSON.parse(readFileSync(shell, 'utf8')) as Record<string, string>)
        : { HOME: '/home/someone' },
    },
  );
}

/** Loads one text as `stack.yml`; `files` by absolute or relative path. */
export function loadText(
  text: string | readonly string[],
  options: { compat?: Compat; files?: Readonly<Record<string, string>> } = {},
): LoadedStack {
  const texts = typeof text === 'string' ? [text] : text;
  const all: Record<string, string> = { ...options.files };
  const paths = texts.map((one, index) => {
    const path = index === 0 ? 'stack.yml' : `override-${index}.yml`;
    all[path] = one;
    return path;
  });
  return loadStack(
    paths,
    {
      readFile: (path) => {
        const content = all[path];
        return content === undefined
          ? { kind: 'error', code: 'ENOENT', message: 'no such file' }
          : { kind: 'data', bytes: new TextEncoder().encode(content) };
      },
      readStdin: () => new Uint8Array(),
      workingDirectory: PRETENDED,
    },
    { compat: options.compat ?? 'none', env: { HOME: '/home/someone' } },
  );
}
