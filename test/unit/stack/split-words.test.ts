import { expect, test } from 'vitest';
import { splitWords } from '../../../src/stack/split-words.ts';

test.each([
  ['a  b\tc', ['a', 'b', 'c']],
  [`a'b c'"d e"f`, ['ab cd ef']],
  [String.raw`a\ b "c\"d" 'e\f'`, ['a b', 'c"d', String.raw`e\f`]],
  ['a # rest', ['a']],
  ['a#b', ['a#b']],
  ['a # rest\nb', ['a', 'b']],
  ['a\\\nb', ['a\nb']],
  [`"" ''`, ['', '']],
  ['', []],
  ['   ', []],
])('splits %j', (text, words) => {
  expect(splitWords(text)).toEqual({ kind: 'ok', words });
});

test.each([
  ['echo "x', 'EOF found when expecting closing quote'],
  ['echo \\', 'EOF found after escape character'],
])('refuses %j', (text, reason) => {
  expect(splitWords(text)).toEqual({ kind: 'error', reason });
});
