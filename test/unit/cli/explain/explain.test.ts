import { expect, test } from 'vitest';
import { UsageError } from '../../../../src/base/errors.ts';
import { explainAllCodes, explainCode } from '../../../../src/cli/explain/explain-code.ts';
import { explainKeys } from '../../../../src/cli/explain/explain-keys.ts';

test('explains a code with cause, example and fix', () => {
  expect(explainCode('conflicting-keys', 'text')).toBe(
    'conflicting-keys\n' +
      '  Two keys say different things about the same.\n' +
      '  for example  scale: 3 with deploy: {replicas: 2}\n' +
      '  what to do   Keep one of the two.\n',
  );
  expect(JSON.parse(explainCode('key-refused', 'json'))).toMatchObject({ code: 'key-refused' });
});

test('knows what was meant by a misspelt code', () => {
  expect(() => explainCode('key-refusd', 'text')).toThrow(UsageError);
  try {
    explainCode('key-refusd', 'text');
  } catch (error) {
    expect((error as UsageError).hint).toBe('Did you mean key-refused?');
  }
});

test('lists all codes in order', () => {
  const codes = (JSON.parse(explainAllCodes('json')) as { code: string }[]).map(({ code }) => code);
  expect(codes).toEqual([...codes].sort());
  expect(codes).toContain('wrong-type');
});

test.each(['network_mode', 'services.web.network_mode', 'services.*.network_mode'])(
  'explains the key %s',
  (path) => {
    const [key] = JSON.parse(explainKeys(path, 'json')) as Record<string, string>[];
    expect(key).toMatchObject({ path: 'services.*.network_mode', outcome: 'mapped' });
    expect(key?.['swarm']).toBe(key?.['embedded']);
  },
);

test('explains a key and what is in it, also by index', () => {
  const text = explainKeys('services.web.ports.0.host_ip', 'text');
  expect(text).toContain('services.*.ports.[].host_ip  (refused)');
  expect(text).toContain('  instead   guard the port');
});

test('prints the whole table, one line for each key', () => {
  const lines = explainKeys(undefined, 'markdown').trimEnd().split('\n');
  expect(lines.length).toBeGreaterThan(350);
  expect(explainKeys(undefined, 'text').split('\n').length).toBeGreaterThan(350);
  expect(lines.every((line) => line.startsWith('| ') || line.startsWith('|-'))).toBe(true);
});

test('refuses a key that there is not', () => {
  expect(() => explainKeys('services.web.cpu', 'text')).toThrow('there is no key');
});
