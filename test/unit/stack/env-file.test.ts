import { expect, test } from 'vitest';
import { parseEnvFile } from '../../../src/stack/env-file.ts';

const parse = (text: string | Uint8Array): unknown => {
  const parsed = parseEnvFile(typeof text === 'string' ? new TextEncoder().encode(text) : text);
  return parsed.kind === 'ok' ? Object.fromEntries(parsed.variables) : parsed.reason;
};

test('takes values verbatim, from the first equals sign on', () => {
  expect(parse('\uFEFFA=1\r\n  B="x" # no comment  \n\n# comment\nC=a=b\nD\nE=\nA=2')).toEqual({
    A: '2',
    B: '"x" # no comment  ',
    C: 'a=b',
    D: null,
    E: '',
  });
});

test.each([
  ['=value', "no variable name on line '=value'"],
  ['MY KEY=1', "variable 'MY KEY' contains whitespaces"],
  ['export A=1', "variable 'export A' contains whitespaces"],
  [new Uint8Array([65, 61, 255]), 'invalid utf8 bytes at line 1: [65 61 255]'],
])('refuses %j', (text, reason) => {
  expect(parse(text)).toBe(reason);
});
