import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto';
import { closeSync, fstatSync, fsyncSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { linkSync, unlinkSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { StateError } from './state-error.ts';

const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const PREFIX = 'tstack-state-key-1 ';

/** Seals rows of the state: AES-256-GCM, each bound to its own place. */
export interface StateKey {
  /** Names the key without telling it. */
  readonly id: string;
  /** Nonce, tag, ciphertext. */
  seal(place: string, text: string): Buffer;
  /** The text sealed for that place; undefined when a bit of it, or the place, is not as it was. */
  open(place: string, sealed: Uint8Array): string | undefined;
}

/** A key from its 32 bytes. */
export function createStateKey(bytes: Buffer): StateKey {
  return {
    id: createHmac('sha256', bytes).update('tstack-state-key-id').digest('hex').slice(0, 16),
    seal(place, text) {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv('aes-256-gcm', bytes, nonce);
      cipher.setAAD(Buffer.from(place));
      const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
      return Buffer.concat([nonce, cipher.getAuthTag(), sealed]);
    },
    open(place, sealed) {
      if (sealed.length < NONCE_BYTES + TAG_BYTES) return undefined;
      const decipher = createDecipheriv('aes-256-gcm', bytes, sealed.subarray(0, NONCE_BYTES));
      decipher.setAAD(Buffer.from(place));
      decipher.setAuthTag(sealed.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
      const text = decipher.update(sealed.subarray(NONCE_BYTES + TAG_BYTES));
      try {
        return Buffer.concat([text, decipher.final()]).toString('utf8');
      } catch {
        return undefined;
      }
    },
  };
}

/**
 * Reads a key file.
 * @throws StateError `key-missing`, `key-wrong` (not a key) or `key-open` (others may read it)
 */
export function readKeyFile(path: string, cluster: string): StateKey {
  let descriptor: number;
  try {
    descriptor = openSync(path, 'r');
  } catch (cause) {
    const message = `the key of cluster ${cluster} cannot be read: ${(cause as Error).message}`;
    throw new StateError(message, { trouble: 'key-missing', cluster, cause });
  }
  try {
    if ((fstatSync(descriptor).mode & 0o077) !== 0) {
      const message = `the key of cluster ${cluster} is open to others: ${path}`;
      throw new StateError(message, { trouble: 'key-open', cluster });
    }
    const text = readFileSync(descriptor, 'utf8').trim();
    const bytes = Buffer.from(text.slice(PREFIX.length), 'base64');
    if (text.startsWith(PREFIX) && bytes.length === KEY_BYTES) return createStateKey(bytes);
    const message = `${path} is not a key of a tstack cluster`;
    throw new StateError(message, { trouble: 'key-wrong', cluster });
  } finally {
    closeSync(descriptor);
  }
}

/** Reads the key file, or makes one (0600) when there is none; a half-written one is never seen. */
export function readOrCreateKeyFile(path: string, cluster: string): StateKey {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const temporary = `${path}.${randomBytes(6).toString('hex')}`;
  const descriptor = openSync(temporary, 'wx', 0o600);
  try {
    writeSync(descriptor, `${PREFIX}${randomBytes(KEY_BYTES).toString('base64')}\n`);
    fsyncSync(descriptor);
    linkSync(temporary, path);
    syncDirectory(dirname(path));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    closeSync(descriptor);
    unlinkSync(temporary);
  }
  return readKeyFile(path, cluster);
}

/** Makes a new or renamed entry of a directory survive a power cut. */
export function syncDirectory(path: string): void {
  const descriptor = openSync(path, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
