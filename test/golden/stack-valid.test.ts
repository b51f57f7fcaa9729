import { readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { convertLoadedStack } from '../../src/stack/pipeline.ts';
import { printConfig } from '../../src/stack/print-config.ts';
import { loadFixture } from '../support/load-fixture.ts';

const FIXTURES = resolve(import.meta.dirname, '../../fixtures/stack/valid');

test.each(readdirSync(FIXTURES))('%s', async (name) => {
  const directory = join(FIXTURES, name);
  const loaded = loadFixture(directory);
  const { spec, diagnostics } = convertLoadedStack(loaded, 'shop');
  const { locate: _locate, dependencies, ...rest } = spec;
  const requests = dependencies.length > 0 ? { ...rest, dependencies } : rest;
  const warnings = [...loaded.diagnostics, ...diagnostics].map(
    ({ code, message, span }) => `${span?.start.line}:${span?.start.column} ${code}: ${message}`,
  );
  const json = JSON.stringify({ ...requests, warnings, notices: loaded.notices }, null, 2);
  await expect(printConfig(loaded.model)).toMatchFileSnapshot(
    join(directory, 'expected.config.yml'),
  );
  await expect(`${json}\n`).toMatchFileSnapshot(join(directory, 'expected.spec.json'));
});
