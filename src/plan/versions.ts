import { sha256Hex } from '../base/hash.ts';
import type { StackSpec } from '../stack/stack-spec.ts';
import type { Config, ConfigSpec } from '../swarm/config.ts';
import { LABEL_VERSION_OF } from '../swarm/release-labels.ts';
import type { Secret, SecretSpec } from '../swarm/secret.ts';
import type { ContainerSpec, ServiceSpec } from '../swarm/service.ts';
import { LABEL_NAMESPACE } from '../swarm/stack-labels.ts';
import type { PlanContext } from './plan-stack.ts';
import { NO_SECRET_MEMORY, type SecretMemory } from './secret-memory.ts';
import type { Snapshot } from './snapshot.ts';

/** Names of secrets and configs have at most 64 characters. */
const LONGEST_NAME = 64;

const DIGITS = 8;

/**
 * The stack with the name that the content of each secret and config has in the cluster.
 *
 * An engine never changes content, so other content is another object: `NAME_<8 hex digits>`, under
 * the same file name in the container. What was created first keeps its plain name. Where the stack
 * does not rotate, other content keeps the name of the version in use, and planning refuses it. Pure.
 * @source DECISIONS.md D-0261
 */
export function withVersions(
  spec: StackSpec,
  snapshot: Snapshot,
  context: Pick<PlanContext, 'options' | 'secretMemory'>,
): StackSpec {
  if (context.options.compatDocker) return spec;
  const rotates = context.options.rotates === true || spec.rotates === true;
  const used = usedNames(snapshot);
  const secrets = spec.secrets.map((one) => {
    const versions = versionsOf(one, snapshot.secrets, used);
    return secretVersion(one, versions, { rotates, memory: context.secretMemory });
  });
  const configs = spec.configs.map((one) => {
    return configVersion(one, versionsOf(one, snapshot.configs, used), rotates);
  });
  const names = {
    secrets: renamed(spec.secrets, secrets),
    configs: renamed(spec.configs, configs),
  };
  if (names.secrets.size === 0 && names.configs.size === 0) return spec;
  const services = spec.services.map((one) => withNames(one, names));
  return { ...spec, secrets, configs, services };
}

/** Name that a file gives to an object: its own, or that of which it is a later version. */
export function declaredName(object: Secret | Config): string {
  return object.Spec.Labels?.[LABEL_VERSION_OF] ?? object.Spec.Name;
}

/** @param versions - the one in use first */
function configVersion(
  wanted: ConfigSpec,
  versions: readonly Config[],
  rotates: boolean,
): ConfigSpec {
  const [current] = versions;
  const same = versions.find((one) => (one.Spec.Data ?? '') === (wanted.Data ?? ''));
  if (same) return asVersion(wanted, same.Spec.Name);
  if (!current) return wanted;
  if (!rotates) return asVersion(wanted, current.Spec.Name);
  return asVersion(wanted, versionName(wanted.Name, sha256Hex(wanted.Data ?? '')));
}

/**
 * An engine gives no content away: what this machine remembers decides, else the engine will.
 * @param versions - the one in use first
 */
function secretVersion(
  wanted: SecretSpec,
  versions: readonly Secret[],
  how: { readonly rotates: boolean; readonly memory: SecretMemory | undefined },
): SecretSpec {
  const { rotates, memory = NO_SECRET_MEMORY } = how;
  const [current] = versions;
  // A driver's secret has no content of its own.
  if (!current || wanted.Driver?.Name) return wanted;
  const same = versions.find((one) => memory.compare(one, wanted) === 'same');
  if (same) return asVersion(wanted, same.Spec.Name);
  const digest = memory.fingerprint(wanted);
  const isOther = memory.compare(current, wanted) === 'different' && digest !== undefined;
  const isNew = rotates && isOther;
  return asVersion(wanted, isNew ? versionName(wanted.Name, digest) : current.Spec.Name);
}

/** Names of the secrets and configs that services of the stack refer to now. */
function usedNames({ services }: Snapshot): ReadonlySet<string> {
  return new Set(
    services.flatMap(({ Spec: { TaskTemplate: task } }) => [
      ...(task.ContainerSpec?.Secrets ?? []).map((one) => one.SecretName),
      ...(task.ContainerSpec?.Configs ?? []).map((one) => one.ConfigName),
    ]),
  );
}

/** The objects that hold, or held, what a file declares under a name: those in use, then the newest. */
function versionsOf<T extends Secret | Config>(
  { Name, Labels }: SecretSpec | ConfigSpec,
  objects: readonly T[],
  used: ReadonlySet<string>,
): readonly T[] {
  const stack = Labels?.[LABEL_NAMESPACE];
  const rank = (one: T): number => (used.has(one.Spec.Name) ? 0 : 1);
  return objects
    .filter(
      (one) =>
        one.Spec.Name === Name ||
        (one.Spec.Labels?.[LABEL_NAMESPACE] === stack && declaredName(one) === Name),
    )
    .toSorted((a, b) => rank(a) - rank(b) || b.Version.Index - a.Version.Index);
}

function versionName(name: string, digest: string): string {
  return `${name.slice(0, LONGEST_NAME - DIGITS - 1)}_${digest.slice(0, DIGITS)}`;
}

function asVersion<T extends SecretSpec | ConfigSpec>(wanted: T, name: string): T {
  if (name === wanted.Name) return wanted;
  return { ...wanted, Name: name, Labels: { ...wanted.Labels, [LABEL_VERSION_OF]: wanted.Name } };
}

function renamed(
  before: readonly { readonly Name: string }[],
  after: readonly { readonly Name: string }[],
): ReadonlyMap<string, string> {
  return new Map(
    before.flatMap(({ Name }, at) => {
      const name = after[at]?.Name ?? Name;
      return name === Name ? [] : [[Name, name] as const];
    }),
  );
}

interface Renamed {
  readonly secrets: ReadonlyMap<string, string>;
  readonly configs: ReadonlyMap<string, string>;
}

/** The service with the names it refers to exchanged; everything in the container stays. */
function withNames(spec: ServiceSpec, { secrets, configs }: Renamed): ServiceSpec {
  const container = spec.TaskTemplate.ContainerSpec;
  if (!container) return spec;
  const credential = container.Privileges?.CredentialSpec;
  const name = configs.get(credential?.Config ?? '');
  const filled: ContainerSpec = {
    ...container,
    ...(container.Secrets && {
      Secrets: container.Secrets.map((one) => ({
        ...one,
        SecretName: secrets.get(one.SecretName) ?? one.SecretName,
      })),
    }),
    ...(container.Configs && {
      Configs: container.Configs.map((one) => ({
        ...one,
        ConfigName: configs.get(one.ConfigName) ?? one.ConfigName,
      })),
    }),
    ...(name !== undefined && {
      Privileges: { ...container.Privileges, CredentialSpec: { ...credential, Config: name } },
    }),
  };
  return { ...spec, TaskTemplate: { ...spec.TaskTemplate, ContainerSpec: filled } };
}
