import { expect, test } from 'vitest';
import { parseDotenv } from '../../../src/stack/dotenv.ts';

const OUTSIDE: Readonly<Record<string, string>> = { OUT: 'outside', A: 'outer a' };

function parse(text: string): unknown {
  const bytes = new TextEncoder().encode(text);
  const parsed = parseDotenv(bytes, (name) => OUTSIDE[name]);
  return parsed.kind === 'ok'
    ? Object.fromEntries(parsed.variables)
    : `${parsed.line}: ${parsed.reason}`;
}

test.each([
  ['A=1\nB = two words  \nC=\n\n# comment\n  D=x', { A: '1', B: 'two words', C: '', D: 'x' }],
  ['A=a#b\nB=a #b\nC=#b\nD="#" # c\nE=\'#\'# c', { A: 'a#b', B: 'a', C: '', D: '#', E: '#' }],
  ['export A=1\nexport\tB=2\nexported=3', { A: '1', B: '2', exported: '3' }],
  ['A: 1\nB:2\nC.d-e[0]=3', { A: '1', B: '2', 'C.d-e[0]': '3' }],
  ['A\nB # comment\nC=1', { A: null, B: null, C: '1' }],
  ['A="one\ntwo"\nB=\'one\n\ntwo\'', { A: 'one\ntwo', B: 'one\n\ntwo' }],
  [String.raw`A="\n\t\\\"\$OUT \q"`, { A: '\n\t\\"$OUT \\q' }],
  [String.raw`A='\n $OUT \''`, { A: String.raw`\n $OUT '` }],
  [String.raw`A=\n`, { A: String.raw`\n` }],
  ['X=1\nA=$X-$OUT\nB="${NO:-${X}}"\nC=$$X', { X: '1', A: '1-outside', B: '1', C: '$X' }],
  ['A=mine\nB=$A', { A: 'mine', B: 'outer a' }],
  ['\uFEFFA=1\r\nB=2\r\n', { A: '1', B: '2' }],
  ['A=1\nA=2', { A: '2' }],
  ['', {}],
])('reads %j', (text, expected) => {
  expect(parse(text)).toEqual(expected);
});

test.each([
  ['A=1\n=2', '2: unexpected character "=" where a name should be'],
  ['A B=1', '1: unexpected character "B" in a name'],
  ['\n"A"=1', '2: unexpected character "\\"" where a name should be'],
  ['A=1\nB="x\ny\n', '2: the quoted value has no closing quote'],
  ["A='x\\'", '1: the quoted value has no closing quote'],
  ['A="x"y', '1: there is text behind the closing quote'],
  ['A="x\ny"\nB=${', '3: a $ in the value begins no variable; write $$ for a dollar'],
  ['A=${NO:?say it}', '1: required variable NO is missing a value: say it'],
])('refuses %j, naming the line and no value', (text, expected) => {
  expect(parse(text)).toBe(expected);
});

test('refuses bytes that are no text, and values that grow beyond bounds', () => {
  expect(parseDotenv(new Uint8Array([65, 61, 255]), () => undefined)).toMatchObject({ line: 1 });
  const lines = Array.from({ length: 40 }, (_all, at) => `V${at + 1}=$V${at}$V${at}`);
  expect(parse(['V0=x', ...lines].join('\n'))).toMatch(/^\d+: the values are too long$/);
});

test('knows the line of each variable, behind values of several lines', () => {
  const parsed = parseDotenv(new TextEncoder().encode('A="1\n2"\n\nB=3'), () => undefined);
  expect(parsed.kind === 'ok' && [...parsed.lines]).toEqual([
    ['A', 1],
    ['B', 4],
  ]);
});
