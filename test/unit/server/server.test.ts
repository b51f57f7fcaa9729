import { afterEach, expect, test } from 'vitest';
import { createServer, type EngineApiServer } from '../../../src/server/server.ts';
import { createMemoryBackend } from '../../support/memory-backend.ts';

let server: EngineApiServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

async function start({ inSwarm }: { inSwarm: boolean }) {
  const backend = createMemoryBackend();
  if (inSwarm) {
    await backend.membership.init({
      spec: {},
      listenAddr: '127.0.0.1:2377',
      advertiseAddr: '127.0.0.1',
      availability: 'active',
      forceNewCluster: false,
    });
  }
  server = await createServer(backend);
  return { backend, inject: server.inject };
}

test('ping carries what clients negotiate with', async () => {
  const { inject } = await start({ inSwarm: false });
  const { statusCode, headers, body } = await inject({ method: 'HEAD', url: '/_ping' });
  expect([statusCode, body]).toEqual([200, '']);
  expect(headers).toMatchObject({
    'api-version': '1.51',
    swarm: 'inactive',
    ostype: 'linux',
    server: 'Docker/28.5.2 (linux)',
    'docker-experimental': 'false',
  });
  expect((await inject('/v1.44/_ping')).body).toBe('OK');
});

test('versions out of range are refused, unknown paths are unknown at any version', async () => {
  const { inject } = await start({ inSwarm: false });
  const tooNew = await inject('/v1.99/version');
  expect([tooNew.statusCode, tooNew.json()]).toEqual([
    400,
    { message: 'client version 1.99 is too new. Maximum supported API version is 1.51' },
  ]);
  const tooOld = await inject('/v1.10/version');
  expect(tooOld.headers['content-type']).toBe('text/plain; charset=utf-8');
  expect(tooOld.body).toBe(
    'client version 1.10 is too old. Minimum supported API version is 1.24, please upgrade your client to a newer version\n',
  );
  for (const url of ['/v9.99/nope', '/vX/services', '/services/']) {
    const { statusCode, headers, body } = await inject(url);
    expect([url, statusCode, body]).toEqual([url, 404, '{"message":"page not found"}\n']);
    expect(headers['api-version']).toBeUndefined();
  }
});

test('outside a swarm every swarm endpoint says how to make one', async () => {
  const { inject } = await start({ inSwarm: false });
  for (const url of ['/services', '/nodes', '/tasks', '/tasks/x', '/services?status=maybe']) {
    const { statusCode, body } = await inject(url);
    expect(statusCode, url).toBe(503);
    expect(body).toContain('This node is not a swarm manager. Use \\"docker swarm init\\"');
  }
});

test('a service is created, listed with its status, and inspected', async () => {
  const { inject, backend } = await start({ inSwarm: true });
  const created = await inject({
    method: 'POST',
    url: '/v1.51/services/create',
    headers: { 'content-type': 'application/json; charset=utf-8' },
    payload: '{"name":"web","tasktemplate":{"containerspec":{"image":"busybox"}}}',
  });
  expect([created.statusCode, created.json()]).toEqual([
    201,
    { ID: expect.stringMatching(/^[0-9a-z]{25}$/) as string, Warnings: null },
  ]);
  backend.virtual?.advanceTo(backend.virtual.now());
  const [service] = (await inject('/services?status=1')).json<Record<string, unknown>[]>();
  expect(service).toMatchObject({
    Spec: { Name: 'web', Mode: { Replicated: { Replicas: 1 } } },
    ServiceStatus: { RunningTasks: 1, DesiredTasks: 1, CompletedTasks: 0 },
  });
  const tasks = (await inject('/tasks?filters={"service":{"web":true}}')).json<unknown[]>();
  expect(tasks).toMatchObject([{ Slot: 1, Status: { State: 'running' }, Volumes: null }]);
});
