import type { ConfigSpec } from '../swarm/config.ts';
import type { NetworkCreate } from '../swarm/network.ts';
import type { ConfigId, NetworkId, SecretId, ServiceId } from '../swarm/object.ts';
import type { SecretSpec } from '../swarm/secret.ts';
import type { ServiceSpec } from '../swarm/service.ts';
import type { Gate } from './service-order.ts';

/** One field that differs; `from` is absent when it is new, `to` when it goes away. */
export interface FieldChange {
  /** Dotted path in the Engine API object, `TaskTemplate.ContainerSpec.Image`. */
  readonly path: string;
  readonly from?: unknown;
  readonly to?: unknown;
}

interface OperationFacts {
  /** Position in the plan, from 1. */
  readonly id: number;
  /** Real (scoped) name of the object. */
  readonly name: string;
  /** Why this operation is in the plan, a phrase for people. */
  readonly cause: string;
  /**
   * Operations run after those of lower waves that they depend on; networks, secrets and configs are
   * all done before the first service, removals come after everything.
   */
  readonly wave: number;
  /** Operations that must be done before, by id, ascending. */
  readonly dependsOn: readonly number[];
  /** What differs, sorted by path; empty for all but updates, and kept networks that differ. */
  readonly changes: readonly FieldChange[];
  /** What must have got how far before it is begun; services only, may be empty. */
  readonly waitsFor: readonly Gate[];
}

/** What an update quotes: the object and the version it was decided on. */
interface Versioned<Id> {
  readonly objectId: Id;
  readonly version: number;
}

/**
 * One object and what to do with it.
 *
 * `keep` writes nothing. `secret-verify` sends the secret again: only the engine knows its content,
 * and it refuses a changed one. Service specs hold ids where the snapshot knew them; empty
 * `SecretID`s and `ConfigID`s (and a credential spec's config *name*) are filled in when the
 * operations they depend on are done.
 */
export type Operation = OperationFacts &
  (
    | { readonly kind: 'network-create'; readonly body: NetworkCreate }
    | {
        readonly kind: 'network-keep';
        readonly body: NetworkCreate;
        readonly objectId: NetworkId;
      }
    | { readonly kind: 'secret-create'; readonly spec: SecretSpec }
    | ({ readonly kind: 'secret-update'; readonly spec: SecretSpec } & Versioned<SecretId>)
    | ({ readonly kind: 'secret-verify'; readonly spec: SecretSpec } & Versioned<SecretId>)
    | { readonly kind: 'secret-keep'; readonly objectId: SecretId }
    | { readonly kind: 'config-create'; readonly spec: ConfigSpec }
    | ({ readonly kind: 'config-update'; readonly spec: ConfigSpec } & Versioned<ConfigId>)
    | { readonly kind: 'config-keep'; readonly objectId: ConfigId }
    | { readonly kind: 'service-create'; readonly spec: ServiceSpec }
    | ({ readonly kind: 'service-update'; readonly spec: ServiceSpec } & Versioned<ServiceId>)
    | { readonly kind: 'service-keep'; readonly spec: ServiceSpec; readonly objectId: ServiceId }
    | { readonly kind: 'service-remove'; readonly objectId: ServiceId }
  );

export type OperationKind = Operation['kind'];

/** The operation of one kind. */
export type OperationOf<K extends OperationKind> = Extract<Operation, { kind: K }>;

/** Something the user must know although nothing is done about it. */
export interface PlanNote {
  /** Stable kebab-case word. */
  readonly code: string;
  readonly severity: 'warning' | 'note';
  /** Real name of the object it is about. */
  readonly subject: string;
  readonly message: string;
}

/** Why the plan cannot be carried out; with one of these nothing is written. */
export interface Refusal {
  /** Stable kebab-case word. */
  readonly code: string;
  readonly subject: string;
  readonly message: string;
  /** The next step. */
  readonly hint?: string | undefined;
  /** Whether `--force` makes a warning of it; default no: the engine would refuse it too. */
  readonly isOverridable?: boolean;
}

/** Ids of existing objects by real name. */
export interface KnownIds {
  readonly secrets: ReadonlyMap<string, SecretId>;
  readonly configs: ReadonlyMap<string, ConfigId>;
}

/**
 * What a deploy would do, as data: printable, comparable, executable.
 *
 * Operations are ordered by kind (networks, secrets, configs, services, removals), then name.
 */
export interface Plan {
  readonly stack: string;
  readonly operations: readonly Operation[];
  readonly notes: readonly PlanNote[];
  readonly refusals: readonly Refusal[];
  readonly ids: KnownIds;
  /** Names of the networks services are attached to, by id. */
  readonly networkNames: ReadonlyMap<string, string>;
}

/** Whether carrying out an operation of this kind sends a write request. */
export function isWrite(kind: OperationKind): boolean {
  return !kind.endsWith('-keep');
}

/** Whether the plan would send no write request at all. */
export function isEmptyPlan(plan: Plan): boolean {
  return !plan.operations.some((one) => isWrite(one.kind));
}
