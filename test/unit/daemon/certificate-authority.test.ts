import { createServer, get } from 'node:https';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import {
  createAuthority,
  expiryOf,
  issueCertificate,
  type KeyPair,
} from '../../../src/daemon/certificate-authority.ts';
import { toInstant } from '../../../src/base/clock.ts';

const now = toInstant(Date.now());
const client = { kind: 'client', commonName: 'ann', hosts: [], days: 10 } as const;

/** Status of a request with that certificate, or the code of the failure. */
async function ask(port: number, ca: string, pair?: KeyPair): Promise<number | string> {
  return new Promise((resolve) => {
    const tls = { ca, ...(pair && { cert: pair.certificate, key: pair.key }) };
    get({ host: '127.0.0.1', port, agent: false, ...tls }, (answer) => {
      answer.resume();
      resolve(answer.statusCode ?? 0);
    }).on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
  });
}

test('clients of this CA get in, and nobody else', async () => {
  const authority = await createAuthority('lab', now);
  const hosts = ['localhost', '127.0.0.1'];
  const request = { kind: 'server', commonName: 'tstackd', hosts, days: 90 } as const;
  const server = await issueCertificate(authority, request, now);
  const https = createServer(
    {
      cert: server.certificate,
      key: server.key,
      ca: authority.certificate,
      requestCert: true,
      rejectUnauthorized: true,
    },
    (_request, response) => response.end(),
  );
  await new Promise<void>((resolve) => https.listen(0, '127.0.0.1', resolve));
  const { port } = https.address() as AddressInfo;
  const ours = await issueCertificate(authority, client, now);
  const other = await createAuthority('lab', now);
  const theirs = await issueCertificate(other, client, now);
  const expired = await issueCertificate(authority, client, toInstant(now - 11 * 86_400_000));
  const root = authority.certificate;
  expect(await ask(port, root, ours)).toBe(200);
  expect(await ask(port, root)).toMatch(/CERTIFICATE_REQUIRED|ECONNRESET/);
  expect(await ask(port, root, theirs)).toMatch(/UNKNOWN_CA|ECONNRESET|ALERT/);
  expect(await ask(port, root, expired)).toMatch(/EXPIRED|ECONNRESET/);
  expect(await ask(port, root, server)).not.toBe(200);
  expect(await ask(port, other.certificate, ours)).not.toBe(200);
  https.close();
  expect(expiryOf(ours.certificate)).toBeGreaterThan(now + 9.9 * 86_400_000);
});

test('refuses names that could be read as something else, and endless certificates', async () => {
  const authority = await createAuthority('lab', now);
  for (const commonName of ['', 'a,CN=b', 'a\nb', 'x'.repeat(65)]) {
    await expect(issueCertificate(authority, { ...client, commonName }, now)).rejects.toThrow(
      'invalid name for a certificate',
    );
  }
  await expect(issueCertificate(authority, { ...client, days: 0 }, now)).rejects.toThrow('days');
});
