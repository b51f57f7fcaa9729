import { mkdtempSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createServer, type EngineApiServer } from '../../../src/server/server.ts';
import { httpRequest } from '../../support/http-request.ts';
import { createMemoryBackend } from '../../support/memory-backend.ts';

const folder = mkdtempSync(join(tmpdir(), 'tstack-bad-'));
const socketPath = join(folder, 'engine.sock');
const problems: unknown[] = [];
let server: EngineApiServer;

beforeAll(async () => {
  const backend = createMemoryBackend();
  await backend.membership.init({
    spec: {},
    listenAddr: '127.0.0.1:2377',
    advertiseAddr: '127.0.0.1',
    availability: 'active',
    forceNewCluster: false,
  });
  server = await createServer(backend, { report: (problem) => problems.push(problem) });
  await server.listen({ kind: 'socket', socketPath });
});
afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true });
  expect(problems).toEqual([]);
});

async function post(path: string, body: string | Buffer, type = 'application/json') {
  const headers = { 'content-type': type };
  const answer = await httpRequest({ socketPath, method: 'POST', path, headers, body });
  return [answer.status, answer.body.toString('utf8').trim()] as const;
}

/** Sends bytes as they are, and gives back what comes until the connection ends. */
function raw(bytes: string, { end = true } = {}): Promise<string> {
  return new Promise((resolve, reject) => {
    let got = '';
    const socket: Socket = connect({ path: socketPath, allowHalfOpen: true }, () => {
      socket.write(bytes);
      if (end) socket.end();
    });
    socket.on('data', (chunk) => {
      got += chunk.toString('latin1');
    });
    socket.on('end', () => {
      socket.destroy();
      resolve(got);
    });
    socket.on('error', reject);
  });
}

test.each([
  ['{', 'invalid JSON: unexpected EOF'],
  ['  ', 'invalid JSON: got EOF while reading request body'],
  ['[1,]', "invalid JSON: invalid character ']' looking for beginning of value"],
  ['{"a" 1}', "invalid JSON: invalid character '1' after object key"],
  ['{"a":1 "b"}', `invalid JSON: invalid character '"' after object key:value pair`],
  ['nul', 'invalid JSON: unexpected EOF'],
  ['nulx', "invalid JSON: invalid character 'x' in literal null (expecting 'l')"],
  ['{"a":"\\x"}', "invalid JSON: invalid character 'x' in string escape code"],
  ['{"a":1.}', "invalid JSON: invalid character '}' in numeric literal"],
  ['{"Name":"a"}{"Name":"b"}', 'unexpected content after JSON'],
  ['[]', 'invalid JSON: json: cannot unmarshal array into Go value of type swarm.ServiceSpec'],
  [
    '{"labels":{"a":1}}',
    'invalid JSON: json: cannot unmarshal number into Go struct field ServiceSpec.Labels of type string',
  ],
  [
    '{"TaskTemplate":{"ContainerSpec":{"StopGracePeriod":1e9}}}',
    'invalid JSON: json: cannot unmarshal number 1e9 into Go struct field ServiceSpec.TaskTemplate.ContainerSpec.StopGracePeriod of type time.Duration',
  ],
  [
    '{"Mode":{"Replicated":{"Replicas":-1}}}',
    'invalid JSON: json: cannot unmarshal number -1 into Go struct field ServiceSpec.Mode.Replicated.Replicas of type uint64',
  ],
  ['['.repeat(100_000), 'invalid JSON: exceeded max depth'],
])('body %# is refused in the words of the engine', async (body, message) => {
  expect(await post('/services/create', body)).toEqual([400, JSON.stringify({ message })]);
});

test('unknown fields and odd cases are taken, and no key reaches a prototype', async () => {
  const body = `{"name":"proto","NOPE":{"x":[1e999]},"labels":{"__proto__":"p","constructor":"c"},
    "__proto__":{"Name":"evil"},"TASKTEMPLATE":{"containerspec":{"image":"x","labels":null}}}`;
  const [status] = await post('/services/create', body);
  expect(status).toBe(201);
  const { body: text } = await httpRequest({ socketPath, method: 'GET', path: '/services/proto' });
  expect(text.toString()).toContain('"Labels":{"__proto__":"p","constructor":"c"}');
  expect(({} as Record<string, unknown>)['p']).toBeUndefined();
});

test('content types other than JSON are refused, parameters are not', async () => {
  const ok = '{"Name":"-"}';
  expect(await post('/secrets/create', ok, 'text/plain')).toEqual([
    400,
    `{"message":"unsupported Content-Type header (text/plain): must be 'application/json'"}`,
  ]);
  expect((await post('/secrets/create', ok, '///'))[1]).toContain('malformed Content-Type header');
  expect((await post('/secrets/create', ok, 'Application/JSON; charset=x'))[1]).toContain(
    'invalid name',
  );
});

test('bodies have a limit, far above the largest that makes sense', async () => {
  const data = Buffer.alloc(1_000_000, 'a').toString('base64');
  expect((await post('/configs/create', JSON.stringify({ Name: 'big', Data: data })))[0]).toBe(201);
  const [status, text] = await post('/configs/create', Buffer.alloc(9 * 1024 * 1024, ' '));
  expect([status, text]).toEqual([413, expect.stringContaining('message') as string]);
});

test.each([
  ['/services/..%2f..%2fnodes', 404],
  ['/services/%00', 404],
  ['/services/a%zz', 400],
  ['/../../etc/passwd', 301],
  ['//services', 301],
  ['/v1.51//services', 301],
  ['/v1.51/services/../nodes', 301],
  ['/v1.51/services/', 404],
  ['/SERVICES', 404],
  ['/v01.51/services', 200],
  ['/v1.99999999999999999999/services', 404],
  [`/services/${'a'.repeat(5000)}`, 404],
  ['/tasks?filters=%7B%22service%22%3A%7B%22x%22%3A1%7D%7D', 400],
  ['/services?filters=%7B%22__proto__%22%3A%5B%22x%22%5D%7D', 400],
])('path %# gets its status', async (path, status) => {
  const answer = await raw(`GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
  expect([path.slice(0, 80), Number(answer.slice(9, 12))]).toEqual([path.slice(0, 80), status]);
});

test('what is not HTTP gets one answer and is dropped', async () => {
  expect(await raw('\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03')).toContain('400 Bad Request');
  expect(await raw('GET /_ping HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n')).toContain(
    '400',
  );
  const head = `GET /_ping HTTP/1.1\r\nX-A: ${'a'.repeat(1_100_000)}\r\n\r\n`;
  expect(await raw(head)).toContain('431 Request Header Fields Too Large');
});

test('a client that closes its side early is still answered', async () => {
  const answer = await raw('GET /_ping HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
  expect(answer).toMatch(/^HTTP\/1\.1 200 [\s\S]*\r\n\r\nOK$/);
});

test('an upgrade that is not offered is ignored', async () => {
  const headers = 'Host: x\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n';
  const answer = await raw(`GET /_ping HTTP/1.1\r\n${headers}\r\n`, { end: false });
  expect(answer).toMatch(/^HTTP\/1\.1 200 /);
  const exec = await raw(`POST /exec/nope/start HTTP/1.1\r\n${headers}Content-Length: 2\r\n\r\n{}`);
  expect(exec).toMatch(/^HTTP\/1\.1 404 [\s\S]*No such exec instance: nope/);
});

test('a body that breaks off leaves the server well', async () => {
  const start = 'POST /secrets/create HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n';
  await raw(`${start}Content-Length: 100\r\n\r\n{"Name":`).catch(() => undefined);
  const { status } = await httpRequest({ socketPath, method: 'GET', path: '/_ping' });
  expect(status).toBe(200);
});
