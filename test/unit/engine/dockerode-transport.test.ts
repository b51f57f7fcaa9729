import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createTcpServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { EngineClient } from '../../../src/engine/client.ts';
import { connectTo } from '../../support/connect-to.ts';
import { FakeEngine } from '../../support/fake-engine-client.ts';
import { serveFakeEngine, type FakeEngineServer } from '../../support/fake-engine-server.ts';

let dir = '';
let socket = '';
let fake: FakeEngine;
let server: FakeEngineServer;
const clients: EngineClient[] = [];

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'transport-'));
  socket = join(dir, 'e.sock');
  fake = new FakeEngine({
    distributions: { 'r.io/a/b:1': { Descriptor: { digest: 'sha256:1' } } },
  });
  server = await serveFakeEngine(socket, fake.client);
});

afterEach(async () => {
  for (const client of clients.splice(0)) client.close();
  await server.close();
  rmSync(dir, { recursive: true });
});

async function connect(options: Parameters<typeof connectTo>[1] = {}): Promise<EngineClient> {
  const client = await connectTo(`unix://${socket}`, options);
  clients.push(client);
  return client;
}

const urls = (): readonly string[] => server.requests.map((one) => `${one.method} ${one.url}`);

describe('negotiation', () => {
  test('costs one ping, and everything after it goes over the same connection', async () => {
    const client = await connect();
    await client.info();
    await client.services.list({ filters: { label: ['a=b'] }, status: true });
    expect(urls()).toEqual([
      'HEAD /_ping',
      'GET /v1.51/info',
      `GET /v1.51/services?filters=${encodeURIComponent('{"label":["a=b"]}')}&status=true`,
    ]);
    expect(server.connections()).toBe(1);
  });

  test('is left out when DOCKER_API_VERSION names the version', async () => {
    const client = await connect({ env: { DOCKER_API_VERSION: '1.43' } });
    await client.info();
    expect(urls()).toEqual(['GET /v1.43/info']);
  });

  test('falls back to GET when HEAD is refused', async () => {
    server.intercept = ({ method }, response) => {
      if (method !== 'HEAD') return false;
      response.writeHead(405).end();
      return true;
    };
    expect((await connect()).apiVersion).toBe('1.51');
    expect(urls()).toEqual(['HEAD /_ping', 'GET /_ping']);
  });

  test.each([
    ['1.40', { code: 'engine-too-old', exitCode: 9 }],
    ['1.24', { code: 'engine-too-old', exitCode: 9 }],
    ['', { code: 'engine-not-found', exitCode: 9 }],
  ])('an engine that offers %j is refused', async (offered, expected) => {
    server.intercept = (_request, response) => {
      response.writeHead(200, offered === '' ? {} : { 'Api-Version': offered }).end();
      return true;
    };
    await expect(connect()).rejects.toMatchObject(expected);
  });

  test('never asks for more than it was written for', async () => {
    server.intercept = (_request, response) => {
      response.writeHead(200, { 'Api-Version': '1.99' }).end();
      return true;
    };
    expect((await connect()).apiVersion).toBe('1.55');
  });
});

describe('what goes over the wire', () => {
  test('registry credentials are a header, and nothing else is', async () => {
    const client = await connect();
    const secret = { Name: 's', Data: 'aHVudGVyMg==' };
    await client.distribution('r.io/a/b:1', { registryAuth: 'QUJD' });
    const spec = {
      Name: 'web',
      TaskTemplate: { ContainerSpec: { Image: 'x', Env: ['P=hunter2'] } },
    };
    const { id } = await client.services.create(spec, { registryAuth: 'QUJD' });
    const { Version } = await client.services.inspect(id);
    await client.services.update(id, spec, { version: Version.Index, registryAuthFrom: 'spec' });
    await client.secrets.create(secret);
    const [, distribution, create, , update, blob] = server.requests;
    expect(distribution?.url).toBe('/v1.51/distribution/r.io/a/b:1/json');
    expect(distribution?.headers['x-registry-auth']).toBe('QUJD');
    expect(create?.headers['x-registry-auth']).toBe('QUJD');
    expect(create?.body).toEqual(spec);
    expect(update?.url).toMatch(/\/update\?version=\d+&registryAuthFrom=spec$/);
    expect(update?.headers['x-registry-auth']).toBeUndefined();
    expect(blob?.body).toEqual(secret);
    const heads = server.requests.map((one) => `${one.url} ${JSON.stringify(one.headers)}`).join();
    expect(heads).not.toMatch(/hunter2|aHVudGVyMg/);
    expect(create?.headers['user-agent']).toBe('tstack/test');
  });

  test('warnings of the engine come back', async () => {
    const client = await connect();
    server.intercept = ({ url }, response) => {
      if (!url.endsWith('/services/create')) return false;
      response.writeHead(201).end('{"ID":"abc","Warnings":["look out"]}');
      return true;
    };
    const created = await client.services.create({ Name: 'w', TaskTemplate: {} });
    expect(created).toEqual({ id: 'abc', warnings: ['look out'] });
  });

  test('null lists are empty', async () => {
    const client = await connect();
    server.intercept = (_request, response) => {
      response.end('null\n');
      return true;
    };
    expect(await client.services.list({})).toEqual([]);
  });

  test('sixteen connections are enough for a hundred calls at once', async () => {
    const client = await connect();
    await Promise.all(Array.from({ length: 100 }, () => client.info()));
    expect(server.connections()).toBeLessThanOrEqual(16);
  });
});

describe('when the answer does not come', () => {
  test('a GET is tried again once on a dead connection, a POST never', async () => {
    const client = await connect();
    let cuts = 0;
    server.intercept = ({ method }, response) => {
      if (method === 'GET' && cuts > 0) return false;
      cuts += 1;
      response.socket?.destroy();
      return true;
    };
    expect((await client.info()).Swarm?.ControlAvailable).toBe(true);
    expect(cuts).toBe(1);
    await expect(client.secrets.create({ Name: 'x' })).rejects.toMatchObject({
      code: 'engine-connection-lost',
      method: 'POST',
      path: '/secrets/create',
      exitCode: 9,
    });
    expect(cuts).toBe(2);
  });

  test('an answer cut in the middle is an error, not a hang', async () => {
    const client = await connect();
    server.intercept = (_request, response) => {
      response.writeHead(200, { 'Content-Length': 100 });
      response.write('[{');
      response.socket?.end();
      return true;
    };
    await expect(client.services.list({})).rejects.toMatchObject({
      code: 'engine-connection-lost',
      kind: 'unavailable',
    });
  });

  test('an answer that is no JSON is an error', async () => {
    const client = await connect();
    server.intercept = (_request, response) => {
      response.end('<html>');
      return true;
    };
    await expect(client.info()).rejects.toMatchObject({ exitCode: 9, path: '/info' });
  });

  test('a silent engine is given up on', async () => {
    const client = await connect({ timeoutMs: 50 });
    server.intercept = () => true;
    await expect(client.info()).rejects.toMatchObject({ code: 'engine-timeout', exitCode: 9 });
  });

  test('aborting ends the call at once with the reason', async () => {
    const client = await connect();
    const controller = new AbortController();
    server.intercept = () => {
      controller.abort();
      return true;
    };
    const call = client.info({ signal: controller.signal });
    await expect(call).rejects.toMatchObject({ name: 'CancelledError' });
  });

  test('refusals keep the words of the engine, whatever the shape of the body', async () => {
    const client = await connect();
    const answers = ['{"message":"no such thing"}', 'plain text\n', ''];
    server.intercept = (_request, response) => {
      response.writeHead(500).end(answers.shift());
      return true;
    };
    const message = (): Promise<string> =>
      client.info().catch((error: Error) => error.message) as Promise<string>;
    expect(await message()).toBe('Error response from daemon: no such thing');
    expect(await message()).toBe('Error response from daemon: plain text');
    expect(await message()).toBe(
      'Error response from daemon: request returned HTTP 500 for GET /info',
    );
  });
});

describe('an engine that cannot be reached', () => {
  test('no socket', async () => {
    await expect(connectTo(`unix://${dir}/nope.sock`)).rejects.toMatchObject({
      exitCode: 9,
      code: 'engine-not-found',
      message: `failed to connect to the docker API at unix://${dir}/nope.sock; check if the path is correct and if the daemon is running: dial unix ${dir}/nope.sock: connect: no such file or directory`,
    });
  });

  test('a file that is no socket, and a socket nobody listens on', async () => {
    writeFileSync(join(dir, 'file'), '');
    await expect(connectTo(`unix://${dir}/file`)).rejects.toMatchObject({ exitCode: 9 });
  });

  test('nobody listens', async () => {
    const port = await freePort();
    await expect(connectTo(`tcp://127.0.0.1:${port}`)).rejects.toMatchObject({
      exitCode: 9,
      code: 'engine-refused',
      message: expect.stringContaining(
        `Cannot connect to the Docker daemon at tcp://127.0.0.1:${port}.`,
      ),
    });
  });

  test('something else listens', async () => {
    const { port, close } = await listen((peer) => peer.end('220 mail ready\r\n'));
    await expect(connectTo(`tcp://127.0.0.1:${port}`)).rejects.toMatchObject({ exitCode: 9 });
    await close();
  });

  test('TLS against an engine without it', async () => {
    const { port, close } = await listen((peer) => peer.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    const call = connectTo(`tcp://127.0.0.1:${port}`, { env: { DOCKER_TLS: '1' } });
    await expect(call).rejects.toMatchObject({ exitCode: 9, code: 'engine-tls' });
    await close();
  });
});

function listen(
  onPeer: (peer: Socket) => void,
): Promise<{ port: number; close: () => Promise<void> }> {
  return new Promise((resolve) => {
    const peers: Socket[] = [];
    const tcp: Server = createTcpServer((peer) => {
      peers.push(peer);
      peer.on('error', () => undefined);
      onPeer(peer);
    }).listen(0, '127.0.0.1', () => {
      const address = tcp.address();
      const port = typeof address === 'object' && address ? address.port : 0;
      const close = (): Promise<void> =>
        new Promise((done) => {
          for (const peer of peers) peer.destroy();
          tcp.close(() => done());
        });
      resolve({ port, close });
    });
  });
}

async function freePort(): Promise<number> {
  const { port, close } = await listen(() => undefined);
  await close();
  return port;
}
