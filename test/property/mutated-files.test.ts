import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isCollection, isMap, isScalar, isSeq, parseDocument, type Document } from 'yaml';
import { StackFileError } from '../../src/base/errors.ts';
import { convertLoadedStack, loadStack } from '../../src/stack/pipeline.ts';
import { printConfig } from '../../src/stack/print-config.ts';

/** `npm run fuzz` asks for 100,000. */
const numRuns = Number(process.env['TSTACK_FUZZ_RUNS'] ?? 150);

const ROOT = resolve(import.meta.dirname, '../../fixtures');
const texts = readdirSync(ROOT, { recursive: true, encoding: 'utf8' })
  .filter((file) => /(stack|override)\.yml$/.test(file))
  .filter((file) => statSync(join(ROOT, file)).isFile())
  .sort()
  .map((file) => readFileSync(join(ROOT, file), 'utf8'))
  .filter((text) => text.length > 0 && text.length < 20_000);

const words = fc.constantFrom(
  '',
  '0',
  '-1',
  '1e999',
  '99999999999999999999',
  'null',
  '~',
  'true',
  '""',
  '"${A"',
  '$',
  '${A:-${B}}',

  '{}',
  '[]',
  '[[[[]]]]',
  '&a [*a]',
  '*x',
  '<<: *x',
  '!!binary x',
  '? [a]',
  '"\\u0000"',
  '0x',
  '1:2:3',
  '.inf',

  '__proto__',
  'constructor: {}',
  '80-70:80',
  '1.5h',
  '-5M',
  "'",
  '"',
  '|',
  '>-',
  '%',
  '@',
  '\t',
  '\u202e',
  '🐳',
);

const textMutation = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
  cut: fc.nat({ max: 30 }),
  put: fc.oneof(words, fc.string({ maxLength: 8 })),
});

const treeMutation = fc.record({
  at: fc.nat(),
  kind: fc.constantFrom('replace', 'remove', 'wrap', 'rename', 'double'),
  word: words,
});

/** Changes one node of the document, as an editor that knows YAML but not Compose would. */
function changeTree(document: Document, change: { at: number; kind: string; word: string }): void {
  const paths: (readonly unknown[])[] = [];
  const walk = (node: unknown, path: readonly unknown[]): void => {
    if (path.length > 0) paths.push(path);
    if (isMap(node)) {
      for (const { key, value } of node.items)
        walk(value, [...path, isScalar(key) ? key.value : key]);
    } else if (isSeq(node)) {
      for (const [index, value] of node.items.entries()) walk(value, [...path, index]);
    }
  };
  walk(document.contents, []);
  const path = paths[change.at % Math.max(1, paths.length)];
  if (!path) return;
  const old = document.getIn(path, true);
  const parent = path.slice(0, -1);
  // Of a key that is there twice, the first is found, and it need not hold what the second one does.
  if (parent.length > 0 && !isCollection(document.getIn(parent, true))) return;
  if (change.kind === 'remove') document.deleteIn(path);
  else if (change.kind === 'wrap') document.setIn(path, [old]);
  else if (change.kind === 'double') document.setIn(path, { a: old, b: change.word });
  else if (change.kind === 'rename' && typeof path.at(-1) === 'string')
    document.setIn([...parent, `${String(path.at(-1))}x`], old);
  else document.setIn(path, change.word);
}

/** The document's text; undefined when a change took away what an alias stands for. */
function printed(document: Document): string | undefined {
  try {
    return String(document);
  } catch {
    return undefined;
  }
}

/** Runs the whole pipeline; anything but a result or located diagnostics is a crash. */
function deploy(inputs: readonly string[], compat: 'none' | 'docker'): void {
  const bytes = inputs.map((text) => new TextEncoder().encode(text));
  const ports = {
    readFile: (path: string) => {
      const found = /^f(\d)\.yml$/.exec(path)?.[1];
      const data = found === undefined ? undefined : bytes[Number(found)];
      return data
        ? ({ kind: 'data', bytes: data } as const)
        : ({ kind: 'error', code: 'ENOENT', message: 'no such file or directory' } as const);
    },
    readStdin: () => new Uint8Array(),
    workingDirectory: '/project',
  };
  try {
    const names = inputs.map((_, index) => `f${index}.yml`);
    const loaded = loadStack(names, ports, { compat, env: { A: 'a' } });
    printConfig(loaded.model);
    convertLoadedStack(loaded, 'fuzz');
  } catch (error) {
    if (!(error instanceof StackFileError)) throw error;
    expect(error.diagnostics.length).toBeGreaterThan(0);
  }
}

const compats = fc.constantFrom('none' as const, 'docker' as const);
const text = fc.constantFrom(...texts);

function changeText(
  source: string,
  changes: readonly { at: number; cut: number; put: string }[],
): string {
  return changes.reduce((result, { at, cut, put }) => {
    const from = Math.floor(at * result.length);
    return result.slice(0, from) + put + result.slice(from + cut);
  }, source);
}

test('a broken text is a result or diagnostics, never a crash', () => {
  fc.assert(
    fc.property(
      text,
      fc.array(textMutation, { minLength: 1, maxLength: 4 }),
      fc.option(text, { nil: undefined }),
      compats,
      (base, changes, second, compat) => {
        const broken = changeText(base, changes);
        deploy(second === undefined ? [broken] : [second, broken], compat);
      },
    ),
    { numRuns },
  );
});

test('a broken structure is a result or diagnostics, never a crash', () => {
  fc.assert(
    fc.property(
      text,
      fc.array(treeMutation, { minLength: 1, maxLength: 3 }),
      compats,
      (base, changes, compat) => {
        const document = parseDocument(base, { logLevel: 'silent', uniqueKeys: false });
        if (document.errors.length > 0) return;
        for (const change of changes) changeTree(document, change);
        const broken = printed(document);
        if (broken !== undefined) deploy([broken], compat);
      },
    ),
    { numRuns },
  );
});
