import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createSshAgent } from '../../../src/engine/ssh-agent.ts';
import { unreachableError } from '../../../src/engine/unreachable.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tstack-ssh-'));
  vi.stubEnv('PATH', `${folder}:${process.env['PATH']}`);
});

afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

const ENDPOINT = {
  kind: 'ssh',
  host: 'far',
  user: undefined,
  port: undefined,
  socketPath: undefined,
} as const;

/** One request through an `ssh` that is this shell script. */
function request(script: string): Promise<{ readonly status?: number; readonly error?: Error }> {
  const file = join(folder, 'ssh');
  writeFileSync(file, `#!/bin/sh\n${script}\n`);
  chmodSync(file, 0o755);
  const agent = createSshAgent(ENDPOINT, 1);
  return new Promise((resolve) => {
    get({ host: 'far', path: '/_ping', agent }, (response) => {
      response.resume().on('end', () => {
        resolve({ status: response.statusCode ?? 0 });
        agent.destroy();
      });
    }).on('error', (error) => resolve({ error }));
  });
}

test('a request goes through the process and its end ends nothing too early', async () => {
  const answer = String.raw`printf 'HTTP/1.1 204 No Content\r\n\r\n'; read -r line`;
  expect(await request(answer)).toEqual({ status: 204 });
});

test('a login that fails is told in the words of ssh', async () => {
  const { error } = await request(
    'echo "ssh: connect to host far port 22: Connection refused" >&2; exit 255',
  );
  expect(error).toMatchObject({ code: 'ssh' });
  expect(error?.message).toContain('has exited with exit status 255');
  expect(error?.message).toContain('stderr=ssh: connect to host far port 22: Connection refused');
});

test('a login shell that says something of its own is quoted', async () => {
  const { error } = await request('echo "This account is currently not available."; exit 1');
  const connection = { url: 'ssh://far', source: 'default', endpoint: ENDPOINT } as never;
  const { code = '', message } = error as Error & { readonly code?: string };
  const failure = unreachableError(connection, {
    method: 'HEAD',
    path: '/_ping',
    code,
    message,
    cause: error,
  });
  expect(failure.message).toContain('This account is currently not available.');
});
