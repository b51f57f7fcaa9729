import type { Network } from '../swarm/network.ts';
import type {
  ContainerSpec,
  Privileges,
  Service,
  ServiceMode,
  ServiceSpec,
} from '../swarm/service.ts';
import { withLiveReplicas } from '../swarm/live-replicas.ts';
import { withoutNewerFields } from '../swarm/newer-fields.ts';
import { canonicalSpec } from './canonical-spec.ts';
import { describeChanges } from './change-words.ts';
import { diffValues } from './diff.ts';
import { withStoredOrder } from './stored-order.ts';
import type { FieldChange, KnownIds, Refusal } from './plan.ts';

/** What to do with one declared service. */
export interface ServiceDecision {
  readonly action: 'create' | 'update' | 'keep';
  readonly cause: string;
  readonly changes: readonly FieldChange[];
  /** What to send. */
  readonly spec: ServiceSpec;
}

/** Why an unchanged service is updated all the same. */
export type RewriteReason = 'docker' | 'credentials';

const REWRITES: Readonly<Record<RewriteReason, string>> = {
  docker: 'docker updates what is unchanged',
  // They are stored with the service, and nothing but an update replaces them.
  credentials: 'hands over registry credentials',
};

/** Names of the networks of a snapshot by id. */
export function networkNamesOf(networks: readonly Network[]): ReadonlyMap<string, string> {
  return new Map<string, string>(networks.map((one) => [one.Id, one.Name]));
}

/**
 * The spec with ids where names stand, as far as they are known.
 *
 * What is unknown keeps an empty id: its secret or config has to be created first.
 */
export function withIds(spec: ServiceSpec, ids: KnownIds): ServiceSpec {
  const container = spec.TaskTemplate.ContainerSpec;
  if (!container) return spec;
  const secrets = container.Secrets?.map((one) => ({
    ...one,
    SecretID: ids.secrets.get(one.SecretName) ?? one.SecretID,
  }));
  const configs = container.Configs?.map((one) => ({
    ...one,
    ConfigID: ids.configs.get(one.ConfigName) ?? one.ConfigID,
  }));
  const filled: ContainerSpec = {
    ...container,
    ...(secrets && { Secrets: secrets }),
    ...(configs && { Configs: configs }),
    ...credentialWithId(container.Privileges, ids),
  };
  return { ...spec, TaskTemplate: { ...spec.TaskTemplate, ContainerSpec: filled } };
}

/** A credential spec refers to its config by id; the file model has the name there. */
function credentialWithId(
  privileges: Privileges | null | undefined,
  ids: KnownIds,
): { readonly Privileges?: Privileges } {
  const credential = privileges?.CredentialSpec;
  const id = ids.configs.get(credential?.Config ?? '');
  if (id === undefined) return {};
  return { Privileges: { ...privileges, CredentialSpec: { ...credential, Config: id } } };
}

/**
 * What a declared service needs: compared with what the engine stores, not with what was sent.
 *
 * ForceUpdate belongs to the cluster and is copied, and so is a number of tasks that is live, and the
 * order of lists whose order means nothing. A job runs at every deploy, as with docker.
 * @param spec - with ids and its image decided
 */
export function decideService(
  spec: ServiceSpec,
  stored: Service | undefined,
  context: {
    readonly networkNames: ReadonlyMap<string, string>;
    readonly rewrites?: RewriteReason | undefined;
    /** Of the engine, which drops what it does not know; absent: it knows all. */
    readonly apiVersion?: string | undefined;
  },
): ServiceDecision {
  if (!stored) return { action: 'create', cause: 'declared, not found', changes: [], spec };
  const counted = withForceUpdate(spec, stored.Spec.TaskTemplate.ForceUpdate);
  const live = withLiveReplicas(counted, stored.Spec);
  // Parity: docker sends lists in the file's order.
  const wanted = context.rewrites === 'docker' ? live : withStoredOrder(live, stored.Spec);
  const { apiVersion, networkNames } = context;
  const kept = apiVersion === undefined ? wanted : withoutNewerFields(wanted, apiVersion);
  const changes = withoutFollowingIds(
    diffValues(canonicalSpec(stored.Spec, networkNames), canonicalSpec(kept, networkNames)),
  );
  if (changes.length > 0) {
    return { action: 'update', cause: describeChanges(changes), changes, spec: wanted };
  }
  if (isJob(spec.Mode)) {
    return { action: 'update', cause: 'a job runs at every deploy', changes, spec: wanted };
  }
  if (context.rewrites) {
    return { action: 'update', cause: REWRITES[context.rewrites], changes, spec: wanted };
  }
  return { action: 'keep', cause: 'unchanged', changes, spec: wanted };
}

/** Another object has another id: where its name is told, the id says nothing more. */
function withoutFollowingIds(changes: readonly FieldChange[]): readonly FieldChange[] {
  const paths = new Set(changes.map(({ path }) => path));
  return changes.filter(({ path }) => {
    const name = path.replace(/(Config|Secret)ID$/, '$1Name');
    return name === path || !paths.has(name);
  });
}

function withForceUpdate(spec: ServiceSpec, count: number | undefined): ServiceSpec {
  // A forced restart counts on from what the plan saw.
  if (count === undefined || count <= (spec.TaskTemplate.ForceUpdate ?? 0)) return spec;
  return { ...spec, TaskTemplate: { ...spec.TaskTemplate, ForceUpdate: count } };
}

/** Whether the mode is one that runs to completion. */
export function isJob(mode: ServiceMode | undefined): boolean {
  return mode?.ReplicatedJob !== undefined || mode?.GlobalJob !== undefined;
}

/** Why a service cannot be updated in place. */
export function modeChange(spec: ServiceSpec, stored: Service | undefined): Refusal | undefined {
  if (!stored) return undefined;
  const [before, after] = [modeName(stored.Spec.Mode), modeName(spec.Mode)];
  if (before === after) return undefined;
  return {
    code: 'service-mode-change',
    subject: spec.Name,
    message: `failed to update service ${spec.Name}: service mode change is not allowed (${before} → ${after})`,
    hint: `remove the service first (\`docker service rm ${spec.Name}\`), then deploy again`,
  };
}

/** The mode in the words of a stack file. */
export function modeName(
  mode: ServiceMode | undefined,
): 'replicated' | 'global' | 'replicated-job' | 'global-job' {
  if (mode?.Global) return 'global';
  if (mode?.ReplicatedJob) return 'replicated-job';
  return mode?.GlobalJob ? 'global-job' : 'replicated';
}
