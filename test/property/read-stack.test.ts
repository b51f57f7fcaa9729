import { readFileSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { stringify } from 'yaml';
import { renderDiagnostics } from '../../src/base/render-diagnostic.ts';
import { interpolate } from '../../src/stack/interpolate.ts';
import { loadSources } from '../../src/stack/load.ts';
import { createLocator, toDiagnostic } from '../../src/stack/locate.ts';
import { readStack } from '../../src/stack/read-stack.ts';
import type { Problem } from '../../src/stack/report.ts';
import { type YamlMap, type YamlValue, YamlFloat, isYamlMap } from '../../src/stack/yaml-values.ts';
import { readLocatedYaml, readYamlValue } from '../../src/stack/yaml/read-yaml.ts';
import type { LocatedNode } from '../../src/stack/yaml/located-node.ts';

const FIXTURES = resolve(import.meta.dirname, '../../fixtures/stack');

/** Every stack file of the fixtures, as bytes. */
const fixtures = readdirSync(FIXTURES, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && entry.name.endsWith('.yml'))
  .map((entry) => readFileSync(join(entry.parentPath, entry.name)));

const scalar = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary' }).map((text) => text.replaceAll(/[^\t\n\x20-\x7e\xa0-\ud7ff]/g, 'x')),
  fc.integer(),
  fc.boolean(),
  fc.constant(null),
  fc.constantFrom('yes', '0777', '1e3', '2024-01-02', '<<', '- a', 'a: b', '"', "'", '# c', '$A'),
);
const key = fc.string({ minLength: 1, maxLength: 12 }).filter((text) => text !== '<<');
const { tree } = fc.letrec((tie) => ({
  tree: fc.oneof({ maxDepth: 5 }, scalar, tie('list'), tie('map')),
  list: fc.array(tie('tree'), { maxLength: 4 }),
  map: fc.dictionary(key, tie('tree'), { maxKeys: 4, noNullPrototype: true }),
}));

const unbox = (value: YamlValue): unknown => {
  if (value instanceof YamlFloat) return value.value;
  if (typeof value === 'bigint') return Number(value);
  if (Array.isArray(value)) return value.map((item: YamlValue) => unbox(item));
  if (!isYamlMap(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, unbox(item)]));
};

const style = fc.record({
  defaultStringType: fc.constantFrom('PLAIN', 'QUOTE_DOUBLE', 'QUOTE_SINGLE'),
  collectionStyle: fc.constantFrom('any', 'block', 'flow'),
  indent: fc.integer({ min: 1, max: 5 }),
  lineWidth: fc.constantFrom(0, 20, 80),
} as const);

test('reads back what another library wrote', () => {
  fc.assert(
    fc.property(tree, style, (value, options) => {
      const text = stringify(
        { v: value },
        { ...options, version: '1.1', aliasDuplicateObjects: false },
      );
      // In flow collections go-yaml takes every `?` for a key indicator, and a `:` that begins a
      // scalar for the end of a key; the library does not.
      fc.pre(options.collectionStyle !== 'flow' || !/\?|[{[,\s]:/.test(text));
      const read = readYamlValue(text.replaceAll(/(?<=[\s[{,-])(?:!!str|!!null) /g, ''));
      expect(unbox(read)).toEqual({ v: value });
    }),
    { numRuns: 100 },
  );
});

/** The values that places point at, read again one by one. */
function checkPlaces(text: string, value: YamlValue, node: LocatedNode | undefined): void {
  if (!node) throw new Error('a value without a place');
  if (Array.isArray(value)) {
    expect(node.items).toHaveLength(value.length);
    for (const [at, item] of value.entries())
      checkPlaces(text, item as YamlValue, node.items?.[at]);
  } else if (isYamlMap(value)) {
    expect([...(node.entries?.keys() ?? [])].sort()).toEqual(Object.keys(value).sort());
    for (const [name, item] of Object.entries(value)) {
      checkPlaces(text, item, node.entries?.get(name)?.node);
    }
  } else {
    const source = text.slice(node.start, node.end);
    if (/^[\w./-]+$/.test(source)) expect(readYamlValue(source)).toEqual(value);
  }
}

test('the fast and the located reading agree, on values and on refusing', () => {
  const texts = fc.oneof(
    fc.tuple(tree, style).map(([value, options]) => stringify({ v: value }, options)),
    fc.constantFrom(...fixtures.map((bytes) => bytes.toString('utf8'))),
    fc.string({ unit: fc.constantFrom(...'ab:-?{}[],&*!|>\'"%@` \n\t#0.~<'.split('')) }),
  );
  fc.assert(
    fc.property(texts, (text) => {
      const located = readLocatedYaml(text);
      if (located.problems.length > 0) {
        expect(() => readYamlValue(text)).toThrow();
        return;
      }
      expect(readYamlValue(text)).toEqual(located.value);
      checkPlaces(text, located.value, located.root);
    }),
    { numRuns: 200 },
  );
});

test('a tree without a dollar is its own interpolation', () => {
  fc.assert(
    fc.property(tree, fc.dictionary(key, fc.string()), (value, env) => {
      const map = { v: value } as YamlMap;
      fc.pre(!JSON.stringify(map).includes('$'));
      const report = (problem: Problem): never => expect.fail(problem.message);
      for (const compat of ['none', 'docker'] as const) {
        expect(interpolate(map, { file: 0, env, compat, format: 'docker' }, report)).toBe(map);
      }
    }),
  );
});

/** Cuts, doubles, swaps and overwrites stretches of bytes. */
const mutation = fc.record({
  kind: fc.constantFrom('cut', 'double', 'swap', 'insert'),
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  length: fc.integer({ min: 1, max: 40 }),
  bytes: fc.uint8Array({ maxLength: 6 }),
} as const);

interface Mutation {
  readonly kind: 'cut' | 'double' | 'swap' | 'insert';
  /** Where, as a part of the whole. */
  readonly at: number;
  readonly length: number;
  readonly bytes: Uint8Array;
}

function mutate(bytes: Uint8Array, { kind, at, length, bytes: more }: Mutation): Uint8Array {
  const from = Math.floor(at * bytes.length);
  const part = bytes.subarray(from, from + length);
  const head = bytes.subarray(0, from);
  const tail = bytes.subarray(from + length);
  const middle = {
    cut: [],
    double: [...part, ...part],
    swap: [...part].reverse(),
    insert: [...more, ...part],
  };
  return Uint8Array.from([...head, ...middle[kind], ...tail]);
}

test('broken bytes give diagnostics, never a crash', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...fixtures),
      fc.array(mutation, { minLength: 1, maxLength: 4 }),
      fc.constantFrom('none', 'docker'),
      (bytes, mutations, compat) => {
        const broken = mutations.reduce<Uint8Array>((result, one) => mutate(result, one), bytes);
        const problems: Problem[] = [];
        const report = (problem: Problem): number => problems.push(problem);
        const ports = {
          readFile: () => ({ kind: 'data', bytes: broken }) as const,
          readStdin: () => broken,
          workingDirectory: '/',
        };
        const loaded = loadSources(['stack.yml'], ports, report);
        const result = loaded && readStack(loaded, { compat, env: { A: '1' } }, report);
        const locate = createLocator(loaded?.sources ?? []);
        const diagnostics = problems.map((one) => toDiagnostic(one, locate));
        const files = (loaded?.sources ?? []).map(({ name, text }) => ({ file: name, text }));
        const text = renderDiagnostics(diagnostics, files);
        expect(result === undefined).toBe(problems.some((one) => one.severity === 'error'));
        for (const { code, span, message } of diagnostics) {
          // Env files are never shown; their places are in the message.
          expect(code.startsWith('file-') || span || /\(\.env:\d+\)/.test(message)).toBeTruthy();
        }
        // oxlint-disable-next-line no-control-regex -- none may reach the terminal
        expect(text).not.toMatch(/[\0-\u0008\u000b-\u001f\u007f-\u009f]/);
      },
    ),
    { numRuns: 100 },
  );
});
