import { mkdtempSync, rmSync } from 'node:fs';
import { request, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { toInstant } from '../../../src/base/clock.ts';
import { createServer, type EngineApiServer } from '../../../src/server/server.ts';
import { httpRequest } from '../../support/http-request.ts';
import { createMemoryBackend } from '../../support/memory-backend.ts';

let server: EngineApiServer | undefined;
let folder = '';
afterEach(async () => {
  await server?.close();
  rmSync(folder, { recursive: true });
});

async function start() {
  folder = mkdtempSync(join(tmpdir(), 'tstack-events-'));
  const socketPath = join(folder, 'engine.sock');
  const backend = createMemoryBackend();
  const swarm = await backend.membership.init({
    spec: {},
    listenAddr: '127.0.0.1:2377',
    advertiseAddr: '127.0.0.1',
    availability: 'active',
    forceNewCluster: false,
  });
  server = await createServer(backend);
  await server.listen({ kind: 'socket', socketPath });
  const clock = backend.virtual;
  if (!clock) throw new Error('the clock is virtual');
  return { backend, swarm, socketPath, clock };
}

/** An open stream: its head has come, its lines are collected. */
function open(socketPath: string, path: string) {
  return new Promise<{ lines: string[]; until: (count: number) => Promise<void>; end: () => void }>(
    (resolve, reject) => {
      const lines: string[] = [];
      let wake = (): void => undefined;
      const sent = request({ socketPath, path, agent: false }, (response: IncomingMessage) => {
        response.on('data', (chunk: Buffer) => {
          lines.push(...chunk.toString('utf8').trimEnd().split('\n'));
          wake();
        });
        response.on('error', () => undefined);
        resolve({
          lines,
          end: () => sent.destroy(),
          until: async (count) => {
            while (lines.length < count) {
              await new Promise<void>((go) => {
                wake = go;
              });
            }
          },
        });
      });
      sent.on('error', reject);
      sent.end();
    },
  );
}

const spec = (Image: string) => ({
  Name: 'web',
  TaskTemplate: { ContainerSpec: { Image } },
  UpdateConfig: { Parallelism: 0, FailureAction: 'pause' as const },
});

test('a stream begins before the first event, and tells what happened to services', async () => {
  const { swarm, socketPath, clock } = await start();
  const stream = await open(socketPath, '/events?filters={"type":["service"]}');
  const service = swarm.control.createService(spec('a:1'));
  clock.advanceTo(clock.now());
  const { Version } = swarm.store.view.get('service', service.ID) ?? service;
  swarm.control.updateService(service.ID, spec('a:2'), { version: Version.Index });
  clock.advanceTo(toInstant(clock.now() + 60_000));
  swarm.control.removeService(service.ID);
  await stream.until(5);
  stream.end();
  const told = stream.lines.map((line) => {
    const { Action, Actor } = JSON.parse(line) as {
      Action: string;
      Actor: { Attributes: Record<string, string> };
    };
    return [Action, Actor.Attributes];
  });
  expect(told).toEqual([
    ['create', { name: 'web' }],
    ['update', { name: 'web', 'image.old': 'a:1', 'image.new': 'a:2' }],
    ['update', { name: 'web', 'updatestate.new': 'updating' }],
    ['update', { name: 'web', 'updatestate.old': 'updating', 'updatestate.new': 'completed' }],
    ['remove', { name: 'web' }],
  ]);
  expect(stream.lines[0]).toMatch(
    /"scope":"swarm","time":1795157100,"timeNano":1795157100000000000\}$/,
  );
});

test('the past is told when asked for, and a stream ends at its time', async () => {
  const { swarm, socketPath, clock } = await start();
  swarm.control.createSecret({ Name: 'a', Data: 'eA==' });
  const seconds = clock.now() / 1000;
  const get = (path: string) => httpRequest({ socketPath, method: 'GET', path });
  const past = await get(`/events?since=${seconds - 10}&until=${seconds - 0.001}`);
  expect(past.body.toString()).toBe('');
  const stream = await open(
    socketPath,
    `/events?since=${seconds}&until=${seconds + 5}&filters={"secret":{"a":true}}`,
  );
  await stream.until(1);
  swarm.control.createSecret({ Name: 'ab', Data: 'eA==' });
  swarm.control.createSecret({ Name: 'b', Data: 'eA==' });
  clock.advanceTo(toInstant(clock.now() + 5000));
  await stream.until(2);
  expect(stream.lines.map((line) => /"name":"(\w+)"/.exec(line)?.[1])).toEqual(['a', 'ab']);
});

test('every listener is given the same bytes', async () => {
  const { swarm, socketPath } = await start();
  const streams = await Promise.all(
    Array.from({ length: 50 }, () => open(socketPath, '/events?filters={"type":["config"]}')),
  );
  swarm.control.createConfig({ Name: 'a', Data: 'eA==' });
  swarm.control.createConfig({ Name: 'b', Data: 'eA==' });
  await Promise.all(streams.map((stream) => stream.until(2)));
  for (const { lines } of streams) expect(lines).toEqual(streams[0]?.lines);
  for (const { end } of streams) end();
});
