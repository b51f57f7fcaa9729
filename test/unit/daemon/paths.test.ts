import { describe, expect, test } from 'vitest';
import { parseListenAddress } from '../../../src/daemon/listen-address.ts';
import { freeHostname, parseNodeCount } from '../../../src/daemon/node-count.ts';
import { clusterPaths } from '../../../src/daemon/paths.ts';

const source = { env: {}, homeDirectory: '/home/ann', uid: 1000 };

describe('paths of a cluster', () => {
  test('follow the XDG directories, and their defaults', () => {
    expect(clusterPaths('lab', source)).toMatchObject({
      data: '/home/ann/.local/state/tstack/clusters/lab/data',
      keyFile: '/home/ann/.config/tstack/keys/lab.key',
      socket: '/tmp/tstack-1000/lab.sock',
    });
    const env = { XDG_STATE_HOME: '/s/', XDG_CONFIG_HOME: '/c', XDG_RUNTIME_DIR: '/r' };
    expect(clusterPaths('lab', { ...source, env })).toMatchObject({
      data: '/s/tstack/clusters/lab/data',
      keyFile: '/c/tstack/keys/lab.key',
      socket: '/r/tstack/lab.sock',
    });
  });

  test('relative XDG directories are ignored', () => {
    const env = { XDG_STATE_HOME: 'here' };
    expect(clusterPaths('a', { ...source, env }).root).toMatch(/^\/home\/ann\/\.local/);
  });

  test.each(['', '..', 'a/b', '-x', 'A', 'x'.repeat(33), 'a\0'])('refuses the name %j', (name) => {
    expect(() => clusterPaths(name, source)).toThrow('invalid name of an embedded cluster');
  });

  test('refuses a socket path that the kernel would cut off', () => {
    const env = { XDG_RUNTIME_DIR: `/${'r'.repeat(100)}` };
    expect(() => clusterPaths('lab', { ...source, env })).toThrow('socket is too long');
  });
});

test('counts of nodes', () => {
  expect(parseNodeCount('1m')).toEqual({ managers: 1, workers: 0 });
  expect(parseNodeCount('3m+2w')).toEqual({ managers: 3, workers: 2 });
  for (const bad of ['', '3w', '0m', '0m+3w', '1m+', '1m+100w', 'm', '1m 2w', '999m']) {
    expect(() => parseNodeCount(bad), bad).toThrow('invalid number of nodes');
  }
  expect(freeHostname('worker', new Set(['worker-1', 'worker-3']))).toBe('worker-2');
});

test('addresses to listen on', () => {
  expect(parseListenAddress('tcp://0.0.0.0:2377')).toEqual({ host: '0.0.0.0', port: 2377 });
  expect(parseListenAddress('tcp://[::1]')).toEqual({ host: '::1', port: 2376 });
  for (const bad of ['0.0.0.0:2376', 'http://x:1', 'tcp://x:0', 'tcp://x:70000', 'tcp://a b']) {
    expect(() => parseListenAddress(bad), bad).toThrow('invalid address to listen on');
  }
});
