import { expect, test } from 'vitest';
import { readLogRecords } from '../../../src/engine/log-stream.ts';

const AT = '2026-11-20T00:00:00.000000001Z';
const details = (task: string): string =>
  `com.docker.swarm.node.id=n1,com.docker.swarm.service.id=s1,com.docker.swarm.task.id=${task}`;

function frame(stream: number, text: string): Buffer {
  const head = Buffer.alloc(8);
  head[0] = stream;
  head.writeUInt32BE(Buffer.byteLength(text), 4);
  return Buffer.concat([head, Buffer.from(text)]);
}

async function* inPieces(body: Buffer, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < body.length; at += size) yield body.subarray(at, at + size);
}

async function recordsOf(body: Buffer, size: number, hasTerminal = false): Promise<unknown[]> {
  const records: unknown[] = [];
  const chunks = inPieces(body, size);
  for await (const one of readLogRecords(chunks, { path: '/logs', hasTerminal })) records.push(one);
  return records;
}

const BODY = Buffer.concat([
  frame(1, `${AT} ${details('t1')} hello  world\n`),
  frame(2, `${AT} ${details('t2')} ünder\n`),
  frame(1, `${AT} ${details('t1')} \n`),
]);

test.each([1, 3, 7, 4096])('puts lines together from pieces of %i bytes', async (size) => {
  expect(await recordsOf(BODY, size)).toEqual([
    { stream: 'stdout', timestamp: AT, nodeId: 'n1', taskId: 't1', text: 'hello  world' },
    { stream: 'stderr', timestamp: AT, nodeId: 'n1', taskId: 't2', text: 'ünder' },
    { stream: 'stdout', timestamp: AT, nodeId: 'n1', taskId: 't1', text: '' },
  ]);
});

test('reads the lines of a terminal', async () => {
  const body = Buffer.from(`${AT} ${details('t1')} a\r\n${AT} ${details('t1')} b`);
  expect(await recordsOf(body, 5, true)).toMatchObject([{ text: 'a' }, { text: 'b' }]);
});

test('the engine’s complaint and a stream that is cut are errors, never an end', async () => {
  const complaint = 'warning: incomplete log stream. node n2 is not available';
  await expect(
    recordsOf(Buffer.concat([BODY, frame(3, `${complaint}\n`)]), 64),
  ).rejects.toMatchObject({ message: complaint, code: 'log-cut' });
  await expect(recordsOf(BODY.subarray(0, -3), 64)).rejects.toThrow('the stream was cut short');
});
