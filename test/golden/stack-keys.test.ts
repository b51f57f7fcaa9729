import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import type { Diagnostic } from '../../src/base/diagnostic.ts';
import { StackFileError } from '../../src/base/errors.ts';
import { renderDiagnostics } from '../../src/base/render-diagnostic.ts';
import { lintStack } from '../../src/stack/lint/index.ts';
import { convertLoadedStack } from '../../src/stack/pipeline.ts';
import { printConfig } from '../../src/stack/print-config.ts';
import { loadFixture } from '../support/load-fixture.ts';

/** Keys of the Compose Specification, one idea a folder: notes and errors, config, requests. */
const ROOT = resolve(import.meta.dirname, '../../fixtures/stack/keys');

function textOf(diagnostics: readonly Diagnostic[], directory: string): string {
  if (diagnostics.length === 0) return '';
  const file = 'stack.yml';
  const text = readFileSync(join(directory, file), 'utf8');
  return `${renderDiagnostics(diagnostics, [{ file, text }])}\n`;
}

function runFolder(directory: string): string {
  try {
    const loaded = loadFixture(directory);
    const { spec, diagnostics } = convertLoadedStack(loaded, 'shop');
    const { services, networks, configs, secrets, dependencies } = spec;
    const order = dependencies.length > 0 ? { dependencies } : {};
    const requests = { services, networks, configs, secrets, ...order };
    return [
      textOf([...loaded.diagnostics, ...diagnostics], directory),
      textOf(lintStack(loaded), directory),
      printConfig(loaded.model),
      `${JSON.stringify(requests, null, 1)}\n`,
    ]
      .filter((part) => part !== '')
      .join('---\n');
  } catch (error) {
    if (!(error instanceof StackFileError)) throw error;
    return textOf(error.diagnostics, directory);
  }
}

test.each(readdirSync(ROOT).sort())('%s', async (folder) => {
  const directory = join(ROOT, folder);
  expect(existsSync(join(directory, 'stack.yml'))).toBe(true);
  await expect(runFolder(directory)).toMatchFileSnapshot(join(directory, 'expected.txt'));
});
