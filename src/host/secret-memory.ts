import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SecretMemory } from '../plan/secret-memory.ts';

/** Secrets remembered at most; the ones written longest ago are forgotten first. */
const MAX_ENTRIES = 10_000;

const KEY_BYTES = 32;

interface MemoryFile {
  /** Base64 key of the digests. */
  readonly key: string;
  /** Base64 HMAC-SHA-256 of the content by secret id, oldest first. */
  readonly digests: ReadonlyMap<string, string>;
}

/**
 * Remembers keyed digests of secrets in a file of the state directory, readable by the user only.
 *
 * The key is random and never leaves the file, so a digest tells nothing to who sees it elsewhere.
 * A file that cannot be read or written means that nothing is remembered: the engine then compares
 * instead.
 * @param directory - absolute; created (0700) on the first write
 */
export function openSecretMemory(directory: string): SecretMemory {
  const path = join(directory, 'secrets.json');
  let loaded: MemoryFile | undefined;
  const load = (): MemoryFile => (loaded ??= readMemory(path));
  const refuted = new Set<string>();
  return {
    compare(secret, spec) {
      const { key, digests } = load();
      if (refuted.has(secret.ID)) return 'different';
      const known = digests.get(secret.ID);
      if (known === undefined) return 'unknown';
      return isSame(known, digestOf(key, spec.Data)) ? 'same' : 'different';
    },
    remember(id, spec) {
      const { key, digests } = load();
      const digest = digestOf(key, spec.Data);
      if (digests.get(id) === digest) return;
      const others = [...digests].filter(([known]) => known !== id);
      loaded = { key, digests: new Map([...others.slice(-(MAX_ENTRIES - 1)), [id, digest]]) };
      writeMemory(directory, path, loaded);
    },
    refute: (id) => {
      refuted.add(id);
    },
    fingerprint(spec) {
      const memory = load();
      // Whoever compares later needs the key of today.
      if (memory.digests.size === 0) writeMemory(directory, path, memory);
      return Buffer.from(digestOf(memory.key, spec.Data), 'base64').toString('hex');
    },
  };
}

function digestOf(key: string, data = ''): string {
  return createHmac('sha256', Buffer.from(key, 'base64')).update(data).digest('base64');
}

function isSame(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}

/** What the file holds; an unreadable or foreign file is an empty memory with a new key. */
function readMemory(path: string): MemoryFile {
  const empty: MemoryFile = { key: randomBytes(KEY_BYTES).toString('base64'), digests: new Map() };
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    return empty;
  }
  try {
    const { key, digests } = JSON.parse(text) as {
      readonly key: unknown;
      readonly digests: unknown;
    };
    if (typeof key !== 'string' || typeof digests !== 'object' || digests === null) return empty;
    const entries = Object.entries(digests).filter((one): one is [string, string] => {
      return typeof one[1] === 'string';
    });
    return { key, digests: new Map(entries) };
  } catch {
    return empty;
  }
}

/** Replaces the file in one step; where that cannot be done, the memory lasts for this command. */
function writeMemory(directory: string, path: string, memory: MemoryFile): void {
  const text = JSON.stringify({ key: memory.key, digests: Object.fromEntries(memory.digests) });
  const temporary = `${path}.${randomBytes(6).toString('hex')}`;
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    writeFileSync(temporary, text, { mode: 0o600, flag: 'wx' });
    renameSync(temporary, path);
  } catch {
    // A read-only home is no reason to fail a deploy; the next one asks the engine again.
  }
}
