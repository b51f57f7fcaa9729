import type { Config } from '../swarm/config.ts';
import type { Network } from '../swarm/network.ts';
import type { Secret } from '../swarm/secret.ts';
import type { Service } from '../swarm/service.ts';

/**
 * What `observe` saw of a stack at one instant.
 *
 * Everything is engine data, unsorted; what is absent was not there.
 */
export interface Snapshot {
  readonly stack: string;
  /** The engine's, such as `1.43`: it drops what came later. Absent: nothing is dropped. */
  readonly apiVersion?: string;
  /** Whether it is an embedded cluster, which does more than a Swarm; absent means no. */
  readonly isEmbedded?: boolean;
  /** Whether images are only names there: no registry is asked for any. Absent means no. */
  readonly hasOnlyNames?: boolean;
  /** Services that carry the stack's label. */
  readonly services: readonly Service[];
  /** Services without the label whose name a service of the file would need. */
  readonly foreignServices: readonly Service[];
  /** All services without the label; absent means that they were not looked at. */
  readonly otherServices?: readonly Service[];
  /** All networks, and the hidden ones that the stack's services are attached to. */
  readonly networks: readonly Network[];
  /** The stack's secrets and those the file names. */
  readonly secrets: readonly Secret[];
  /** The stack's configs and those the file names. */
  readonly configs: readonly Config[];
}
