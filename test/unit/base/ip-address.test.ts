import { expect, test } from 'vitest';
import {
  containsIp,
  formatCidr,
  formatIp,
  parseCidr,
  parseIp,
} from '../../../src/base/ip-address.ts';

test.each([
  ['10.0.0.1', '10.0.0.1'],
  ['::1', '::1'],
  ['::', '::'],
  ['2001:DB8:0:0:1::1', '2001:db8::1:0:0:1'],
  ['1:0:0:2:0:0:0:3', '1:0:0:2::3'],
  ['::ffff:10.0.0.1', '10.0.0.1'],
  ['fe80::1.2.3.4', 'fe80::102:304'],
])('%s is %s', (text, canonical) => {
  const ip = parseIp(text);
  expect(ip && formatIp(ip)).toBe(canonical);
});

test.each([
  '',
  '10.0.0',
  '10.0.0.256',
  '010.0.0.1',
  '1:2:3',
  '::1::',
  '1:2:3:4:5:6:7:8::',
  'g::1',
  ':1:2:3:4:5:6:7',
  '1.2.3.4::',
  '10.0.0.1/8',
])('%j is no address', (text) => {
  expect(parseIp(text)).toBeUndefined();
});

test('a block clears its host bits and knows what it holds', () => {
  const block = parseCidr('10.1.2.3/9');
  expect(block && formatCidr(block)).toBe('10.0.0.0/9');
  const holds = (text: string): boolean | undefined => {
    const ip = parseIp(text);
    return block && ip && containsIp(block, ip);
  };
  expect([holds('10.127.0.1'), holds('10.128.0.1'), holds('::1')]).toEqual([true, false, false]);
});

test.each(['10.0.0.0', '10.0.0.0/33', '10.0.0.0/x', '10.0.0.0/', '::/129', '10.0.0.0/08'])(
  '%j is no block',
  (text) => {
    expect(parseCidr(text)).toBeUndefined();
  },
);
