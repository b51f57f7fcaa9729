import { expect, test } from 'vitest';
import { YamlFloat, YamlTimestamp } from '../../../../src/stack/yaml-values.ts';
import { readLocatedYaml, readYamlValue } from '../../../../src/stack/yaml/read-yaml.ts';

/** A value as JSON would show it; special scalars by name. */
function read(text: string): unknown {
  return JSON.parse(
    JSON.stringify(readYamlValue(text), (_key, value: unknown) => {
      if (typeof value === 'bigint') return `bigint ${value}`;
      if (value instanceof YamlFloat)
        return `float ${Object.is(value.value, -0) ? '-0' : value.value}`;
      if (value instanceof YamlTimestamp) return `timestamp ${value.text}`;
      return value;
    }),
  ) as unknown;
}

/** Recorded with the docker command (28.2.2), `docker stack config` of an `x-v` key. */
const SCALARS: readonly (readonly [text: string, value: unknown])[] = [
  ['', null],
  ['~', null],
  ['nUll', 'nUll'],
  ['True', true],
  ['tRue', 'tRue'],
  ['yes', 'yes'],
  ['0x1F', 31],
  ['0b101', 5],
  ['-0b11', -3],
  ['0o17', 15],
  ['0777', 511],
  ['00', 0],
  ['1_000', 1000],
  ['+5', 5],
  ['-0', 0],
  ['9223372036854775807', 'bigint 9223372036854775807'],
  ['18446744073709551615', 'bigint 18446744073709551615'],
  ['18446744073709551616', 'float 18446744073709552000'],
  ['08', 'float 8'],
  ['1.', 'float 1'],
  ['1e6', 'float 1000000'],
  ['-0.0', 'float -0'],
  ['.5', 0.5],
  ['1_2.5', 12.5],
  ['._5', '._5'],
  ['.e1', '.e1'],
  ['0x', '0x'],
  ['0xG', '0xG'],
  ['12:30', '12:30'],
  ['1.2.3', '1.2.3'],
  ['1e400', '1e400'],
  ['2024-01-02', 'timestamp 2024-01-02'],
  ['2024-1-2', 'timestamp 2024-1-2'],
  ['2024-02-29', 'timestamp 2024-02-29'],
  ['2023-02-29', '2023-02-29'],
  ['2024-13-01', '2024-13-01'],
  ['2024-01-02T03:04:05Z', 'timestamp 2024-01-02T03:04:05Z'],
  ['2024-01-02 03:04:05', 'timestamp 2024-01-02 03:04:05'],
  ['2024-01-02 03:04:05Z', '2024-01-02 03:04:05Z'],
  ['2024-01-02T03:04:05', '2024-01-02T03:04:05'],
  ['!!str 5', '5'],
  ["!!int '5'", 5],
  ['!!float 5', 'float 5'],
  ['!!binary aGVsbG8=', 'hello'],
  ['!foo 5', '5'],
  ['! 5', 5],
  ['a#b', 'a#b'],
  ['a #b', 'a'],
  ['{a:b}', { 'a:b': null }],
  ['{"a":b}', { a: 'b' }],
  ['[a: b, c]', [{ a: 'b' }, 'c']],
  ['a\n  b\n\n  c', 'a b\nc'],
  ["'it''s\n  x\n\n  y'", "it's x\ny"],
  ['"a\\\n  b\\x41"', 'abA'],
  ['|\n  a\n   b\n\n  c\n\n', 'a\n b\n\nc\n'],
  ['|-\n  a\n', 'a'],
  ['|+\n  a\n\n', 'a\n\n\n'],
  ['>\n  a\n  b\n\n  c\n    d\n  e\n', 'a b\nc\n  d\ne\n'],
];

test.each(SCALARS)('reads %j as go-yaml does', (text, value) => {
  expect(read(`v: ${text}\nw: end\n`)).toEqual({ v: value, w: 'end' });
});

test('lets the mapping win over merged keys, and the earlier of a list', () => {
  const text = 'a: &a {k: 1, l: 1}\nb: {k: 2, <<: [*a, {l: 3, m: 3}]}\n';
  expect(read(text)).toEqual({ a: { k: 1, l: 1 }, b: { k: 2, l: 1, m: 3 } });
});

test('reads only the first document', () => {
  expect(read('---\na: 1\n---\n]')).toEqual({ a: 1 });
});

test('keeps __proto__ and constructor as ordinary keys', () => {
  const value = readYamlValue('__proto__: {polluted: true}\nconstructor: 1\n');
  expect(Object.keys(value as object)).toEqual(['__proto__', 'constructor']);
  expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
});

const BROKEN: readonly (readonly [text: string, code: string, message: string])[] = [
  ['a: [1', 'yaml-syntax', "did not find expected ',' or ']'"],
  ['a:\n\tb: 1', 'yaml-syntax', 'found character that cannot start any token'],
  ['a: 1\nb\nc: 2', 'yaml-syntax', "could not find expected ':'"],
  ['a: 1\n b: 2', 'yaml-syntax', 'mapping values are not allowed in this context'],
  ['[a?b &c:', 'yaml-syntax', "did not find expected ',' or ']'"],
  ['a: "x', 'yaml-syntax', 'found unexpected end of stream'],
  ['a: "\\q"', 'yaml-syntax', 'found unknown escape character'],
  ['a: *b', 'yaml-alias', "unknown anchor 'b' referenced"],
  ['a: &b [*b]', 'yaml-alias', "anchor 'b' value contains itself"],
  ['a: 1\na: 2', 'duplicate-key', 'mapping key "a" already defined'],
  ['5: a', 'key-not-string', 'mapping key is a number'],
  ['a: {~: b}', 'key-not-string', 'mapping key is empty'],
  ['a: .inf', 'number-not-finite', 'json: unsupported value: +Inf'],
  ['a: {<<: 5}', 'merge-not-mapping', 'map merge requires map or sequence of maps as the value'],
  ['a: !!int x', 'yaml-tag', 'cannot decode !!str `x` as a !!int'],
  [`a: ${'['.repeat(300)}`, 'yaml-syntax', 'exceeded max depth of 200'],
  [`a: ${'{a: '.repeat(300)}`, 'yaml-syntax', 'exceeded max depth of 200'],
  ['- '.repeat(300), 'yaml-syntax', 'exceeded max depth of 200'],
];

test.each(BROKEN)('refuses %j with %s', (text, code, message) => {
  expect(() => readYamlValue(text)).toThrow(message);
  const [problem] = readLocatedYaml(text).problems;
  expect(problem?.code).toBe(code);
  expect(problem?.message).toContain(message);
});

test('refuses an alias bomb before it goes off', () => {
  const lines = Array.from({ length: 30 }, (_, level) =>
    level === 0
      ? 'a0: &a0 [x, x, x, x, x, x, x, x, x, x]'
      : `a${level}: &a${level} [${Array.from({ length: 10 }, () => `*a${level - 1}`).join(', ')}]`,
  );
  expect(() => readYamlValue(lines.join('\n'))).toThrow('document contains excessive aliasing');
});

test('reports every duplicate and odd key of a file at once', () => {
  const { problems } = readLocatedYaml('a: 1\na: 2\n5: x\nb: {c: 1, c: 2}\n');
  expect(problems.map((one) => one.code)).toEqual([
    'duplicate-key',
    'key-not-string',
    'duplicate-key',
  ]);
});
