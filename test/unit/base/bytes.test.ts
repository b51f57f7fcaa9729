import { expect, test } from 'vitest';
import { parseBytes } from '../../../src/base/bytes.ts';

test.each([
  ['50M', 52_428_800],
  ['64MB', 67_108_864],
  ['64MiB', 67_108_864],
  ['1.5g', 1_610_612_736],
  ['512 k', 524_288],
  ['100', 100],
  ['10b', 10],
  ['0.5', 0],
])('reads %s', (text, bytes) => {
  expect(parseBytes(text)).toEqual({ kind: 'ok', bytes });
});

test.each([
  ['1Gi', "invalid suffix: 'gi'"],
  ['10xb', "invalid suffix: 'xb'"],
  ['50%', "invalid suffix: '%'"],
  ['lots', "invalid size: 'lots'"],
  ['-5M', "invalid size: '-5M'"],
  ['', "invalid size: ''"],
])('refuses %s', (text, reason) => {
  expect(parseBytes(text)).toEqual({ kind: 'error', reason });
});
