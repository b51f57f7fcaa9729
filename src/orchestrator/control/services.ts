import { randomId } from '../../base/random.ts';
import { formatTimestamp } from '../../base/timestamp.ts';
import type { ServiceId } from '../../swarm/object.ts';
import type { ServiceSpec } from '../../swarm/service.ts';
import { engineRefusal, rpcError, type ControlError } from '../control-error.ts';
import type { Draft, StoredService } from '../store/stored-object.ts';
import type { Transaction } from '../store/transaction.ts';
import { SPEC_RULES } from '../validate/index.ts';
import { checkPortConflicts } from '../validate/ports.ts';
import { checkReferencesExist } from '../validate/references.ts';
import { firstRefusal } from '../validate/spec-rule.ts';
import { commit, refuse, type ControlContext } from './control-context.ts';
import { lookUp } from './look-up.ts';
import { normaliseServiceSpec } from './normalise-service-spec.ts';
import { randomName } from './random-name.ts';
import {
  checkIngressPresent,
  checkNoIngressAttachment,
  resolveNetworks,
} from './service-networks.ts';

/** What goes with a service spec. */
export interface ServiceCreation {
  /** Ready-made X-Registry-Auth value, stored with the spec. */
  readonly registryAuth?: string | undefined;
}

/** What goes with a new service spec. */
export interface ServiceChange extends ServiceCreation {
  /** Version index of the service that the caller last saw. */
  readonly version: number;
  /** `previous` swaps the specs; empty and `none` do not. */
  readonly rollback?: string | undefined;
  /** Whose credentials to keep when none are sent: `spec` (default) or `previous-spec`. */
  readonly registryAuthFrom?: string | undefined;
}

/**
 * Creates a service.
 * @throws ControlError in the order of spec/orchestrator.md section 23
 * @source swarmkit manager/controlapi/service.go (CreateService)
 */
export function createService(
  context: ControlContext,
  sent: ServiceSpec,
  { registryAuth }: ServiceCreation = {},
): StoredService {
  const Spec = toSpec(context, sent);
  const draft: Draft<StoredService> = {
    ID: randomId(context.random) as ServiceId,
    Spec,
    SpecVersion: 0,
    ...(isJob(Spec) && { JobStatus: { JobIteration: { Index: 0 }, LastExecution: now(context) } }),
    ...(registryAuth !== undefined && { RegistryAuth: registryAuth }),
  };
  return commit(context, (tx) => {
    const { view } = tx;
    refuse(checkNoIngressAttachment(Spec, view));
    refuse(checkPortConflicts(Spec.EndpointSpec, undefined, view));
    refuse(checkIngressPresent(Spec, view));
    refuse(checkReferencesExist(Spec, view));
    if (view.byName('service', Spec.Name)) throw nameTaken(Spec.Name);
    return tx.create('service', draft);
  });
}

/**
 * Changes a service's spec, or with `rollback: 'previous'` swaps it with the previous one.
 *
 * Every change resets the update status, which ends a running update and starts the next.
 * @throws ControlError in the order of spec/orchestrator.md section 23
 * @source swarmkit manager/controlapi/service.go (UpdateService); spec/orchestrator.md section 13.6
 */
export function updateService(
  context: ControlContext,
  idOrName: string,
  sent: ServiceSpec,
  change: ServiceChange,
): StoredService {
  const resolved = resolveNetworks(context, normaliseServiceSpec(sent));
  const refusals = SPEC_RULES.map((rule) => () => rule(resolved));
  const conversion = firstRefusal(refusals);
  if (conversion && !conversion.rpcCode) throw conversion;
  const found = lookUp(context.store.view, 'service', idOrName);
  refuse(checkOptions(found, change));
  refuse(conversion);
  return commit(context, (tx) => {
    refuse(checkChange(found, resolved, tx));
    const current: StoredService = { ...found, Version: { Index: change.version } };
    const next =
      change.rollback === 'previous'
        ? rolledBack(context, current)
        : replaced(current, resolved, change);
    return tx.update('service', isJob(next.Spec) ? nextIteration(context, next) : next);
  });
}

/**
 * Removes a service at once; its tasks are wound up by the orchestrators.
 * @throws ControlError not-found
 */
export function removeService(context: ControlContext, idOrName: string): StoredService {
  const service = lookUp(context.store.view, 'service', idOrName);
  commit(context, (tx) => tx.remove('service', service.ID));
  return service;
}

function toSpec(context: ControlContext, sent: ServiceSpec): ServiceSpec {
  const spec = resolveNetworks(context, normaliseServiceSpec(sent));
  const named = spec.Name === '' ? { ...spec, Name: randomName(context.random) } : spec;
  refuse(firstRefusal(SPEC_RULES.map((rule) => () => rule(named))));
  return named;
}

/** The engine's own checks of the parameters. @source moby daemon/cluster/services.go (UpdateService) */
function checkOptions(service: StoredService, change: ServiceChange): ControlError | undefined {
  const { registryAuth, registryAuthFrom, rollback } = change;
  if (registryAuth === undefined && registryAuthFrom === 'previous-spec' && !service.PreviousSpec) {
    return engineRefusal('service does not have a previous spec', 'internal');
  }
  if (
    registryAuth === undefined &&
    !['', 'spec', 'previous-spec'].includes(registryAuthFrom ?? '')
  ) {
    return engineRefusal('unsupported registryAuthFrom value', 'internal');
  }
  return ['', 'none', 'previous'].includes(rollback ?? '')
    ? undefined
    : engineRefusal(`unrecognized rollback option ${rollback}`, 'internal');
}

function checkChange(
  { ID, Spec }: StoredService,
  next: ServiceSpec,
  { view }: Transaction,
): ControlError | undefined {
  const isEndpointChanged = !isSame(next.EndpointSpec, Spec.EndpointSpec);
  return firstRefusal([
    () => checkNoIngressAttachment(next, view),
    () => (isEndpointChanged ? checkPortConflicts(next.EndpointSpec, ID, view) : undefined),
    () => checkIngressPresent(next, view),
    () => checkOldNetworks(Spec, next),
    () => checkReferencesExist(next, view),
    () => checkSameMode(Spec, next),
    () =>
      Spec.Name === next.Name
        ? undefined
        : rpcError('Unimplemented', 'renaming services is not supported'),
  ]);
}

/** The old-style list may go, but not change. */
function checkOldNetworks(old: ServiceSpec, next: ServiceSpec): ControlError | undefined {
  return !next.Networks || isSame(next.Networks, old.Networks)
    ? undefined
    : rpcError('Unimplemented', 'networks must be migrated to TaskSpec before being changed');
}

function checkSameMode(old: ServiceSpec, next: ServiceSpec): ControlError | undefined {
  const [before] = Object.keys(old.Mode ?? {});
  const [after] = Object.keys(next.Mode ?? {});
  return before === after
    ? undefined
    : rpcError('Unimplemented', 'service mode change is not allowed');
}

function replaced(service: StoredService, Spec: ServiceSpec, change: ServiceChange): StoredService {
  const { UpdateStatus: _status, RegistryAuth, PreviousRegistryAuth, ...rest } = service;
  const kept = change.registryAuthFrom === 'previous-spec' ? PreviousRegistryAuth : RegistryAuth;
  const auth = change.registryAuth ?? kept;
  return {
    ...rest,
    PreviousSpec: service.Spec,
    PreviousSpecVersion: service.SpecVersion,
    ...(RegistryAuth !== undefined && { PreviousRegistryAuth: RegistryAuth }),
    Spec,
    SpecVersion: change.version,
    ...(auth !== undefined && { RegistryAuth: auth }),
  };
}

/** Swaps the specs, so rolling back twice returns to the later one. */
function rolledBack(context: ControlContext, service: StoredService): StoredService {
  const { PreviousSpec, PreviousSpecVersion, RegistryAuth, PreviousRegistryAuth, ...rest } =
    service;
  if (!PreviousSpec) {
    throw rpcError('FailedPrecondition', `service ${service.ID} does not have a previous spec`);
  }
  return {
    ...rest,
    Spec: PreviousSpec,
    SpecVersion: PreviousSpecVersion ?? 0,
    ...(PreviousRegistryAuth !== undefined && { RegistryAuth: PreviousRegistryAuth }),
    PreviousSpec: service.Spec,
    PreviousSpecVersion: service.SpecVersion,
    ...(RegistryAuth !== undefined && { PreviousRegistryAuth: RegistryAuth }),
    UpdateStatus: {
      State: 'rollback_started',
      StartedAt: now(context),
      Message: 'manually requested rollback',
    },
  };
}

/** Any update of a job starts its next iteration. @source spec/orchestrator.md section 8 */
function nextIteration(context: ControlContext, service: StoredService): StoredService {
  const { UpdateStatus: _status, ...rest } = service;
  const Index = (service.JobStatus?.JobIteration.Index ?? 0) + 1;
  return { ...rest, JobStatus: { JobIteration: { Index }, LastExecution: now(context) } };
}

function isJob({ Mode }: ServiceSpec): boolean {
  return Mode?.ReplicatedJob !== undefined || Mode?.GlobalJob !== undefined;
}

/** Normalised specs differ exactly when their JSON does, key order included. */
function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function nameTaken(name: string): ControlError {
  const text = `name conflicts with an existing object: service ${name} already exists`;
  return rpcError('AlreadyExists', text);
}

function now({ clock }: ControlContext): string {
  return formatTimestamp(clock.now());
}
