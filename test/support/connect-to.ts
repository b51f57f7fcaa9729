import type { EngineClient } from '../../src/engine/client.ts';
import { resolveConnection } from '../../src/engine/connection.ts';
import { connectEngine } from '../../src/engine/dockerode-client.ts';
import { systemClock } from '../../src/host/system-clock.ts';

/** A real client of the engine at `url`, with no configuration and no environment. */
export function connectTo(
  url: string,
  options: { readonly timeoutMs?: number; readonly env?: Readonly<Record<string, string>> } = {},
): Promise<EngineClient> {
  const connection = resolveConnection(
    { hosts: [url] },
    {
      env: options.env ?? {},
      homeDir: '/nonexistent',
      readFile: () => ({ kind: 'error', code: 'ENOENT', message: 'no such file' }),
    },
  );
  const { timeoutMs } = options;
  return connectEngine({ connection, clock: systemClock, userAgent: 'tstack/test', timeoutMs });
}
