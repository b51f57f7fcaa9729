import { byString } from '../base/compare.ts';
import { sortTopologically } from '../base/topology.ts';
import type { StackSpec } from '../stack/stack-spec.ts';
import type { ConfigId, SecretId } from '../swarm/object.ts';
import type { Service, ServiceSpec } from '../swarm/service.ts';
import { parseDependsOn } from '../swarm/dependency-label.ts';
import { parseRebalance } from '../swarm/rebalance-label.ts';
import { withLiveReplicas } from '../swarm/live-replicas.ts';
import { newerFields } from '../swarm/newer-fields.ts';
import { descopeName, scopeName } from '../swarm/stack-labels.ts';
import { decideBlob } from './blob-operations.ts';
import { chooseImage, type Resolutions } from './images.ts';
import {
  driftVerdict,
  externalNetworkRefusals,
  networkDrift,
  ownNetwork,
  takenNetworkName,
} from './network-operations.ts';
import { PlanDraft, WAVE } from './plan-draft.ts';
import type { KnownIds, Plan } from './plan.ts';
import type { PlanOptions } from './plan-options.ts';
import { NO_SECRET_MEMORY, type SecretMemory } from './secret-memory.ts';
import { ServiceOrder } from './service-order.ts';
import {
  decideService,
  modeChange,
  modeName,
  networkNamesOf,
  withIds,
  type ServiceDecision,
} from './service-operations.ts';
import type { Snapshot } from './snapshot.ts';

/** What planning needs beside the file and the cluster. */
export interface PlanContext {
  readonly options: PlanOptions;
  /** What the registries said of the images of `imagesToResolve`. */
  readonly resolutions: Resolutions;
  readonly secretMemory?: SecretMemory | undefined;
  /** Whether there are registry credentials to hand over for an image; absent means never. */
  readonly hasCredentials?: ((image: string) => boolean) | undefined;
}

/** The services of a snapshot by real name. */
export function servicesByName(snapshot: Snapshot): ReadonlyMap<string, Service> {
  return new Map(snapshot.services.map((one) => [one.Spec.Name, one]));
}

/**
 * Computes what has to be done for the cluster to hold what the file asks for.
 *
 * Pure. Everything that can be known to fail before the first write is a refusal in the plan;
 * planning what was just applied gives a plan without writes (jobs aside, which run each time).
 */
export function planStack(spec: StackSpec, snapshot: Snapshot, context: PlanContext): Plan {
  const draft = new PlanDraft(spec.stack);
  const ids = knownIds(snapshot);
  planNetworks(spec, { snapshot, context, draft });
  planSecrets(spec, { snapshot, context, draft });
  planConfigs(spec, { snapshot, context, draft });
  planServices(spec, { snapshot, context, draft, ids });
  planRemovals(spec, { snapshot, context, draft });
  return draft.finish({ ids, networkNames: networkNamesOf(snapshot.networks) });
}

interface Work {
  readonly snapshot: Snapshot;
  readonly context: PlanContext;
  readonly draft: PlanDraft;
}

function planNetworks(spec: StackSpec, { snapshot, context, draft }: Work): void {
  const wanted = new Map(spec.networks.map((one) => [one.Name, one]));
  for (const body of [...wanted.values()].sort(byString((one) => one.Name))) {
    const own = ownNetwork(snapshot.networks, body, spec.stack);
    if (own) {
      const changes = networkDrift(own, body);
      const { note, refusal } = driftVerdict(body.Name, changes, context.options);
      draft.note(note ? [note] : []);
      draft.refuse(refusal);
      const facts = { name: body.Name, cause: 'exists', changes, objectId: own.Id };
      draft.add({ ...facts, kind: 'network-keep', body });
      continue;
    }
    draft.refuse(takenNetworkName(snapshot.networks, body));
    draft.add({ kind: 'network-create', name: body.Name, cause: 'declared, not found', body });
  }
  for (const refusal of externalNetworkRefusals(spec, snapshot.networks)) draft.refuse(refusal);
}

function planSecrets(spec: StackSpec, { snapshot, context, draft }: Work): void {
  const memory = context.options.compatDocker
    ? NO_SECRET_MEMORY
    : (context.secretMemory ?? NO_SECRET_MEMORY);
  for (const wanted of distinctByName(spec.secrets)) {
    const stored = snapshot.secrets.find((one) => one.Spec.Name === wanted.Name);
    // A driver's secret has no content of its own.
    const isCompared = stored !== undefined && !wanted.Driver?.Name;
    const { action, cause, changes, notes, refusals } = decideBlob({
      kind: 'secret',
      wanted,
      stored,
      match: isCompared ? memory.compare(stored, wanted) : 'same',
      rewrites: context.options.compatDocker,
    });
    draft.note(notes);
    refusals.forEach((one) => draft.refuse(one));
    const facts = { name: wanted.Name, cause, changes };
    if (!stored) draft.add({ ...facts, kind: 'secret-create', spec: wanted });
    else if (action === 'keep') draft.add({ ...facts, kind: 'secret-keep', objectId: stored.ID });
    else {
      const kind = action === 'verify' ? 'secret-verify' : 'secret-update';
      const version = stored.Version.Index;
      draft.add({ ...facts, kind, spec: wanted, objectId: stored.ID, version });
    }
  }
}

function planConfigs(spec: StackSpec, { snapshot, context, draft }: Work): void {
  for (const wanted of distinctByName(spec.configs)) {
    const stored = snapshot.configs.find((one) => one.Spec.Name === wanted.Name);
    const isSame = (stored?.Spec.Data ?? '') === (wanted.Data ?? '');
    const { action, cause, changes, notes, refusals } = decideBlob({
      kind: 'config',
      wanted,
      stored,
      match: isSame ? 'same' : 'different',
      rewrites: context.options.compatDocker,
    });
    draft.note(notes);
    refusals.forEach((one) => draft.refuse(one));
    const facts = { name: wanted.Name, cause, changes };
    if (!stored) draft.add({ ...facts, kind: 'config-create', spec: wanted });
    else if (action === 'keep') draft.add({ ...facts, kind: 'config-keep', objectId: stored.ID });
    else {
      const version = stored.Version.Index;
      draft.add({ ...facts, kind: 'config-update', spec: wanted, objectId: stored.ID, version });
    }
  }
}

function planServices(
  spec: StackSpec,
  { snapshot, context, draft, ids }: Work & { readonly ids: KnownIds },
): void {
  const stored = servicesByName(snapshot);
  const networkNames = networkNamesOf(snapshot.networks);
  const rewrites = context.options.compatDocker;
  const services = distinctByName(spec.services);
  // Parity: docker keeps no order.
  const dependencies = rewrites ? [] : spec.dependencies;
  const order = new ServiceOrder(
    services.map((one) => one.Name),
    dependencies,
  );
  for (const service of order.sort(services)) {
    const old = stored.get(service.Name);
    refuseService(spec, service, { snapshot, draft, old });
    draft.note(rebalanceNotes(service, snapshot));
    draft.note(liveReplicaNotes(service, old));
    if (!rewrites) draft.note(droppedFieldNotes(service, snapshot));
    const choice = chooseImage(service, old, context);
    if (old !== undefined || !rewrites) draft.note(unresolvedNotes(choice, snapshot));
    const withReferences = withIds(choice.spec, ids);
    const refreshes = context.hasCredentials?.(service.TaskTemplate.ContainerSpec?.Image ?? '');
    const decision = order.withRestart(
      decideService(withReferences, old, {
        networkNames,
        apiVersion: snapshot.apiVersion,
        rewrites: rewrites ? 'docker' : refreshes ? 'credentials' : undefined,
      }),
    );
    addService(decision, old, { draft, order });
  }
}

function addService(
  { action, cause, changes, spec }: ServiceDecision,
  old: Service | undefined,
  { draft, order }: { readonly draft: PlanDraft; readonly order: ServiceOrder },
): void {
  const facts = { name: spec.Name, cause, changes, spec };
  if (old && action === 'keep') {
    draft.add({ ...facts, kind: 'service-keep', objectId: old.ID });
    return;
  }
  const waitsFor = order.gatesOf(spec.Name);
  const needs = [...draft.writesFor(spec), ...waitsFor.map((one) => `service ${one.service}`)];
  const wave = WAVE.service + order.levelOf(spec.Name);
  if (!old) draft.add({ ...facts, waitsFor, kind: 'service-create' }, needs, wave);
  else {
    const version = { objectId: old.ID, version: old.Version.Index };
    draft.add({ ...facts, ...version, waitsFor, kind: 'service-update' }, needs, wave);
  }
}

/** What would make the engine refuse this service. */
function refuseService(
  spec: StackSpec,
  service: ServiceSpec,
  context: {
    readonly snapshot: Snapshot;
    readonly draft: PlanDraft;
    readonly old: Service | undefined;
  },
): void {
  const { snapshot, draft, old } = context;
  draft.refuse(modeChange(service, old));
  const foreign = snapshot.foreignServices.some((one) => one.Spec.Name === service.Name);
  if (foreign && !old) {
    draft.refuse({
      code: 'service-name-taken',
      subject: service.Name,
      message: `failed to create service ${service.Name}: name conflicts with an existing object: service ${service.Name} already exists and does not belong to the stack`,
      hint: `rename the service or the stack, or remove the other one (\`docker service rm ${service.Name}\`)`,
    });
  }
  const { Secrets = [], Configs = [] } = service.TaskTemplate.ContainerSpec ?? {};
  const key = descopeName(spec.stack, service.Name);
  const secrets = new Set(
    [...spec.secrets, ...snapshot.secrets.map((one) => one.Spec)].map((one) => one.Name),
  );
  const configs = new Set(
    [...spec.configs, ...snapshot.configs.map((one) => one.Spec)].map((one) => one.Name),
  );
  const missing = [
    ...Secrets.filter((one) => !secrets.has(one.SecretName)).map(
      (one) => `secret not found: ${one.SecretName}`,
    ),
    ...Configs.filter((one) => !configs.has(one.ConfigName)).map(
      (one) => `config not found: ${one.ConfigName}`,
    ),
  ];
  for (const problem of new Set(missing)) {
    draft.refuse({
      code: 'reference-not-found',
      subject: service.Name,
      message: `service ${key}: ${problem}`,
      hint: 'create it first, or correct its name',
    });
  }
}

/** Whose number of tasks it is must be seen where the file says another. */
function liveReplicaNotes(
  service: ServiceSpec,
  old: Service | undefined,
): Parameters<PlanDraft['note']>[0] {
  const kept = old && withLiveReplicas(service, old.Spec);
  if (!kept || kept === service) return [];
  const [live, declared] = [kept, service].map((one) => one.Mode?.Replicated?.Replicas ?? 1);
  const message = `service ${service.Name}: keeps its ${live} tasks; the ${declared} of the file are for the first deploy (x-tstack.replicas: live)`;
  return [{ code: 'replicas-live', severity: 'note', subject: service.Name, message }];
}

/** An engine drops fields it does not know without a word. */
function droppedFieldNotes(
  service: ServiceSpec,
  { apiVersion }: Snapshot,
): Parameters<PlanDraft['note']>[0] {
  if (apiVersion === undefined) return [];
  return newerFields(service, apiVersion).map(({ name, since }) => ({
    code: 'field-too-new',
    severity: 'warning',
    subject: service.Name,
    message: `service ${service.Name}: ${name} has no effect: the engine speaks API ${apiVersion}, and it came with ${since}`,
  }));
}

/** A Swarm never moves running tasks, whatever a label asks for. */
function rebalanceNotes(
  { Name, Labels }: ServiceSpec,
  { isEmbedded }: Snapshot,
): Parameters<PlanDraft['note']>[0] {
  if (isEmbedded === true || parseRebalance(Labels) === undefined) return [];
  const message = `service ${Name}: x-tstack.rebalance has no effect here; only the embedded cluster moves running tasks (on a Swarm: docker service update --force ${Name})`;
  return [{ code: 'rebalance-no-effect', severity: 'note', subject: Name, message }];
}

/** Where images are only names, nobody misses a digest. */
function unresolvedNotes(
  { unresolved: image }: { readonly unresolved?: string | undefined },
  { hasOnlyNames }: Snapshot,
): Parameters<PlanDraft['note']>[0] {
  if (image === undefined || hasOnlyNames === true) return [];
  const message = `image ${image} could not be accessed on a registry to record\nits digest. Each node will access ${image} independently,\npossibly leading to different nodes running different\nversions of the image.`;
  return [{ code: 'image-not-resolved', severity: 'warning', subject: image, message }];
}

/** Removals come last, unless what is new needs a port that the old one holds. */
function planRemovals(spec: StackSpec, { snapshot, context, draft }: Work): void {
  const declared = new Set(spec.services.map((one) => one.Name));
  const undeclared = snapshot.services
    .filter((one) => !declared.has(one.Spec.Name))
    .sort(byString((one) => one.Spec.Name));
  if (!context.options.prune) {
    draft.note(undeclared.map((one) => undeclaredNote(one)));
    return;
  }
  const needed = new Set(spec.services.flatMap(publishedPorts));
  const levels = removalLevels(spec.stack, undeclared);
  for (const service of undeclared) {
    const port = publishedPorts(service.Spec).find((one) => needed.has(one));
    const isFirst = context.options.compatDocker || port !== undefined;
    draft.add(
      {
        kind: 'service-remove',
        name: service.Spec.Name,
        cause: port === undefined ? 'not in the file' : `not in the file; frees port ${port}`,
        objectId: service.ID,
      },
      isFirst ? [] : draft.serviceWrites(),
      context.options.compatDocker
        ? WAVE.removeFirst
        : isFirst
          ? WAVE.freePorts
          : WAVE.remove + (levels.get(service.Spec.Name) ?? 0),
    );
  }
}

/** How many removals come before each service's: what depends on it goes first, as in `rm`. */
function removalLevels(stack: string, services: readonly Service[]): ReadonlyMap<string, number> {
  const dependants = new Map<string, string[]>();
  for (const { Spec } of services) {
    for (const on of parseDependsOn(Spec.Labels)) {
      const name = scopeName(stack, on);
      dependants.set(name, [...(dependants.get(name) ?? []), Spec.Name]);
    }
  }
  const names = services.map(({ Spec }) => Spec.Name);
  return sortTopologically(names, (name) => dependants.get(name) ?? []).levels;
}

function undeclaredNote(service: Service): Parameters<PlanDraft['note']>[0][number] {
  return {
    code: 'undeclared-service',
    severity: 'note',
    subject: service.Spec.Name,
    message: `service ${service.Spec.Name} (${modeName(service.Spec.Mode)}) is not in the file; --prune would remove it`,
  };
}

function publishedPorts(spec: ServiceSpec): readonly string[] {
  return (spec.EndpointSpec?.Ports ?? []).flatMap((one) =>
    one.PublishedPort ? [`${one.PublishedPort}/${one.Protocol ?? 'tcp'}`] : [],
  );
}

function knownIds(snapshot: Snapshot): KnownIds {
  return {
    secrets: new Map<string, SecretId>(snapshot.secrets.map((one) => [one.Spec.Name, one.ID])),
    configs: new Map<string, ConfigId>(snapshot.configs.map((one) => [one.Spec.Name, one.ID])),
  };
}

function distinctByName<T extends { readonly Name: string }>(items: readonly T[]): readonly T[] {
  const byName = new Map(items.map((item) => [item.Name, item]));
  return [...byName.values()].sort(byString((one) => one.Name));
}
