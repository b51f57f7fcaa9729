import { expect, test } from 'vitest';
import { parsePort } from '../../../../src/stack/keys/parse-port.ts';

function shown(written: string): string[] | string {
  const parsed = parsePort(written);
  return parsed.kind === 'error'
    ? parsed.reason
    : parsed.ports.map((one) => `${one.published}:${one.target}/${one.protocol} ${one.ip}`.trim());
}

test.each([
  ['80', ['0:80/tcp']],
  ['80/', ['0:80/tcp']],
  ['8080:80/UDP', ['8080:80/udp']],
  ['127.0.0.1::80', ['0:80/tcp 127.0.0.1']],
  ['[::1]:6001:3000', ['6001:3000/tcp ::1']],
  ['9-11', ['0:10/tcp', '0:11/tcp', '0:9/tcp']],
  ['1009-1010:9-10', ['1010:10/tcp', '1009:9/tcp']],
  ['7000-7001:70', ['7000:70/tcp', '7001:70/tcp']],
])('expands %s in the order of the text target/protocol', (written, ports) => {
  expect(shown(written)).toEqual(ports);
});

test.each([
  ['', 'no port specified: '],
  ['80:', 'no port specified: 80:'],
  ['80/icmp', 'invalid proto: icmp'],
  ['999.0.0.1:80:80', 'invalid IP address: 999.0.0.1'],
  ['70000', 'invalid containerPort: 70000'],
  ['a:80', 'invalid hostPort: a'],
  ['20-10', 'invalid containerPort: 20-10'],
  ['1-3:1-2', 'invalid ranges specified for container and host Ports: 1-3:1-2'],
])('refuses %s', (written, reason) => {
  expect(shown(written)).toBe(reason);
});
