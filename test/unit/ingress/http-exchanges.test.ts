import { expect, test } from 'vitest';
import { HttpExchanges } from '../../../src/ingress/http-exchanges.ts';

type Move = readonly ['>' | '<', string];

/** Whether the connection is between exchanges after each move; every move byte by byte too. */
function follow(moves: readonly Move[]): boolean[] {
  const whole = new HttpExchanges();
  const bytewise = new HttpExchanges();
  return moves.map(([direction, text]) => {
    const bytes = Buffer.from(text, 'latin1');
    const push = (one: HttpExchanges, chunk: Uint8Array): void =>
      direction === '>' ? one.fromClient(chunk) : one.fromServer(chunk);
    push(whole, bytes);
    for (const byte of bytes) push(bytewise, Uint8Array.of(byte));
    expect(bytewise.isBetween).toBe(whole.isBetween);
    return whole.isBetween;
  });
}

const GET = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n';
const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';

test('a connection is free before the first byte and between exchanges', () => {
  expect(new HttpExchanges().isBetween).toBe(true);
  expect(
    follow([
      ['>', GET],
      ['<', OK.slice(0, -1)],
      ['<', 'k'],
      ['>', GET.slice(0, 5)],
      ['>', GET.slice(5)],
      ['<', OK],
    ]),
  ).toEqual([false, false, true, false, false, true]);
});

test('bodies of requests and chunked responses belong to their exchange', () => {
  const post = 'POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\n';
  const chunked = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n5;x=y\r\nhello\r\n';
  expect(
    follow([
      ['>', post],
      ['<', OK],
      ['>', 'body'],
      ['>', GET],
      ['<', chunked],
      ['<', '0\r\nTrailer: x\r\n'],
      ['<', '\r\n'],
    ]),
  ).toEqual([false, false, true, false, false, false, true]);
});

test('pipelined requests are all waited for; responses without body have none', () => {
  expect(
    follow([
      ['>', `HEAD / HTTP/1.1\r\nHost: a\r\n\r\n${GET}`],
      ['<', 'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n'],
      ['<', 'HTTP/1.1 100 Continue\r\n\r\n'],
      ['<', 'HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n'],
    ]),
  ).toEqual([false, false, false, true]);
});

test.each<[string, readonly Move[]]>([
  [
    'an upgrade',
    [
      ['>', GET],
      ['<', 'HTTP/1.1 101 Switching Protocols\r\n\r\n'],
      ['<', OK],
    ],
  ],
  [
    'a tunnel',
    [
      ['>', 'CONNECT a:1 HTTP/1.1\r\n\r\n'],
      ['<', 'HTTP/1.1 200 OK\r\n\r\n'],
    ],
  ],
  [
    'a body until the end',
    [
      ['>', GET],
      ['<', 'HTTP/1.1 200 OK\r\n\r\nsome'],
      ['<', 'more'],
    ],
  ],
  [
    'another protocol',
    [
      ['>', '\x16\x03\x01'],
      ['<', '\x16\x03\x03'],
    ],
  ],
  [
    'a server that speaks first',
    [
      ['<', '220 mail ESMTP\r\n'],
      ['>', GET],
      ['<', OK],
    ],
  ],
  [
    'a bad chunk size',
    [
      ['>', GET],
      ['<', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n'],
    ],
  ],
  ['an endless head', [['>', `GET / HTTP/1.1\r\nA: ${'a'.repeat(70_000)}`]]],
])('%s is never left', (_, moves) => {
  expect(follow(moves).some(Boolean)).toBe(false);
});

test('a server that announces the end is believed', () => {
  const exchanges = new HttpExchanges();
  exchanges.fromClient(Buffer.from(GET));
  exchanges.fromServer(Buffer.from(OK.replace('200 OK', '200 OK\r\nConnection: close')));
  expect(exchanges.isClosing).toBe(true);
});
