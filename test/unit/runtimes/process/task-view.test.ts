import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type {
  Assignment,
  StepOutcome,
  StepName,
} from '../../../../src/orchestrator/agent/executor.ts';
import { isBusyboxImage, toHasImage } from '../../../../src/runtimes/process/image-list.ts';
import { resolveCommand } from '../../../../src/runtimes/process/resolve-command.ts';
import { inodesOnPort } from '../../../../src/runtimes/process/socket-owner.ts';
import { planFiles, toResolver } from '../../../../src/runtimes/process/task-view.ts';
import type { ConfigId, SecretId } from '../../../../src/swarm/object.ts';
import { filePlaces } from '../../../../src/runtimes/task-files.ts';
import {
  aProcessRuntime,
  hasProc,
  type TestProcessRuntime,
} from '../../../support/a-process-runtime.ts';
import { anAssignment } from '../../../support/an-assignment.ts';

test('without a list every name is an image; with one, those it names', () => {
  expect(toHasImage(undefined)('whatever:1')).toBe(true);
  const has = toHasImage(['busybox', 'shop/*:1.*', 'registry.test:5000/app']);
  expect(
    [
      'busybox',
      'docker.io/library/busybox:1.36',
      'shop/api:1.2',
      'registry.test:5000/app:x',
      `busybox@sha256:${'a'.repeat(64)}`,
    ].map(has),
  ).toEqual([true, true, true, true, true]);
  expect(['nosuch:1', 'shop/api:2.0', 'busyboxy', 'my/busybox', 'shop/apix1.2'].map(has)).toEqual([
    false,
    false,
    false,
    false,
    false,
  ]);
  expect(['busybox:1', 'alpine', 'nginx', 'my/alpine'].map(isBusyboxImage)).toEqual([
    true,
    true,
    false,
    false,
  ]);
});

test('a program that is not there, or may not be run, has docker’s text and exit code', () => {
  const place = { path: '/usr/bin:/bin', cwd: '/', busybox: undefined };
  expect(resolveCommand(['sh', '-c', 'x'], place)).toEqual({ kind: 'ok', argv: ['sh', '-c', 'x'] });
  expect(resolveCommand(['no-such-thing'], place)).toEqual({
    kind: 'error',
    reason: 'exec: "no-such-thing": executable file not found in $PATH',
    exitCode: 127,
  });
  expect(resolveCommand(['/no/such/thing'], place)).toMatchObject({
    reason: 'exec: "/no/such/thing": no such file or directory',
    exitCode: 127,
  });
  expect(resolveCommand(['/etc/passwd'], place)).toMatchObject({ exitCode: 126 });
});

test('secrets and configs have the targets that a container gives them', () => {
  const places = filePlaces('/f');
  const file = (Name: string) => ({ File: { Name, UID: '0', GID: '0', Mode: 0o444 } });
  const Secrets = [{ SecretID: 'a' as SecretId, SecretName: 'a', ...file('pw') }];
  const Configs = ['app.conf', '/etc/app/x.conf'].map((name) => ({
    ConfigID: 'b' as ConfigId,
    ConfigName: 'b',
    ...file(name),
  }));
  expect(planFiles({ Secrets, Configs }, places)).toEqual([
    { kind: 'file', source: '/f/secrets/pw', target: '/run/secrets/pw' },
    { kind: 'file', source: '/f/configs/app.conf', target: '/app.conf' },
    { kind: 'file', source: '/f/configs/etc/app/x.conf', target: '/etc/app/x.conf' },
  ]);
  expect(() =>
    planFiles({ Configs: Configs.map((one) => ({ ...one, ...file('../x') })) }, places),
  ).toThrow('leaves its directory');
});

test('the resolver asks the cluster first, then the machine’s servers', () => {
  const machines =
    '# made by hand\nnameserver 10.0.0.1\nnameserver 10.0.0.2\nnameserver 10.0.0.3\nsearch lan\n';
  expect(toResolver(machines, '127.0.0.11')).toBe(
    'nameserver 127.0.0.11\nnameserver 10.0.0.1\nnameserver 10.0.0.2\nsearch lan\noptions ndots:0\n',
  );
});

test('a socket is found by its port in whatever state', () => {
  const table = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
  1: 0100007F:D431 0B00007F:0035 01 00000000:00000000 00:00000000 00000000     0        0 4242 2
  2: 00000000:0035 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 4343 2
`;
  expect(inodesOnPort(table, 0xd431)).toEqual(['4242']);
  expect(inodesOnPort(table, 53)).toEqual(['4343']);
});

const isRoot = process.getuid?.() === 0;

/** Takes a step of a task's controller. */
function step(runtime: TestProcessRuntime, assignment: Assignment) {
  const controller = runtime.current().createController(assignment);
  return (name: StepName): Promise<StepOutcome> =>
    new Promise((resolve) => {
      controller[name](resolve);
    });
}

test.runIf(hasProc && isRoot)(
  'files are at their targets for the task, and gone after it',
  async () => {
    const runtime = aProcessRuntime();
    const dir = mkdtempSync(join(tmpdir(), 'tstack-target-'));
    const target = join(dir, 'etc/app.conf');
    const file = { Name: target, UID: '0', GID: '0', Mode: 0o444 };
    const assignment = anAssignment(
      {
        Image: 'web:1',
        Command: ['sh', '-c', `cat ${target} >${dir}/seen; test -s /run/secrets/pw`],
        Configs: [{ ConfigID: 'c' as ConfigId, ConfigName: 'c', File: file }],
        Secrets: [{ SecretID: 's' as SecretId, SecretName: 's', File: { ...file, Name: 'pw' } }],
      },
      {
        files: [
          { kind: 'config', id: 'c', name: 'c', file, data: btoa('colour=green') },
          { kind: 'secret', id: 's', name: 's', file: { ...file, Name: 'pw' }, data: btoa('x') },
        ],
      },
    );
    try {
      const take = step(runtime, assignment);
      expect(await take('prepare')).toMatchObject({ kind: 'done' });
      expect(await take('start')).toMatchObject({ kind: 'done' });
      expect(await take('wait')).toMatchObject({ kind: 'done' });
      expect(readFileSync(join(dir, 'seen'), 'utf8')).toBe('colour=green');
      // On the machine itself there is only what the mount hides.
      expect(readFileSync(target, 'utf8')).toBe('');
      await take('remove');
      expect(existsSync(join(dir, 'etc'))).toBe(false);
    } finally {
      runtime.dispose();
      rmSync(dir, { recursive: true });
    }
  },
);

test.runIf(hasProc)('an image that is not on the list is rejected', async () => {
  const runtime = aProcessRuntime({ images: ['busybox'] });
  const take = step(runtime, anAssignment({ Image: 'nosuch:1', Command: ['true'] }));
  expect(await take('prepare')).toEqual({ kind: 'failed', error: 'No such image: nosuch:1' });
  runtime.dispose();
});
