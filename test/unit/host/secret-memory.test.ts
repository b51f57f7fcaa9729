import { mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openSecretMemory } from '../../../src/host/secret-memory.ts';
import type { SecretId } from '../../../src/swarm/object.ts';
import type { Secret } from '../../../src/swarm/secret.ts';

const SPEC = { Name: 'shop_key', Data: Buffer.from('canary-4711').toString('base64') };
const SECRET: Secret = {
  ID: 'abc' as SecretId,
  Version: { Index: 1 },
  CreatedAt: '',
  UpdatedAt: '',
  Spec: { Name: 'shop_key' },
};

test('remembers across processes, keyed, for the user only', () => {
  const directory = join(mkdtempSync(join(tmpdir(), 'tstack-')), 'state');
  expect(openSecretMemory(directory).compare(SECRET, SPEC)).toBe('unknown');
  openSecretMemory(directory).remember('abc', SPEC);
  const again = openSecretMemory(directory);
  expect(again.compare(SECRET, SPEC)).toBe('same');
  expect(again.compare(SECRET, { ...SPEC, Data: 'eA==' })).toBe('different');
  const path = join(directory, 'secrets.json');
  expect(statSync(path).mode & 0o777).toBe(0o600);
  const text = readFileSync(path, 'utf8');
  expect(text).not.toContain('canary');
  expect(text).not.toContain(SPEC.Data);
});

test('two machines keep different digests of one secret', () => {
  const read = (): string => {
    const directory = mkdtempSync(join(tmpdir(), 'tstack-'));
    openSecretMemory(directory).remember('abc', SPEC);
    const file = JSON.parse(readFileSync(join(directory, 'secrets.json'), 'utf8')) as {
      digests: Record<string, string>;
    };
    return file.digests['abc'] ?? '';
  };
  expect(read()).not.toBe(read());
});

test.each(['', '{', '[]', '{"key":1}', '{"key":"k","digests":{"abc":1}}'])(
  'a damaged file is an empty memory: %s',
  (text) => {
    const directory = mkdtempSync(join(tmpdir(), 'tstack-'));
    writeFileSync(join(directory, 'secrets.json'), text);
    const memory = openSecretMemory(directory);
    expect(memory.compare(SECRET, SPEC)).toBe('unknown');
    memory.remember('abc', SPEC);
    expect(openSecretMemory(directory).compare(SECRET, SPEC)).toBe('same');
  },
);

test('a directory that cannot be written is no failure', () => {
  const directory = join(mkdtempSync(join(tmpdir(), 'tstack-')), 'file');
  writeFileSync(directory, '');
  const memory = openSecretMemory(directory);
  memory.remember('abc', SPEC);
  expect(memory.compare(SECRET, SPEC)).toBe('same');
});

test('a fingerprint is keyed, and the same for the next command', () => {
  const [here, there] = [1, 2].map(() => mkdtempSync(join(tmpdir(), 'tstack-')));
  const fingerprint = openSecretMemory(here ?? '').fingerprint(SPEC);
  expect(fingerprint).toMatch(/^[0-9a-f]{64}$/);
  expect(openSecretMemory(here ?? '').fingerprint(SPEC)).toBe(fingerprint);
  expect(openSecretMemory(there ?? '').fingerprint(SPEC)).not.toBe(fingerprint);
});
