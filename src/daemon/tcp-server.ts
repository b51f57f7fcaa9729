import { toInstant, type Clock } from '../base/clock.ts';
import type { EngineApiServer } from '../server/server.ts';
import { expiryOf } from './certificate-authority.ts';
import type { CertificateKeys } from './cluster-keys.ts';
import type { TcpAddress } from './listen-address.ts';

/** Days a server certificate is good for, and before its end to renew it. */
const SERVER_DAYS = 90;
const RENEW_MS = 30 * 86_400_000;

export interface TcpServerOptions {
  readonly address: TcpAddress;
  readonly keys: CertificateKeys;
  readonly clock: Clock;
  /** Of this machine. */
  readonly hostname: string;
  readonly createServer: () => Promise<EngineApiServer>;
  readonly onError: (error: unknown) => void;
}

/** The API over TCP: clients show a certificate of the cluster's root, or nothing is heard. */
export interface TcpServer {
  readonly address: TcpAddress;
  /** When the certificate it shows ends, ms since the epoch; it is renewed before. */
  readonly certificateEnds: number;
  readonly close: () => Promise<void>;
}

/** Listens; a changed root or an old certificate means new ones, and ends all connections. */
export async function openTcpServer(options: TcpServerOptions): Promise<TcpServer> {
  const { address, keys, clock, hostname, createServer, onError } = options;
  let certificateEnds = 0;
  let cancel = (): void => undefined;
  let server: EngineApiServer | undefined;
  let work: Promise<void> = Promise.resolve();
  const renew = (): void => {
    cancel();
    work = work
      .then(() => server?.close())
      .then(async () => {
        server = await listen();
      })
      .catch(onError);
  };
  const listen = async (): Promise<EngineApiServer> => {
    const hosts = [...new Set([address.host, hostname, 'localhost', '127.0.0.1', '::1'])];
    const request = { kind: 'server', commonName: 'tstackd', hosts, days: SERVER_DAYS } as const;
    const { certificate, key } = await keys.issue(request);
    const fresh = await createServer();
    await fresh.listen({ kind: 'tls', ...address, certificate, key, clientCa: keys.authority });
    certificateEnds = expiryOf(certificate);
    cancel = clock.at(toInstant(certificateEnds - RENEW_MS), renew);
    return fresh;
  };
  server = await listen();
  keys.onRotated(renew);
  return {
    address,
    get certificateEnds() {
      return certificateEnds;
    },
    async close() {
      cancel();
      await work;
      cancel();
      await server?.close();
    },
  };
}
