import { expect, test } from 'vitest';
import { familiarImage, parseImage } from '../../../src/swarm/image-reference.ts';

const SHA = `sha256:${'a'.repeat(64)}`;

test.each([
  ['busybox', 'busybox:latest'],
  ['library/busybox', 'busybox:latest'],
  ['docker.io/library/busybox:1', 'busybox:1'],
  ['index.docker.io/org/app', 'org/app:latest'],
  ['reg:5000/a/b', 'reg:5000/a/b:latest'],
  ['localhost/app', 'localhost/app:latest'],
  [`name:1@${SHA}`, `name:1@${SHA}`],
  [`name@${SHA}`, `name@${SHA}`],
])('shows %s as %s', (text, familiar) => {
  const parsed = parseImage(text);
  expect(parsed.kind === 'ok' && familiarImage(parsed.image)).toBe(familiar);
});

test.each([
  ['Nginx', 'invalid reference format: repository name (library/Nginx) must be lowercase'],
  ['a b', 'invalid reference format'],
  [':1', 'invalid reference format'],
  ['app:', 'invalid reference format'],
  [`app@sha256:${'a'.repeat(40)}`, 'invalid reference format'],
  ['a'.repeat(300), 'repository name must not be more than 255 characters'],
  [
    'a'.repeat(64),
    `invalid repository name (${'a'.repeat(64)}), cannot specify 64-byte hexadecimal strings`,
  ],
])('refuses %s', (text, reason) => {
  expect(parseImage(text)).toEqual({ kind: 'error', reason });
});
