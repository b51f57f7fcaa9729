import { createServer, type Server, type Socket } from 'node:net';
import type { DialOptions } from './dial.ts';
import type { Frontend } from './endpoints.ts';
import { TcpConnection } from './tcp-connection.ts';

/** A frontend that listens, whatever it carries. */
export interface Listener {
  /** Resolves when it listens; rejects when the address cannot be had. */
  readonly listening: Promise<void>;
  /** Takes no more; what is open goes on with `graceful`, else it is closed too. */
  close(how: 'graceful' | 'at once'): void;
}

/** Listens for connections of one frontend on one address. */
export function listenTcp(
  address: string,
  port: number,
  frontendNow: () => Frontend | undefined,
  options: DialOptions,
): Listener {
  const open = new Set<TcpConnection>();
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (client: Socket) => {
    const connection = new TcpConnection(client, frontendNow, options);
    open.add(connection);
    client.once('close', () => open.delete(connection));
  });
  return {
    listening: listening(server, address, port),
    close: (how) => {
      server.close();
      if (how === 'at once') for (const connection of open) connection.destroy();
    },
  };
}

function listening(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port, ipv6Only: host.includes(':'), backlog: 1024 }, () => {
      server.off('error', reject);
      // Running out of files ends an accept, not the listener.
      server.on('error', () => undefined);
      resolve();
    });
  });
}
