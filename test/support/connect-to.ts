import type { EngineClient } from '../../src/engine/client.ts';
import { resolveConnection } from '../../src/engine/connection.ts';
import { connectEngine } from '../../src/engine/dockerode-client.ts';
import type { TransportOptions } from '../../src/engine/dockerode-transport.ts';
import { systemClock } from '../../src/host/system-clock.ts';

/** How to reach the engine at `url`, with no configuration and no environment. */
export function transportTo(
  url: string,
  options: { readonly timeoutMs?: number; readonly env?: Readonly<Record<string, string>> } = {},
): TransportOptions {
  const connection = resolveConnection(
    { hosts: [url] },
    {
      env: options.env ?? {},
      homeDir: '/nonexistent',
      readFile: () => ({ kind: 'error', code: 'ENOENT', message: 'no such file' }),
    },
  );
  const { timeoutMs } = options;
  return { connection, clock: systemClock, userAgent: 'tstack/test', timeoutMs };
}

/** A real client of the engine at `url`. */
export function connectTo(
  url: string,
  options?: Parameters<typeof transportTo>[1],
): Promise<EngineClient> {
  return connectEngine(transportTo(url, options));
}
