import { describe, expect, test } from 'vitest';
import { formatDuration, parseDuration } from '../../../src/base/duration.ts';

describe('parseDuration', () => {
  test.each([
    ['90s', 90e9],
    ['1h30m', 5400e9],
    ['1.5ms', 1_500_000],
    ['.5s', 5e8],
    ['1.s', 1e9],
    ['-2s', -2e9],
    ['+3m', 180e9],
    ['0', 0],
    ['-0', 0],
    ['1us1ns', 1001],
    ['8760h', 31_536_000e9],
    ['0.0000000001s', 0],
  ])('reads %s', (text, ns) => {
    expect(parseDuration(text)).toEqual({ kind: 'ok', ns });
  });

  test.each([
    ['10', 'time: missing unit in duration "10"'],
    ['', 'time: invalid duration ""'],
    ['3d', 'time: unknown unit "d" in duration "3d"'],
    ['1 s', 'time: unknown unit " s" in duration "1 s"'],
    ['300000000000h', 'time: invalid duration "300000000000h"'],
    ['8760h1ns', 'time: duration "8760h1ns" is longer than 104 days and too fine'],
  ])('refuses %s', (text, reason) => {
    expect(parseDuration(text)).toEqual({ kind: 'error', reason });
  });
});

test.each([
  [0, '0s'],
  [90e9, '1m30s'],
  [7200e9, '2h0m0s'],
  [1_500_000, '1.5ms'],
  [1_500, '1.5µs'],
  [17, '17ns'],
  [-2e9, '-2s'],
  [61_000_000_001, '1m1.000000001s'],
])('formats %d as %s', (ns, text) => {
  expect(formatDuration(ns)).toBe(text);
});
