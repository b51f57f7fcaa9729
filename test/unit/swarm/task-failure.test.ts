import { expect, test } from 'vitest';
import { classifyFailure, type FailureClass } from '../../../src/swarm/task-failure.ts';
import type { TaskState } from '../../../src/swarm/task-state.ts';

/** Texts of engines and of SwarmKit, and what they are about. */
const TEXTS: readonly (readonly [TaskState, string, FailureClass])[] = [
  ['rejected', 'No such image: nginx:1.99', 'image-pull'],
  [
    'rejected',
    'manifest for nginx:1.99 not found: manifest unknown: manifest unknown',
    'image-pull',
  ],
  [
    'rejected',
    'no matching manifest for linux/arm64/v8 in the manifest list entries',
    'image-pull',
  ],
  ['rejected', 'toomanyrequests: You have reached your pull rate limit.', 'image-pull'],
  ['rejected', 'pull access denied for acme/app, repository does not exist', 'credential'],
  ['rejected', 'unauthorized: authentication required', 'credential'],
  ['rejected', 'denied: requested access to the resource is denied', 'credential'],
  ['failed', 'task: non-zero exit (1)', 'crash'],
  ['failed', 'task: non-zero exit (139)', 'crash'],
  ['failed', 'task: non-zero exit (137): dockerexec: unhealthy container', 'health'],
  ['failed', 'container init was OOM-killed (memory limit too low?)', 'oom'],
  ['pending', 'no suitable node (insufficient resources on 3 nodes)', 'scheduling'],
  ['pending', 'no suitable node (scheduling constraints not satisfied on 2 nodes)', 'scheduling'],
  ['pending', 'no suitable node (unsupported platform on 1 node)', 'scheduling'],
  ['pending', 'no suitable node (max replicas per node limit exceed)', 'scheduling'],
  ['pending', 'no suitable node (host-mode port already in use on 3 nodes)', 'port'],
  ['rejected', 'assigned node no longer meets constraints', 'scheduling'],
  [
    'rejected',
    'invalid mount config for type "bind": bind source path does not exist: /srv',
    'volume',
  ],
  ['failed', 'invalid bind mount source, source path not found: /srv', 'volume'],
  ['rejected', 'error while mounting volume with options: type=nfs: permission denied', 'volume'],
  ['rejected', 'invalid volume mount source, must not be an absolute path: /a', 'volume'],
  ['rejected', 'network shop_back not found', 'network'],
  ['rejected', 'could not find an available, non-overlapping IPv4 address pool', 'network'],
  ['rejected', 'no available IPv4 addresses on this network’s address pools', 'network'],
  [
    'failed',
    'starting container failed: driver failed programming external connectivity on endpoint web: Bind for 0.0.0.0:80 failed: port is already allocated',
    'port',
  ],
  [
    'failed',
    'starting container failed: exec: "nope": executable file not found in $PATH',
    'command',
  ],
  ['failed', 'starting container failed: exec /app: exec format error', 'command'],
  ['orphaned', '', 'node-lost'],
  ['failed', 'something that nobody has seen', 'unknown'],
];

test.each(TEXTS)('%s “%s” is %s', (State, Err, expected) => {
  expect(classifyFailure({ State, Err }).class).toBe(expected);
});

test('a killed task is out of memory when it has a limit, and a crash when it has none', () => {
  const status = { State: 'failed', Err: 'task: non-zero exit (137)' } as const;
  expect(classifyFailure(status)).toMatchObject({ class: 'crash', exitCode: 137 });
  expect(classifyFailure(status, { memoryBytes: 32 * 2 ** 20 })).toMatchObject({
    class: 'oom',
    meaning: expect.stringContaining('32 MiB'),
  });
});
