import { expect, test } from 'vitest';
import { didYouMean } from '../../../src/base/did-you-mean.ts';

const KEYS = ['image', 'healthcheck', 'hostname', 'ports', 'networks'];

test.each([
  ['helthcheck', 'healthcheck'],
  ['iamge', 'image'],
  ['Hostname', 'hostname'],
  ['port', 'ports'],
])('suggests for %s: %s', (word, expected) => {
  expect(didYouMean(word, KEYS)).toBe(expected);
});

test('suggests nothing for a word that is not close', () => {
  expect(didYouMean('build', KEYS)).toBeUndefined();
  expect(didYouMean('', KEYS)).toBeUndefined();
});
