import { chmod, rm, stat } from 'node:fs/promises';
import { createServer as createHttpServer, type RequestListener, type Server } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { connect, type Socket } from 'node:net';

/** Where to listen. */
export type ListenAddress =
  | {
      readonly kind: 'socket';
      readonly socketPath: string;
      /** Permission bits; 0600 unless told. */
      readonly mode?: number;
    }
  | {
      /** Clients must show a certificate of the given authority. */
      readonly kind: 'tls';
      readonly host: string;
      readonly port: number;
      /** PEM. */
      readonly certificate: string;
      readonly key: string;
      readonly clientCa: string;
    };

/** Time for the headers of a request, and for all of it, ms: slow senders are dropped. */
const HEADERS_TIMEOUT_MS = 30_000;
const REQUEST_TIMEOUT_MS = 120_000;
const MAX_HEADER_BYTES = 1024 * 1024;

/** A server that listens at the address; the port is 0 for sockets. @throws Error (rejects) */
export async function openServer(
  address: ListenAddress,
  listener: RequestListener,
): Promise<{ readonly server: Server; readonly port: number }> {
  const http = { maxHeaderSize: MAX_HEADER_BYTES, requireHostHeader: false };
  const server =
    address.kind === 'socket'
      ? createHttpServer(http, listener)
      : createHttpsServer({ ...http, ...tlsOptions(address) }, listener);
  server.headersTimeout = HEADERS_TIMEOUT_MS;
  server.requestTimeout = REQUEST_TIMEOUT_MS;
  server.on('clientError', refuseBrokenRequest);
  if (address.kind === 'socket') {
    await removeStaleSocket(address.socketPath);
    await listenOn(server, { path: address.socketPath });
    await chmod(address.socketPath, address.mode ?? 0o600);
  } else await listenOn(server, { host: address.host, port: address.port });
  const bound = server.address();
  return { server, port: typeof bound === 'object' && bound ? bound.port : 0 };
}

function tlsOptions(address: Extract<ListenAddress, { kind: 'tls' }>) {
  return {
    cert: address.certificate,
    key: address.key,
    ca: address.clientCa,
    requestCert: true,
    rejectUnauthorized: true,
    minVersion: 'TLSv1.2' as const,
    ALPNProtocols: ['http/1.1'],
  };
}

function listenOn(
  server: Server,
  where: { path: string } | { host: string; port: number },
): Promise<void> {
  return new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(where, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

/** Ends a server and all its connections. */
export function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

/**
 * Removes a socket file that nobody answers on.
 * @throws Error (rejects) somebody does, or it is no socket
 */
async function removeStaleSocket(path: string): Promise<void> {
  const found = await stat(path).catch(() => undefined);
  if (!found) return;
  if (!found.isSocket()) throw new Error(`${path} exists and is not a socket`);
  const isAnswered = await new Promise<boolean>((resolve) => {
    const socket = connect({ path }, () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
  if (isAnswered) throw new Error(`another daemon answers on ${path}`);
  await rm(path, { force: true });
}

/** What is no HTTP gets one line and is dropped. */
function refuseBrokenRequest(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const line =
    error.code === 'HPE_HEADER_OVERFLOW'
      ? '431 Request Header Fields Too Large'
      : error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
        ? '408 Request Timeout'
        : '400 Bad Request';
  const head = 'Content-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\n';
  socket.end(`HTTP/1.1 ${line}\r\n${head}${line}`);
}
