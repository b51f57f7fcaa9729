import { request } from 'node:http';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test, vi } from 'vitest';
import { createSeededRandom } from '../../../src/base/random.ts';
import { startDaemon, type Daemon, type DaemonOptions } from '../../../src/daemon/daemon.ts';
import { clusterPaths, type ClusterPaths } from '../../../src/daemon/paths.ts';
import { openRuntime } from '../../../src/daemon/runtimes.ts';
import { describeMachine } from '../../../src/host/machine.ts';
import { makePrivateDirectory } from '../../../src/host/private-directory.ts';
import { systemClock } from '../../../src/host/system-clock.ts';
import type { Node } from '../../../src/swarm/node.ts';
import type { Task } from '../../../src/swarm/task.ts';
import { hasProc, processesOf } from '../../support/a-process-runtime.ts';

const root = mkdtempSync(join(tmpdir(), 'tstackd-'));
afterAll(() => rmSync(root, { recursive: true }));

let count = 0;

function newPaths(): ClusterPaths {
  count += 1;
  const env = {
    XDG_STATE_HOME: join(root, `s${count}`),
    XDG_CONFIG_HOME: join(root, `c${count}`),
    XDG_RUNTIME_DIR: join(root, `r${count}`),
  };
  return clusterPaths('lab', { env, homeDirectory: '/nonexistent', uid: 0 });
}

function start(paths: ClusterPaths, options: Partial<DaemonOptions> = {}): Promise<Daemon> {
  for (const directory of [paths.root, paths.runtime]) makePrivateDirectory(directory);
  const random = createSeededRandom(count);
  const quiet = (): void => undefined;
  return startDaemon({
    paths,
    nodes: { managers: 1, workers: 2 },
    settings: {},
    defaultRuntime: 'simulated',
    openRuntime: ({ runtime, images, engine }, traffic) => {
      const user = { uid: 0, home: root };
      const said = { images, engine, version: '0.0.0' };
      const own = { clock: systemClock, random, paths, user, path: '/bin', traffic };
      return openRuntime(runtime, { ...own, ...said, onTrouble: quiet });
    },
    clock: systemClock,
    random,
    machine: describeMachine(),
    version: '0.0.0',
    pid: 1,
    log: { debug: quiet, info: quiet, warn: quiet, error: quiet, fatal: quiet },
    ...options,
  });
}

function ask(paths: ClusterPaths, method: string, path: string, body?: unknown): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const headers = body === undefined ? {} : { 'content-type': 'application/json' };
    const sent = request({ socketPath: paths.socket, method, path, headers }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
      answer.on('end', () => resolve(text === '' ? answer.statusCode : JSON.parse(text)));
    });
    sent.on('error', reject);
    sent.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

const nodesOf = async (paths: ClusterPaths): Promise<readonly Node[]> =>
  (await ask(paths, 'GET', '/nodes')) as readonly Node[];

test('starts a cluster of its own, and is the same one after a restart', async () => {
  const paths = newPaths();
  const first = await start(paths);
  const before = await nodesOf(paths);
  expect(before.map((one) => [one.Description.Hostname, one.Status.State])).toEqual([
    ['manager-1', 'ready'],
    ['worker-1', 'ready'],
    ['worker-2', 'ready'],
  ]);
  expect(first.status()).toMatchObject({ State: 'active', Nodes: { Total: 3, Up: 3 } });
  await first.stop('keep');
  const second = await start(paths);
  expect((await nodesOf(paths)).map((one) => one.ID)).toEqual(before.map((one) => one.ID));
  await second.stop('keep');
});

test('a rehearsed failure outlives the daemon, and leadership moves on', async () => {
  const paths = newPaths();
  const daemon = await start(paths, { nodes: { managers: 3, workers: 0 } });
  expect(await ask(paths, 'POST', '/tstack/v1/nodes/manager-1/fail')).toBe(200);
  await daemon.stop('keep');
  const again = await start(paths);
  const leaders = (await nodesOf(paths)).filter((one) => one.ManagerStatus?.Leader);
  expect(leaders.map((one) => one.Description.Hostname)).toEqual(['manager-2']);
  expect(again.status().Managers).toEqual({ Total: 3, Up: 2, HasQuorum: true });
  expect(await ask(paths, 'POST', '/tstack/v1/nodes/manager-1/recover')).toBe(200);
  expect(again.status().Nodes).toEqual({ Total: 3, Up: 3 });
  await again.stop('keep');
});

test('without a majority of managers nothing is written, and one that recovers brings it back', async () => {
  const paths = newPaths();
  const daemon = await start(paths, { nodes: { managers: 2, workers: 1 } });
  expect(await ask(paths, 'POST', '/tstack/v1/nodes/manager-2/fail')).toBe(200);
  const refusal = {
    message: expect.stringContaining('The swarm does not have a leader') as string,
  };
  expect(await ask(paths, 'POST', '/secrets/create', { Name: 'a', Data: 'eA==' })).toMatchObject(
    refusal,
  );
  expect(await ask(paths, 'DELETE', '/nodes/worker-1?force=true')).toMatchObject(refusal);
  expect(await nodesOf(paths)).toHaveLength(3);
  expect(await ask(paths, 'POST', '/tstack/v1/nodes/manager-2/recover')).toBe(200);
  expect(await ask(paths, 'POST', '/secrets/create', { Name: 'a', Data: 'eA==' })).toHaveProperty(
    'ID',
  );
  await daemon.stop('keep');
});

test.runIf(hasProc)('what ran on a node that failed and was removed is ended', async () => {
  const paths = newPaths();
  const settings = { runtime: 'process' } as const;
  const daemon = await start(paths, { nodes: { managers: 1, workers: 1 }, settings });
  const ContainerSpec = { Image: 'web:1', Command: ['sleep', '1000'] };
  const Placement = { Constraints: ['node.hostname == worker-1'] };
  await ask(paths, 'POST', '/services/create', {
    Name: 'web',
    TaskTemplate: { ContainerSpec, Placement },
  });
  const tasksOf = async () => (await ask(paths, 'GET', '/tasks')) as readonly Task[];
  const task = await vi.waitFor(async () => {
    const [one] = await tasksOf();
    expect(one?.Status.State).toBe('running');
    return one?.ID ?? '';
  }, 20_000);
  expect(await ask(paths, 'POST', '/tstack/v1/nodes/worker-1/fail')).toBe(200);
  expect(processesOf(task)).not.toEqual([]);
  await vi.waitFor(async () => {
    expect(await ask(paths, 'DELETE', '/nodes/worker-1?force=true')).toBe(200);
  }, 60_000);
  await vi.waitFor(() => expect(processesOf(task)).toEqual([]), 20_000);
  await daemon.stop('stop');
});

test('a client may ask it to stop; settings are kept', async () => {
  const paths = newPaths();
  const daemon = await start(paths, { settings: { runtime: 'simulated' } });
  expect(await ask(paths, 'POST', '/tstack/v1/cluster/stop', { Tasks: 'perhaps' })).toMatchObject({
    message: 'invalid Tasks: "perhaps"',
  });
  expect(await ask(paths, 'POST', '/tstack/v1/cluster/stop', { Tasks: 'keep' })).toBe(200);
  expect(await daemon.stopRequested).toBe('keep');
  await daemon.stop('keep');
  const again = await start(paths, { defaultRuntime: 'process' });
  expect(again.status().Runtime).toBe('simulated');
  await again.stop('keep');
});

test('a runtime that cannot be used leaves nothing open', async () => {
  const paths = newPaths();
  const fail = (): Promise<never> => Promise.reject(new Error('no engine'));
  await expect(start(paths, { openRuntime: fail })).rejects.toThrow('no engine');
  const daemon = await start(paths);
  await daemon.stop('keep');
});
