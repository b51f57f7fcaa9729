import { X509Certificate } from 'node:crypto';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { EXIT_CODE, UserError } from '../../base/errors.ts';
import type { ClientCertificate } from '../../daemon/cluster-routes.ts';
import type { Context } from '../context.ts';
import { embeddedGlobals, openDaemonApi } from './daemon-api.ts';

/** The root certificate, PEM. */
export async function readAuthority(cluster: string, context: Context): Promise<string> {
  const { Authority } = (await ask(cluster, context, ['GET', '/cluster/ca'])) as {
    readonly Authority: string;
  };
  return Authority;
}

export async function rotateAuthority(cluster: string, context: Context): Promise<void> {
  await ask(cluster, context, ['POST', '/cluster/ca/rotate']);
}

interface Wanted {
  readonly directory: string;
  readonly cluster: string;
  readonly client: string;
  readonly days: number;
}

/**
 * Writes a client's certificate, key and root into a new directory (0700, files 0600).
 * @returns when it ends, RFC 3339
 */
export async function issueCertificates(wanted: Wanted, context: Context): Promise<string> {
  const { directory, cluster, client, days } = wanted;
  const path = resolve(context.workingDirectory, directory);
  if (existsSync(path)) throw notMade(path, 'it exists');
  const answer = (await ask(cluster, context, [
    'POST',
    '/cluster/certificates',
    { Name: client, Days: days },
  ])) as ClientCertificate;
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (cause) {
    throw notMade(path, (cause as Error).message, cause);
  }
  const files = {
    'ca.pem': answer.Authority,
    'cert.pem': answer.Certificate,
    'key.pem': answer.Key,
  };
  for (const [name, text] of Object.entries(files)) {
    writeFileSync(join(path, name), text, { mode: 0o600, flag: 'wx' });
  }
  return new Date(new X509Certificate(answer.Certificate).validTo).toISOString();
}

function notMade(path: string, reason: string, cause?: unknown): UserError {
  return new UserError(`cannot make ${path}: ${reason}`, {
    code: 'directory-not-made',
    exitCode: EXIT_CODE.failed,
    hint: 'Name a directory that does not exist yet.',
    cause,
  });
}

async function ask(
  cluster: string,
  { globals, env, signal }: Context,
  request: readonly ['GET' | 'POST', string, unknown?],
): Promise<unknown> {
  const chosen = { globals: embeddedGlobals(globals, cluster), env, signal };
  const api = await openDaemonApi(chosen, { mayStart: false });
  try {
    const [method, path, body] = request;
    return await api.send(method, path, body);
  } finally {
    api.close();
  }
}
