import { sha256Hex } from '../base/hash.ts';
import type { StackSpec } from '../stack/stack-spec.ts';
import type { Config, ConfigSpec } from '../swarm/config.ts';
import { LABEL_VERSION_OF } from '../swarm/release-labels.ts';
import type { Secret, SecretSpec } from '../swarm/secret.ts';
import type { ContainerSpec, ServiceSpec } from '../swarm/service.ts';
import { LABEL_NAMESPACE } from '../swarm/stack-labels.ts';
import type { PlanContext } from './plan-stack.ts';
import { NO_SECRET_MEMORY } from './secret-memory.ts';
import type { Snapshot } from './snapshot.ts';

/** Names of secrets and configs have at most 64 characters. */
const LONGEST_NAME = 64;

const DIGITS = 8;

/**
 * The stack with the name that the content of each secret and config has in the cluster.
 *
 * An engine never changes content, so other content is another object: `NAME_<8 hex digits>`, under
 * the same file name in the container. What was created first keeps its plain name. Pure.
 * @source issue: secrets and configs rotate by deploying; D-0261
 */
export function withVersions(
  spec: StackSpec,
  snapshot: Snapshot,
  context: Pick<PlanContext, 'options' | 'secretMemory'>,
): StackSpec {
  if (context.options.compatDocker) return spec;
  const secrets = spec.secrets.map((one) => secretVersion(one, snapshot, context));
  const configs = spec.configs.map((one) => configVersion(one, snapshot));
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

function configVersion(wanted: ConfigSpec, snapshot: Snapshot): ConfigSpec {
  const versions = versionsOf(wanted, snapshot.configs);
  const same = versions.find((one) => (one.Spec.Data ?? '') === (wanted.Data ?? ''));
  if (same) return asVersion(wanted, same.Spec.Name);
  if (versions.length === 0) return wanted;
  return asVersion(wanted, versionName(wanted.Name, sha256Hex(wanted.Data ?? '')));
}

/** An engine gives no content away: what this machine remembers decides, else the engine will. */
function secretVersion(
  wanted: SecretSpec,
  snapshot: Snapshot,
  { secretMemory: memory = NO_SECRET_MEMORY }: Pick<PlanContext, 'secretMemory'>,
): SecretSpec {
  const versions = versionsOf(wanted, snapshot.secrets);
  // A driver's secret has no content of its own.
  if (versions.length === 0 || wanted.Driver?.Name) return wanted;
  const same = versions.find((one) => memory.compare(one, wanted) === 'same');
  if (same) return asVersion(wanted, same.Spec.Name);
  const used = new Set(
    snapshot.services.flatMap(({ Spec }) =>
      (Spec.TaskTemplate.ContainerSpec?.Secrets ?? []).map((one) => one.SecretName),
    ),
  );
  const current = versions.find((one) => used.has(one.Spec.Name)) ?? versions[0];
  if (current && memory.compare(current, wanted) === 'unknown') {
    return asVersion(wanted, current.Spec.Name);
  }
  const digest = memory.fingerprint(wanted);
  return digest === undefined ? wanted : asVersion(wanted, versionName(wanted.Name, digest));
}

/** The objects that hold, or held, what a file declares under a name; newest first. */
function versionsOf<T extends Secret | Config>(
  { Name, Labels }: SecretSpec | ConfigSpec,
  objects: readonly T[],
): readonly T[] {
  const stack = Labels?.[LABEL_NAMESPACE];
  return objects
    .filter(
      (one) =>
        one.Spec.Name === Name ||
        (one.Spec.Labels?.[LABEL_NAMESPACE] === stack && declaredName(one) === Name),
    )
    .toSorted((a, b) => b.Version.Index - a.Version.Index);
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
