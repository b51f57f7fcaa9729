import { mkdtempSync, rmSync } from 'node:fs';
import { createServer as createHttpServer, type Server } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createServer, type EngineApiServer } from '../../../src/server/server.ts';
import { httpRequest } from '../../support/http-request.ts';
import { createMemoryBackend } from '../../support/memory-backend.ts';

const folder = mkdtempSync(join(tmpdir(), 'tstack-pass-'));
const socketPath = join(folder, 'tstackd.sock');
const enginePath = join(folder, 'engine.sock');
const asked: string[] = [];
let engine: Server;
let server: EngineApiServer;

/** An engine that knows two containers, counts what is built, and echoes attached bytes. */
function createEngine(): Server {
  const made = createHttpServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    const path = (request.url ?? '').split('?')[0];
    response.setHeader('Api-Version', '1.41');
    if (path === '/v1.41/containers/json') {
      const task = { Labels: { 'com.docker.swarm.task.id': 't' }, Id: 'a' };
      response.end(JSON.stringify([task, { Labels: null, Id: 'b' }]));
    } else if (path === '/v1.41/build') {
      let size = 0;
      request.on('data', (chunk: Buffer) => {
        size += chunk.length;
      });
      request.on('end', () =>
        response.end(`{"stream":"${size} ${String(request.headers['x-a'])}"}\r\n`),
      );
    } else if (path === '/v1.41/networks/local') {
      response.end(JSON.stringify({ Name: 'local', Scope: 'local' }));
    } else {
      response.statusCode = 404;
      response.end('{"message":"No such container: nope"}\n');
    }
  });
  made.on('upgrade', (request, socket, head) => {
    asked.push(`UPGRADE ${request.url}`);
    const type = 'Content-Type: application/vnd.docker.raw-stream';
    socket.write(`HTTP/1.1 101 UPGRADED\r\n${type}\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n`);
    if (head.length > 0) socket.write(head);
    socket.on('data', (chunk: Buffer) => socket.write(chunk.toString().toUpperCase()));
    socket.on('end', () => socket.end('bye'));
  });
  return made;
}

beforeAll(async () => {
  engine = createEngine();
  await new Promise<void>((resolve) => engine.listen(enginePath, resolve));
  const backend = {
    ...createMemoryBackend(),
    engine: {
      name: `unix://${enginePath}`,
      apiVersion: '1.41',
      connect: () =>
        new Promise<ReturnType<typeof connect>>((resolve, reject) => {
          const socket = connect({ path: enginePath, allowHalfOpen: true }, () => resolve(socket));
          socket.on('error', reject);
        }),
    },
  };
  server = await createServer(backend);
  await server.listen({ kind: 'socket', socketPath });
});
afterAll(async () => {
  await server.close();
  engine.closeAllConnections();
  engine.close();
  rmSync(folder, { recursive: true });
});

test('containers go to the engine at its own version, and come back as ours', async () => {
  const { status, headers, body } = await httpRequest({
    socketPath,
    method: 'GET',
    path: '/v1.50/containers/nope/json?size=1',
  });
  expect([status, body.toString()]).toEqual([404, '{"message":"No such container: nope"}\n']);
  expect(headers['api-version']).toBe('1.51');
  expect(asked.at(-1)).toBe('GET /v1.41/containers/nope/json?size=1');
});

test('a large body is passed on as a stream', async () => {
  const body = Buffer.alloc(20 * 1024 * 1024, 'x');
  const answer = await httpRequest({
    socketPath,
    method: 'POST',
    path: '/build?t=a',
    headers: { 'content-type': 'application/x-tar', 'x-a': 'kept' },
    body,
  });
  expect(answer.body.toString()).toBe(`{"stream":"${body.length} kept"}\r\n`);
});

test('tasks are told by their label', async () => {
  const list = async (isTask: string): Promise<string> => {
    const filters = encodeURIComponent(JSON.stringify({ 'is-task': { [isTask]: true } }));
    const path = `/containers/json?filters=${filters}`;
    return (await httpRequest({ socketPath, method: 'GET', path })).body.toString();
  };
  expect(await list('true')).toMatch(/^\[\{[^[]*"Id":"a"\}\]\n$/);
  expect(await list('false')).toMatch(/^\[\{[^[]*"Id":"b"\}\]\n$/);
});

test('an attached connection is a tunnel, ends included', async () => {
  const got = await new Promise<string>((resolve, reject) => {
    let text = '';
    const socket = connect({ path: socketPath, allowHalfOpen: true }, () => {
      const head = 'Host: x\r\nConnection: Upgrade\r\nUpgrade: tcp\r\nContent-Length: 0\r\n';
      socket.write(`POST /v1.44/containers/a/attach?stream=1 HTTP/1.1\r\n${head}\r\n`);
    });
    socket.on('data', (chunk) => {
      text += chunk.toString();
      if (text.endsWith('\r\n\r\n')) socket.end('hello');
    });
    socket.on('end', () => resolve(text));
    socket.on('error', reject);
  });
  expect(got).toMatch(/^HTTP\/1\.1 101 UPGRADED\r\n[\s\S]*raw-stream[\s\S]*\r\n\r\nHELLObye$/);
  expect(asked.at(-1)).toBe('UPGRADE /v1.41/containers/a/attach?stream=1');
});

test('an engine that is gone is said to be', async () => {
  engine.closeAllConnections();
  await new Promise((resolve) => engine.close(resolve));
  const { status, body } = await httpRequest({ socketPath, method: 'GET', path: '/images/json' });
  expect(status).toBe(503);
  expect(body.toString()).toContain('Cannot connect to the container engine at unix://');
});
