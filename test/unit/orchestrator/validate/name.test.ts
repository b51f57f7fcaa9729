import { expect, test } from 'vitest';
import { checkDnsName } from '../../../../src/orchestrator/validate/name.ts';

test.each(['a', 'a-b', 'a__b', 'A1', 'a'.repeat(63)])('accepts %s', (name) => {
  expect(checkDnsName(name)).toBeUndefined();
});

test.each(['', '-a', 'a-', 'a.b', 'a b', 'é', 'a'.repeat(64)])('refuses %j', (name) => {
  expect(checkDnsName(name)).toBeDefined();
});

test('judges a long bad name without trying every way to split it', () => {
  expect(checkDnsName(`${'a'.repeat(5000)}!`)?.message).toContain('DNS name component');
});
