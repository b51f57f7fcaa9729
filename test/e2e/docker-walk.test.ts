import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { systemClock } from '../../src/host/system-clock.ts';
import { createServer } from '../../src/server/server.ts';
import { createMemoryBackend, TEST_FACTS } from '../support/memory-backend.ts';
import { simulatedShell } from '../support/simulated-shell.ts';
import { walkThrough } from './docker-walk.ts';

/** The docker command, if it is here and new enough. */
function hasDocker(): boolean {
  try {
    return /version 2[89]\./.test(execFileSync('docker', ['--version'], { encoding: 'utf8' }));
  } catch {
    return false;
  }
}

test.skipIf(!hasDocker())(
  'the docker command walks through the embedded cluster',
  { timeout: 600_000 },
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'tstack-walk-server-'));
    const socket = join(folder, 'engine.sock');
    const problems: unknown[] = [];
    const backend = createMemoryBackend({ clock: systemClock, ...simulatedShell });
    const server = await createServer(backend, { report: (problem) => problems.push(problem) });
    try {
      await server.listen({ kind: 'socket', socketPath: socket });
      const results = await walkThrough({
        kind: 'embedded',
        socket,
        host: TEST_FACTS.hostname,
        image: 'busybox:latest',
      });
      expect(results.length).toBeGreaterThanOrEqual(100);
      const failed = results.filter((one) => one.problems.length > 0);
      expect(failed.map(({ command, problems: why }) => ({ command, why }))).toEqual([]);
      expect(problems).toEqual([]);
    } finally {
      await server.close();
      await backend.membership.leave();
      rmSync(folder, { recursive: true });
    }
  },
);
