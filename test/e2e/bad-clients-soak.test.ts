import { readdirSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createSeededRandom } from '../../src/base/random.ts';
import { systemClock } from '../../src/host/system-clock.ts';
import { createEmbeddedCluster } from '../support/embedded-cluster.ts';
import { httpRequest } from '../support/http-request.ts';

/** How long the daemon is maltreated; the full check says 300. */
const SECONDS = Number(process.env['TSTACK_SOAK_SECONDS'] ?? 3);
/** At a time: as many as a badly written script opens. */
const BATCH = 25;
/** What a daemon may grow by while it forgets thousands of them. */
const GROWTH_MB = 96;
const LEFT_OPEN = 10;

const POST = 'Host: x\r\nContent-Type: application/json\r\n';

/** What they send. Whether they end the connection, or leave it, is chance. */
const MISDEEDS: readonly string[] = [
  '',
  'nonsense\r\n\r\n',
  'GET / HTTP/9.9\r\nHost: x\r\n\r\n',
  'GET /v1.51/../../etc/passwd HTTP/1.1\r\nHost: x\r\n\r\n',
  'GET /v1.51/%2e%2e/%00 HTTP/1.1\r\nHost: x\r\n\r\n',
  'GET /v0.1/services HTTP/1.1\r\nHost: x\r\n\r\n',
  `POST /services/create HTTP/1.1\r\n${POST}Content-Length: 100000\r\n\r\n{"Name":`,
  `POST /services/create HTTP/1.1\r\n${POST}Content-Length: 1\r\n\r\n{`,
  `POST /services/create HTTP/1.1\r\n${POST}Content-Length: 99999999999\r\n\r\n`,
  `POST /secrets/create HTTP/1.1\r\n${POST}Transfer-Encoding: chunked\r\n\r\nzz\r\n`,
  `POST /configs/create HTTP/1.1\r\n${POST}Content-Length: 2000\r\n\r\n${'['.repeat(2000)}`,
  `GET /services HTTP/1.1\r\nHost: x\r\nX: ${'a'.repeat(100_000)}\r\n\r\n`,
  'GET /events HTTP/1.1\r\nHost: x\r\n\r\n',
  'POST /exec/x/start HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: tcp\r\nContent-Length: 5\r\n\r\n',
];

const cluster = createEmbeddedCluster();
let pid = 0;

describe.skipIf(process.platform !== 'linux')('bad clients', () => {
  beforeAll(async () => {
    pid = await cluster.start('--runtime=simulated');
  }, 60_000);
  afterAll(() => cluster.destroy(), 60_000);

  test(
    `neither end the daemon nor stay in it, for ${SECONDS} s`,
    { timeout: 400_000 },
    async () => {
      const random = createSeededRandom(11);
      const batch = (): Promise<void[]> =>
        Promise.all(Array.from({ length: BATCH }, () => misbehave(random.next(), random.next())));
      // The first ones make the daemon load what it needs.
      await batch();
      const before = { memory: residentMb(), files: openFiles() };
      const deadline = systemClock.now() + SECONDS * 1000;
      let clients = 0;
      while (systemClock.now() < deadline) {
        await batch();
        clients += BATCH;
        const { status, body } = await httpRequest({ ...AT, method: 'GET', path: '/_ping' });
        expect([status, body.toString()]).toEqual([200, 'OK']);
      }
      await expect.poll(openFiles, { timeout: 30_000 }).toBeLessThan(before.files + LEFT_OPEN);
      const grown = residentMb() - before.memory;
      console.log(`${clients} bad clients; the daemon grew by ${grown.toFixed(1)} MB`);
      expect(grown).toBeLessThan(GROWTH_MB);
    },
  );
});

const AT = { socketPath: cluster.socket } as const;

/** Sends something, and goes away after the first answer, half-closed, or at once. */
function misbehave(which: number, how: number): Promise<void> {
  const bytes = MISDEEDS[Math.floor(which * MISDEEDS.length)] ?? '';
  return new Promise((resolve) => {
    const socket = connect({ path: cluster.socket, allowHalfOpen: true });
    const leave = (): void => {
      socket.destroy();
    };
    socket.on('error', leave);
    socket.on('close', () => resolve());
    socket.on('data', leave);
    socket.on('end', leave);
    socket.setTimeout(300, leave);
    socket.on('connect', () => {
      socket.write(bytes);
      if (how < 1 / 3) leave();
      else if (how < 2 / 3) socket.end();
    });
  });
}

function residentMb(): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1]) / 1024;
}

function openFiles(): number {
  return readdirSync(`/proc/${pid}/fd`).length;
}
