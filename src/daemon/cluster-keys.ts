import { createHash, randomBytes } from 'node:crypto';
import type { Clock } from '../base/clock.ts';
import { engineRefusal } from '../orchestrator/control-error.ts';
import type { StateNotes } from '../host/lmdb-persistence.ts';
import type { ClusterKeys, KeyChange, TlsInfo } from '../server/backend.ts';
import type { CertificateRequest, KeyPair } from './certificate-authority.ts';

const NOTE = 'keys';

/** What is kept, sealed. */
interface SavedKeys {
  readonly authority: KeyPair;
  /** Secret parts of the join tokens, base 36. */
  readonly worker: string;
  readonly manager: string;
}

/** Everything about the cluster's own certificates. */
export interface CertificateKeys extends ClusterKeys {
  /** The root certificate, PEM. */
  readonly authority: string;
  /** When the root ends, ms since the epoch. */
  readonly authorityExpires: number;
  /** A new certificate of this cluster's root. @throws RangeError */
  issue(request: CertificateRequest): Promise<KeyPair>;
  /** Calls back after the root was changed. */
  onRotated(changed: () => void): void;
}

export interface KeysOptions {
  readonly cluster: string;
  readonly clock: Clock;
  readonly notes: StateNotes;
}

/** The keys that were saved, or new ones, saved. */
export async function openClusterKeys(options: KeysOptions): Promise<CertificateKeys> {
  const { cluster, clock, notes } = options;
  const certificates = await import('./certificate-authority.ts');
  const write = (keys: SavedKeys): Promise<void> => notes.write(NOTE, JSON.stringify(keys));
  const newAuthority = (): Promise<KeyPair> => certificates.createAuthority(cluster, clock.now());
  const text = notes.read(NOTE);
  let keys: SavedKeys =
    text === undefined
      ? { authority: await newAuthority(), worker: newSecret(), manager: newSecret() }
      : (JSON.parse(text) as SavedKeys);
  if (text === undefined) await write(keys);
  const watchers: (() => void)[] = [];
  return {
    get authority() {
      return keys.authority.certificate;
    },
    get authorityExpires() {
      return certificates.expiryOf(keys.authority.certificate);
    },
    tlsInfo(): TlsInfo {
      const { certificate } = keys.authority;
      const { subject, publicKey } = certificates.describeAuthority(certificate);
      return {
        TrustRoot: certificate,
        CertIssuerSubject: subject,
        CertIssuerPublicKey: publicKey,
      };
    },
    joinTokens: () => ({ Worker: joinToken(keys, 'worker'), Manager: joinToken(keys, 'manager') }),
    unlockKey: () => '',
    issue: (request) => certificates.issueCertificate(keys.authority, request, clock.now()),
    onRotated: (changed) => watchers.push(changed),
    async change(change: KeyChange) {
      if (change.autolock || change.rotateUnlockKey) {
        throw engineRefusal('autolock is not supported by the embedded cluster', 'not-implemented');
      }
      keys = {
        authority: change.rotateCa ? await newAuthority() : keys.authority,
        worker: change.rotateWorkerToken ? newSecret() : keys.worker,
        manager: change.rotateManagerToken ? newSecret() : keys.manager,
      };
      await write(keys);
      if (change.rotateCa) for (const changed of watchers) changed();
    },
  };
}

/** @source swarmkit ca/config.go (GenerateJoinToken) */
function joinToken(keys: SavedKeys, role: 'worker' | 'manager'): string {
  const digest = createHash('sha256').update(keys.authority.certificate).digest();
  return `SWMTKN-1-${toBase36(digest, 50)}-${keys[role]}`;
}

/** 128 bits in 25 digits. @source swarmkit ca/config.go (generateJoinToken) */
function newSecret(): string {
  return toBase36(randomBytes(16), 25);
}

function toBase36(bytes: Buffer, digits: number): string {
  return BigInt(`0x${bytes.toString('hex')}`)
    .toString(36)
    .padStart(digits, '0');
}
