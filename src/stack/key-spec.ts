import type { Codec } from './codec.ts';
import type { ServiceScope } from './service-scope.ts';

/** What becomes of a key on Swarm. */
export type Support = 'supported' | 'ignored' | 'rejected';

/** Which of docker's notices names an ignored key. */
export type Notice = 'unsupported' | 'deprecated';

/**
 * Everything about one key of a service.
 *
 * An omitted member means the phase's default: nothing to convert, no notice.
 */
export interface KeySpec<T> {
  readonly codec: Codec<T>;
  readonly support: Support;
  /** Names the key in a notice even when it is supported (docker does so for `restart`). */
  readonly notice?: Notice;
  /** Why a key is ignored or rejected, and what to do instead. */
  readonly reason?: string;
  /** Puts the merged value into the service spec; reports what the engine could not take. */
  convert?(value: T, scope: ServiceScope): void;
  /** As convert, for a service that does not have the key. */
  convertAbsent?(scope: ServiceScope): void;
}

/** States a key; the type of its value is inferred. */
export function defineKey<T>(key: KeySpec<T>): KeySpec<T> {
  return key;
}

/** A key that is read, merged and shown, but has no effect on Swarm. */
export function ignoredKey<T>(
  codec: Codec<T>,
  reason: string,
  notice: Notice = 'unsupported',
): KeySpec<T> {
  return { codec, support: 'ignored', notice, reason };
}
