import type { Span } from '../base/diagnostic.ts';
import type { ConfigSpec } from '../swarm/config.ts';
import type { NetworkCreate } from '../swarm/network.ts';
import type { SecretSpec } from '../swarm/secret.ts';
import type { ServiceSpec } from '../swarm/service.ts';

/** A network, secret or config that must exist before the deploy. */
export interface ExternalReference {
  /** Key in the file. */
  readonly key: string;
  /** Name in the cluster. */
  readonly name: string;
}

/**
 * How far a service must have got before what depends on it is begun: `order` is written before,
 * `service_started` all its tasks have started, `service_healthy` all run as declared (a task with a
 * health check runs when it is healthy), `service_completed_successfully` all have ended well.
 */
export type DependencyCondition =
  | 'order'
  | 'service_started'
  | 'service_healthy'
  | 'service_completed_successfully';

/** One edge of the order of services (`depends_on`). */
export interface ServiceDependency {
  /** Real name of the service that waits. */
  readonly service: string;
  /** Real name of the service it waits for; declared in the same stack. */
  readonly on: string;
  readonly condition: DependencyCondition;
  /** Whether its tasks are replaced when those of the other are. */
  readonly restarts: boolean;
  /** Whether it is not begun when the other fails. */
  readonly isRequired: boolean;
}

/**
 * What a set of stack files asks for, in Engine API shapes, with real (scoped) names.
 *
 * Pure data: nothing in it depends on a cluster. Names stand where only the cluster knows ids:
 * `Networks[].Target` is a network name; `Secrets[].SecretID`, `Configs[].ConfigID` are empty
 * strings beside their names, and `CredentialSpec.Config` is a config *name*; the planner fills
 * ids in. Image is the familiar form with a tag, unresolved; the label com.docker.stack.image
 * holds the file's spelling. Every list is sorted as spec/stack-file.md says.
 */
export interface StackSpec {
  readonly stack: string;
  readonly networks: readonly NetworkCreate[];
  readonly externalNetworks: readonly ExternalReference[];
  readonly secrets: readonly SecretSpec[];
  readonly externalSecrets: readonly ExternalReference[];
  readonly configs: readonly ConfigSpec[];
  readonly externalConfigs: readonly ExternalReference[];
  readonly services: readonly ServiceSpec[];
  /** Sorted by service; never a cycle. */
  readonly dependencies: readonly ServiceDependency[];
  /** Whether other content of a secret or config becomes another object; absent means no. */
  readonly rotates?: boolean;
  /**
   * Where a part of the request came from, for causes and errors.
   *
   * Looks up a dotted path in the merged file model (`services.web.image`); falls back to the
   * nearest parent that has a place. Costs a located parse on first use.
   */
  readonly locate: (path: readonly (string | number)[]) => Span | undefined;
}
