import type { Secret, SecretSpec } from '../swarm/secret.ts';

/** Whether a secret's content is the one the file has; `unknown` when only the engine can tell. */
export type SecretMatch = 'same' | 'different' | 'unknown';

/**
 * What this machine remembers of the secrets it has written.
 *
 * An engine never gives a secret's content back, so a keyed digest is kept beside the user's other
 * state. The content of a secret cannot change under one id; therefore a memory never goes stale.
 */
export interface SecretMemory {
  /** Reads once what the look-ups of one command need. */
  compare(secret: Secret, spec: SecretSpec): SecretMatch;
  /** Notes that the engine holds this content under this id. */
  remember(id: string, spec: SecretSpec): void;
  /** Notes that the engine has found other content under this id; for this command only. */
  refute(id: string): void;
  /** Keyed digest of the content, hex; undefined where there is no key. */
  fingerprint(spec: SecretSpec): string | undefined;
}

/** Remembers nothing: every secret has to be compared by the engine. */
export const NO_SECRET_MEMORY: SecretMemory = {
  compare: () => 'unknown',
  remember: () => undefined,
  refute: () => undefined,
  fingerprint: () => undefined,
};
