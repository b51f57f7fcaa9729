import './reflect-metadata.ts';
import { createPrivateKey, randomBytes, webcrypto, X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import {
  BasicConstraintsExtension,
  cryptoProvider,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509CertificateGenerator,
} from '@peculiar/x509';
import type { Instant } from '../base/clock.ts';

/** A certificate and its key, PEM. */
export interface KeyPair {
  readonly certificate: string;
  readonly key: string;
}

/** What a certificate is to be good for. */
export interface CertificateRequest {
  readonly kind: 'server' | 'client';
  /** Of one to 64 letters, digits, dots and dashes. */
  readonly commonName: string;
  /** Names and addresses of a server. */
  readonly hosts: readonly string[];
  readonly days: number;
}

const DAY_MS = 86_400_000;
const AUTHORITY_DAYS = 20 * 365;
const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
/** Clocks of two machines differ. @source swarmkit ca/certificates.go (CertBackdate) */
const BACKDATE_MS = 3_600_000;

cryptoProvider.set(webcrypto);

/** A new root: ECDSA P-256, good for 20 years, as SwarmKit's. */
export async function createAuthority(cluster: string, now: Instant): Promise<KeyPair> {
  const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const certificate = await X509CertificateGenerator.createSelfSigned({
    serialNumber: serialNumber(),
    name: `CN=tstack ${cluster}`,
    ...validity(now, AUTHORITY_DAYS),
    signingAlgorithm: ALGORITHM,
    keys,
    extensions: [
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { certificate: certificate.toString('pem'), key: await exportKey(keys.privateKey) };
}

/** A certificate signed by the root. @throws RangeError an impossible name or duration */
export async function issueCertificate(
  authority: KeyPair,
  request: CertificateRequest,
  now: Instant,
): Promise<KeyPair> {
  const { kind, commonName, hosts, days } = request;
  if (!/^[A-Za-z0-9][A-Za-z0-9.-]{0,63}$/.test(commonName)) {
    throw new RangeError(`invalid name for a certificate: ${JSON.stringify(commonName)}`);
  }
  if (!Number.isInteger(days) || days < 1 || days > 3650) {
    throw new RangeError('a certificate is good for 1 to 3650 days');
  }
  const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const usage = kind === 'server' ? ExtendedKeyUsage.serverAuth : ExtendedKeyUsage.clientAuth;
  const certificate = await X509CertificateGenerator.create({
    serialNumber: serialNumber(),
    subject: `CN=${commonName}`,
    issuer: issuerOf(authority),
    ...validity(now, days),
    signingAlgorithm: ALGORITHM,
    signingKey: await importKey(authority.key),
    publicKey: keys.publicKey,
    extensions: [
      new BasicConstraintsExtension(false, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      new ExtendedKeyUsageExtension([usage]),
      ...(hosts.length === 0 ? [] : [new SubjectAlternativeNameExtension(hosts.map(toName))]),
    ],
  });
  return { certificate: certificate.toString('pem'), key: await exportKey(keys.privateKey) };
}

/** When a certificate (PEM) ends, ms since the epoch. */
export function expiryOf(certificate: string): number {
  return Date.parse(new X509Certificate(certificate).validTo);
}

/** Issuer and public key of a root in DER, base64: what the Engine API tells of it. */
export function describeAuthority(certificate: string): {
  readonly subject: string;
  readonly publicKey: string;
} {
  const { publicKey, raw } = new X509Certificate(certificate);
  const spki = publicKey.export({ type: 'spki', format: 'der' });
  return { subject: subjectOf(raw).toString('base64'), publicKey: spki.toString('base64') };
}

function issuerOf({ certificate }: KeyPair): string {
  return new X509Certificate(certificate).subject;
}

function toName(host: string): { readonly type: 'ip' | 'dns'; readonly value: string } {
  return { type: isIP(host) === 0 ? 'dns' : 'ip', value: host };
}

function validity(now: Instant, days: number) {
  return {
    notBefore: new Date(now - BACKDATE_MS),
    notAfter: new Date(now + days * DAY_MS),
  };
}

function serialNumber(): string {
  const bytes = randomBytes(16);
  bytes[0] = (bytes[0] ?? 0) & 0x7f;
  return bytes.toString('hex');
}

async function exportKey(key: webcrypto.CryptoKey): Promise<string> {
  const der = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', key));
  const pem = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  return pem.export({ type: 'pkcs8', format: 'pem' }).toString();
}

function importKey(pem: string): Promise<webcrypto.CryptoKey> {
  const der = createPrivateKey(pem).export({ type: 'pkcs8', format: 'der' });
  return webcrypto.subtle.importKey('pkcs8', der, ALGORITHM, false, ['sign']);
}

/** The subject's bytes in a certificate: in a root, the issuer's again. */
function subjectOf(raw: Buffer): Buffer {
  const certificate = readElement(raw, 0);
  const body = readElement(raw, certificate.start);
  // Version [0], serial number, signature algorithm; then the issuer, which is the subject of a root.
  let at = body.start;
  for (let skipped = 0; skipped < 3; skipped += 1) at = readElement(raw, at).end;
  return raw.subarray(at, readElement(raw, at).end);
}

/** Bounds of one DER element's content. */
function readElement(raw: Buffer, at: number): { readonly start: number; readonly end: number } {
  const length = raw[at + 1] ?? 0;
  if (length < 0x80) return { start: at + 2, end: at + 2 + length };
  const bytes = length & 0x7f;
  const start = at + 2 + bytes;
  return { start, end: start + raw.readUIntBE(at + 2, bytes) };
}
