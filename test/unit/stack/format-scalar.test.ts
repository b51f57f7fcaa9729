import { expect, test } from 'vitest';
import { formatScalar } from '../../../src/stack/format-scalar.ts';
import { YamlFloat, YamlTimestamp, type YamlScalar } from '../../../src/stack/yaml-values.ts';

test.each<[YamlScalar, string]>([
  [3.1, '3.1'],
  [new YamlFloat(1), '1'],
  [new YamlFloat(1e6), '1e+06'],
  [new YamlFloat(1e5), '100000'],
  [0.00001, '1e-05'],
  [0.0001, '0.0001'],
  [1_234_567.5, '1.2345675e+06'],
  [new YamlFloat(-0), '-0'],
  [-0, '0'],
  [1_000_000, '1000000'],
  [12_345_678_901_234_567_890n, '12345678901234567890'],
  [true, 'true'],
  [null, ''],
  ['yes', 'yes'],
  [new YamlTimestamp('2024-01-02'), '2024-01-02 00:00:00 +0000 UTC'],
  [new YamlTimestamp('2024-01-02T03:04:05.600Z'), '2024-01-02 03:04:05.6 +0000 UTC'],
  [new YamlTimestamp('2024-01-02 03:04:05 +2'), '2024-01-02 03:04:05 +0200 +0200'],
])('%s becomes %s', (value, text) => {
  expect(formatScalar(value)).toBe(text);
});
