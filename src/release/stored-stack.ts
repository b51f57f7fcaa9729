import type { Plan } from '../plan/plan.ts';
import { networkNamesOf } from '../plan/service-operations.ts';
import type { Snapshot } from '../plan/snapshot.ts';
import type { StackSpec } from '../stack/stack-spec.ts';
import type { ConfigId, Driver, SecretId, StringMap } from '../swarm/object.ts';
import type { ContainerSpec, ServiceSpec } from '../swarm/service.ts';
import { LABEL_NAMESPACE } from '../swarm/stack-labels.ts';

/** A secret as it is remembered: never its content. */
export interface StoredSecret {
  /** Name in the cluster, of the very version that was meant. */
  readonly Name: string;
  readonly Labels?: StringMap;
  readonly Driver?: Driver;
}

/**
 * What a stack was to be, as data that can be kept: a StackSpec with names and images resolved, ids
 * left out, and without the content of secrets.
 */
export type StoredStack = Omit<StackSpec, 'locate' | 'secrets'> & {
  readonly secrets: readonly StoredSecret[];
};

/**
 * What a planned deploy is to lead to.
 *
 * Secrets of the stack that are meant to be there already (it was stored before) are its own again.
 */
export function storeTarget(spec: StackSpec, plan: Plan, snapshot: Snapshot): StoredStack {
  const { locate: _locate, secrets, ...rest } = spec;
  const own = new Map<string, StoredSecret>(
    snapshot.secrets
      .filter((one) => one.Spec.Labels?.[LABEL_NAMESPACE] === spec.stack)
      .map((one) => [one.Spec.Name, one.Spec]),
  );
  const kept = spec.externalSecrets.flatMap(({ name }) => own.get(name) ?? []);
  const planned = new Map(
    plan.operations.flatMap((one) =>
      one.kind === 'service-create' || one.kind === 'service-update' || one.kind === 'service-keep'
        ? [[one.name, one.spec] as const]
        : [],
    ),
  );
  const configNames = new Map<string, string>(
    [...plan.ids.configs].map(([name, id]) => [id, name]),
  );
  return {
    ...rest,
    externalSecrets: spec.externalSecrets.filter(({ name }) => !own.has(name)),
    secrets: [...secrets, ...kept].map(storeSecret),
    services: spec.services.map((one) =>
      withoutIds(planned.get(one.Name) ?? one, { configNames, networkNames: plan.networkNames }),
    ),
  };
}

/** What the cluster held of a stack before a deploy; the rest is taken from what is to be. */
export function storeSnapshot(snapshot: Snapshot, target: StoredStack): StoredStack {
  const isOurs = (labels: StringMap | null | undefined): boolean =>
    labels?.[LABEL_NAMESPACE] === snapshot.stack;
  const configNames = new Map<string, string>(
    snapshot.configs.map((one) => [one.ID, one.Spec.Name]),
  );
  const networkNames = networkNamesOf(snapshot.networks);
  const names = new Set(snapshot.services.map((one) => one.Spec.Name));
  return {
    ...target,
    networks: target.networks.filter((one) =>
      snapshot.networks.some((known) => known.Name === one.Name && isOurs(known.Labels)),
    ),
    secrets: snapshot.secrets
      .filter((one) => isOurs(one.Spec.Labels))
      .map((one) => storeSecret(one.Spec)),
    configs: snapshot.configs.filter((one) => isOurs(one.Spec.Labels)).map((one) => one.Spec),
    services: snapshot.services.map((one) => withoutIds(one.Spec, { configNames, networkNames })),
    dependencies: target.dependencies.filter((one) => names.has(one.service) && names.has(one.on)),
  };
}

/**
 * The stack to deploy in order to come back to a stored one.
 *
 * Its secrets are external: they must be there, because nobody else knows their content.
 */
export function toStackSpec(stored: StoredStack): StackSpec {
  const { secrets, ...rest } = stored;
  const kept = secrets.map(({ Name }) => ({ key: Name, name: Name }));
  return {
    ...rest,
    secrets: [],
    externalSecrets: [...stored.externalSecrets, ...kept],
    locate: () => undefined,
  };
}

/** Names of secrets and configs that services refer to. */
export function referencedNames(services: readonly ServiceSpec[]): ReadonlySet<string> {
  return new Set(services.flatMap((one) => namesOfContainer(one.TaskTemplate.ContainerSpec ?? {})));
}

function namesOfContainer({ Secrets, Configs, Privileges }: ContainerSpec): readonly string[] {
  const credential = Privileges?.CredentialSpec?.Config;
  return [
    ...(Secrets ?? []).map((one) => one.SecretName),
    ...(Configs ?? []).map((one) => one.ConfigName),
    ...(credential ? [credential] : []),
  ];
}

function storeSecret({ Name, Labels, Driver: driver }: StoredSecret): StoredSecret {
  return { Name, ...(Labels && { Labels }), ...(driver && { Driver: driver }) };
}

interface Names {
  /** By id. */
  readonly configNames: ReadonlyMap<string, string>;
  readonly networkNames: ReadonlyMap<string, string>;
}

/** The spec with names where ids of this cluster stand. */
function withoutIds(spec: ServiceSpec, { configNames, networkNames }: Names): ServiceSpec {
  const task = spec.TaskTemplate;
  const container = task.ContainerSpec;
  const networks = task.Networks?.map((one) => ({
    ...one,
    Target: networkNames.get(one.Target) ?? one.Target,
  }));
  return {
    ...spec,
    TaskTemplate: {
      ...task,
      ...(networks && { Networks: networks }),
      ...(container && { ContainerSpec: containerWithoutIds(container, configNames) }),
    },
  };
}

function containerWithoutIds(
  container: ContainerSpec,
  configNames: ReadonlyMap<string, string>,
): ContainerSpec {
  const secrets = container.Secrets?.map((one) => ({ ...one, SecretID: '' as SecretId }));
  const configs = container.Configs?.map((one) => ({ ...one, ConfigID: '' as ConfigId }));
  const credential = container.Privileges?.CredentialSpec;
  const name = configNames.get(credential?.Config ?? '');
  return {
    ...container,
    ...(secrets && { Secrets: secrets }),
    ...(configs && { Configs: configs }),
    ...(name !== undefined && {
      Privileges: { ...container.Privileges, CredentialSpec: { ...credential, Config: name } },
    }),
  };
}
