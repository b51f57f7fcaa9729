import { expect, test } from 'vitest';
import { parseNanoCpus } from '../../../src/swarm/nano-cpus.ts';

test.each([
  ['0.5', 5e8],
  ['.5', 5e8],
  ['2e-1', 2e8],
  ['1/4', 25e7],
  ['010/4', 2e9],
  ['010', 10e9],
  ['0x10', 16e9],
  ['0b11', 3e9],
  ['0o7', 7e9],
  ['0x1p-2', 25e7],
  ['0x.8', 5e8],
  ['1p3', 8e9],
  ['1_0', 10e9],
  ['-0.5', -5e8],
])('%s is %d billionths, as the docker command reads it', (text, nanoCpus) => {
  expect(parseNanoCpus(text)).toEqual({ kind: 'ok', nanoCpus });
});

test.each([
  '',
  '.',
  'half',
  '1//2',
  '1/0',
  '1/2/3',
  '1_',
  '1__0',
  '0x',
  '1e',
  ' 1',
  '1.5/2',
  '50%',
])('%j is no number', (text) => {
  expect(parseNanoCpus(text).kind).toBe('error');
});

test('more than nine decimals are too precise', () => {
  const precise = { kind: 'error', reason: 'value is too precise' };
  expect(parseNanoCpus('1/3')).toEqual(precise);
  expect(parseNanoCpus('0.0000000001')).toEqual(precise);
});
