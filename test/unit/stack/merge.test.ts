import { expect, test } from 'vitest';
import type { ServiceModel } from '../../../src/stack/model.ts';
import type { Compat } from '../../../src/stack/read-stack.ts';
import { loadText } from '../../support/load-fixture.ts';

/** Merges service `a` of two files; both say what is given here besides the image. */
function merged(base: string, over: string, compat: Compat = 'none'): ServiceModel {
  const { model } = loadText([`services: {a: {image: app, ${base}}}`, `services: {a: {${over}}}`], {
    compat,
  });
  return model.services['a'] ?? {};
}

test('zero overrides only where docker holds a pointer to a number', () => {
  const service = merged(
    'deploy: {replicas: 3, update_config: {parallelism: 2, delay: 10s}}, stop_grace_period: 5s',
    'deploy: {replicas: 0, update_config: {parallelism: 0, delay: 0s}}, stop_grace_period: 0s',
  );
  expect(service.deploy).toEqual({ replicas: 0, update_config: { parallelism: 0, delay: 10e9 } });
  expect(service.stop_grace_period).toBe(5e9);
});

test('an empty later variable does not override, an empty later label does', () => {
  const service = merged(
    'environment: {A: base}, labels: {A: base}',
    'environment: {A: ""}, labels: {A: ""}',
  );
  expect({ ...service.environment }).toEqual({ A: 'base' });
  expect({ ...service.labels }).toEqual({ A: '' });
});

test('a later command replaces, a later health test is appended', () => {
  const service = merged(
    'command: [one], healthcheck: {test: [CMD, one]}',
    'command: two words, healthcheck: {test: [CMD, two]}',
  );
  expect(service.command).toEqual(['two', 'words']);
  expect(service.healthcheck?.test).toEqual(['CMD', 'one', 'CMD', 'two']);
});

test('another log driver replaces the options, the same one unites them', () => {
  const base = 'logging: {driver: syslog, options: {a: 1}}';
  expect(merged(base, 'logging: {driver: json-file}').logging).toEqual({ driver: 'json-file' });
  expect(merged(base, 'logging: {options: {b: 2}}').logging).toEqual({
    driver: 'syslog',
    options: { a: '1', b: '2' },
  });
});

test('a network in both files loses its aliases unless the later one is null', () => {
  const base = 'networks: {n: {aliases: [x], driver_opts: {k: v}}}';
  const aliases = (over: string): unknown => merged(base, over).networks?.['n']?.aliases;
  expect(aliases('networks: {n: }')).toEqual(['x']);
  expect(aliases('networks: {n: {ipv4_address: 10.0.0.1}}')).toBeUndefined();
});

test('tcp and udp on one published port stay apart, except for docker', () => {
  const base = 'ports: ["53:53/tcp", "53:53/udp"]';
  const count = (compat: Compat): number =>
    merged(base, 'ports: ["80:80"]', compat).ports?.length ?? 0;
  expect(count('none')).toBe(3);
  expect(count('docker')).toBe(2);
});

test('a later file that does not mention a list leaves it alone, except for docker', () => {
  const base = 'ports: ["9001", "9000", "80:80"]';
  const targets = (compat: Compat): unknown =>
    merged(base, 'hostname: h', compat).ports?.map(({ target }) => target);
  expect(targets('none')).toEqual([9001, 9000, 80]);
  expect(targets('docker')).toEqual([9000, 80]);
});
