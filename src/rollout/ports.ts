import type { Clock } from '../base/clock.ts';
import type { EngineClient, RegistryAuth } from '../engine/client.ts';
import type { SecretMemory } from '../plan/secret-memory.ts';
import type { Emit } from './events.ts';

/** What deploying and removing need of the world. */
export interface RolloutPorts {
  readonly engine: EngineClient;
  readonly clock: Clock;
  readonly emit: Emit;
  /** Present with `--with-registry-auth`. */
  readonly registryAuth?: RegistryAuth | undefined;
  /** What this machine remembers of secrets; absent means nothing. */
  readonly secretMemory?: SecretMemory | undefined;
  /** Aborted by Ctrl-C; its reason is a CancelledError. */
  readonly signal?: AbortSignal | undefined;
}
