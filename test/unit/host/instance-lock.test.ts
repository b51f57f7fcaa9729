import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { acquireLock, findHolder, processStart } from '../../../src/host/instance-lock.ts';
import { openRotatingFile } from '../../../src/host/rotating-file.ts';

const newDirectory = (): string => mkdtempSync(join(tmpdir(), 'tstack-lock-'));

test('one process holds a directory; it tells where it can be reached', () => {
  const directory = newDirectory();
  expect(findHolder(directory)).toBeUndefined();
  expect(acquireLock(directory, '/run/a.sock')).toEqual({ kind: 'acquired' });
  expect(acquireLock(directory, '/run/b.sock')).toMatchObject({
    kind: 'held',
    holder: { pid: process.pid, socket: '/run/a.sock' },
  });
  expect(findHolder(directory)?.socket).toBe('/run/a.sock');
});

test('the lock of a dead process is taken over, also when its number lives again', async () => {
  const directory = newDirectory();
  const child = spawn('sleep', ['60']);
  const pid = child.pid ?? 0;
  const start = processStart(pid);
  expect(start).not.toBe('');
  writeFileSync(join(directory, 'lock.7'), JSON.stringify({ pid, start, socket: '/x' }));
  expect(findHolder(directory)?.pid).toBe(pid);
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await ended;
  expect(findHolder(directory)).toBeUndefined();
  const reused = { pid: process.pid, start: 'another boot/1', socket: '/x' };
  writeFileSync(join(directory, 'lock.8'), JSON.stringify(reused));
  expect(acquireLock(directory, '/y')).toEqual({ kind: 'acquired' });
  expect(readdirSync(directory)).toEqual(['lock.9']);
});

test('a damaged lock file keeps nobody out', () => {
  const directory = newDirectory();
  for (const text of ['', '{', 'null', '{"pid":"x"}'])
    writeFileSync(join(directory, 'lock.3'), text);
  expect(acquireLock(directory, '/y')).toEqual({ kind: 'acquired' });
});

test('a log takes bounded space, and is private', () => {
  const path = join(newDirectory(), 'log');
  const file = openRotatingFile(path, 1000);
  for (let line = 0; line < 100; line += 1) file.write(`${String(line).padStart(49, '.')}\n`);
  file.close();
  const size = (name: string): number => statSync(name).size;
  expect(size(path)).toBeLessThanOrEqual(1000);
  expect(size(`${path}.1`)).toBeLessThanOrEqual(1000);
  expect(size(path) + size(`${path}.1`)).toBeGreaterThan(1000);
  expect(statSync(path).mode & 0o777).toBe(0o600);
});
