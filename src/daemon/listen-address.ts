import { UsageError } from '../base/errors.ts';

/** Where the API is served to other machines, always with mutual TLS. */
export interface TcpAddress {
  readonly host: string;
  /** 1 to 65535. */
  readonly port: number;
}

const DEFAULT_PORT = 2376;

/**
 * Reads `tcp://HOST[:PORT]`; IPv6 addresses in brackets.
 * @throws UsageError
 */
export function parseListenAddress(text: string): TcpAddress {
  const match = /^tcp:\/\/(?:\[([0-9a-fA-F:.]+)\]|([A-Za-z0-9.-]+))(?::(\d{1,5}))?\/?$/.exec(text);
  const host = match?.[1] ?? match?.[2];
  const port = Number(match?.[3] ?? DEFAULT_PORT);
  if (host !== undefined && port >= 1 && port <= 65_535) return { host, port };
  throw new UsageError(
    `invalid address to listen on: ${JSON.stringify(text)}`,
    `Say tcp://HOST:PORT, for example tcp://127.0.0.1:${DEFAULT_PORT}; TLS with client certificates is always on.`,
  );
}

/** The address as clients write it. */
export function formatTcpAddress({ host, port }: TcpAddress): string {
  return `tcp://${host.includes(':') ? `[${host}]` : host}:${port}`;
}
