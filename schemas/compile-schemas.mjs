// Compiles schemas/ to standalone validators under src/stack/generated/, so that the command line
// neither loads nor runs ajv. Called by the build and by the test set-up; writes only what changed.
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { Ajv } from 'ajv';
import standaloneCode from 'ajv/dist/standalone/index.js';
import { _ } from 'ajv/dist/compile/codegen/index.js';
import { build } from 'esbuild';

const root = resolve(import.meta.dirname, '..');
const output = join(root, 'src/stack/generated/stack-file-validator.js');

/** Writes the validator of stack files, and the keys that each closed mapping knows. */
export async function compileSchemas() {
  const schema = JSON.parse(readFileSync(join(root, 'schemas/stack-file.schema.json'), 'utf8'));
  const formats = join(root, 'src/stack/formats.ts');
  const ajv = new Ajv({
    allErrors: true,
    // A quarter less code to load: the texts are ours, and what is referred to stays apart.
    messages: false,
    inlineRefs: false,
    allowUnionTypes: true,
    strictTypes: false,
    // Only the names matter here; the code calls the functions of `formats`.
    formats: { duration: () => true, ports: () => true },
    code: { source: true, esm: true, formats: _`require(${formats}).FORMATS` },
  });
  ajv.removeKeyword('uniqueItems');
  ajv.addKeyword(uniqueItems(join(root, 'src/stack/first-duplicate.ts')));
  const code = standaloneCode.default(ajv, ajv.compile(schema));
  const known = `export const knownKeys = ${JSON.stringify(knownKeysOf(schema))};\n`;
  const result = await build({
    stdin: { contents: code + known, resolveDir: root, loader: 'js' },
    bundle: true,
    write: false,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    legalComments: 'none',
    logLevel: 'warning',
  });
  writeIfChanged(
    `// Generated from schemas/; see schemas/compile-schemas.mjs.\n${result.outputFiles[0].text}`,
  );
}

/** Ajv's own check takes quadratic time, and trips over keys such as `valueOf`. */
function uniqueItems(file) {
  return {
    keyword: 'uniqueItems',
    type: 'array',
    schemaType: 'boolean',
    error: {
      message: 'repeats',
      params: ({ params: { pair } }) => _`{i: ${pair}[0], j: ${pair}[1]}`,
    },
    code(context) {
      const { gen, data } = context;
      const find = gen.scopeValue('func', {
        ref: () => undefined,
        code: _`require(${file}).firstDuplicate`,
      });
      const pair = gen.const('pair', _`${find}(${data})`);
      context.setParams({ pair });
      context.fail(_`${pair} !== undefined`);
    },
  };
}

/** Vitest's name for it. */
export const setup = compileSchemas;

/**
 * The keys of every mapping of a stack file, by where it stands: `services.*.deploy`.
 *
 * `*` is any key, `[]` any list index.
 */
function knownKeysOf(schema) {
  const known = {};
  const visit = (node, path) => {
    if (typeof node !== 'object' || node === null) return;
    if (node.$ref) return visit(schema.definitions[node.$ref.split('/').at(-1)], path);
    if (node.properties) known[path.join('.')] = Object.keys(node.properties);
    for (const [key, child] of Object.entries(node.properties ?? {})) visit(child, [...path, key]);
    for (const child of Object.values(node.patternProperties ?? {})) visit(child, [...path, '*']);
    visit(node.additionalProperties, [...path, '*']);
    visit(node.items, [...path, '[]']);
  };
  visit(schema, []);
  return known;
}

/** Whole or not at all: several test runs may do this at once. */
function writeIfChanged(text) {
  try {
    if (readFileSync(output, 'utf8') === text) return;
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
  }
  mkdirSync(dirname(output), { recursive: true });
  writeFileSync(`${output}.${process.pid}`, text);
  renameSync(`${output}.${process.pid}`, output);
}
