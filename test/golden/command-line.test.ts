import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT } from '../../src/cli/commands/index.ts';
import { renderReference } from '../../src/cli/help/render-reference.ts';

test('fixtures/cli/help/command-line.md is what `tstack help --format markdown` prints', async () => {
  await expect(renderReference(ROOT)).toMatchFileSnapshot(
    resolve(import.meta.dirname, '../../fixtures/cli/help/command-line.md'),
  );
});
