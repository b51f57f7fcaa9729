#!/usr/bin/env node
// Writes schemas/stack.schema.json from the key table in src/stack/keys/table; a test says when it
// is not fresh.
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';

const root = resolve(import.meta.dirname, '..');
const result = await build({
  entryPoints: [join(root, 'src/stack/keys/table/json-schema.ts')],
  bundle: true,
  write: false,
  platform: 'node',
  format: 'esm',
  logLevel: 'warning',
});
const source = Buffer.from(result.outputFiles[0].contents).toString('base64');
const { stackSchemaText } = await import(`data:text/javascript;base64,${source}`);
writeFileSync(join(root, 'schemas/stack.schema.json'), stackSchemaText());
