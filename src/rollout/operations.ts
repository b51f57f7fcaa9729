import { EngineError } from '../base/errors.ts';
import { invariant } from '../base/invariant.ts';
import type { CallOptions } from '../engine/client.ts';
import type { KnownIds, Operation, OperationKind, OperationOf, Plan } from '../plan/plan.ts';
import { NO_SECRET_MEMORY, type SecretMemory } from '../plan/secret-memory.ts';
import { decideService, withIds } from '../plan/service-operations.ts';
import type { NetworkCreate } from '../swarm/network.ts';
import type { ConfigId, SecretId, ServiceId } from '../swarm/object.ts';
import type { ServiceSpec } from '../swarm/service.ts';
import type { RolloutPorts } from './ports.ts';
import { RACE_DELAYS_MS, retry } from './retry.ts';

/** What carrying out one operation gave. */
interface StepResult {
  readonly objectId: string;
  /** What the engine had to say. */
  readonly warnings?: readonly string[];
}

type Handlers = {
  readonly [K in OperationKind]: (
    operation: OperationOf<K>,
    execution: Execution,
  ) => Promise<StepResult>;
};

/** What operations share while a plan is carried out. */
export class Execution {
  readonly ports: RolloutPorts;
  readonly plan: Plan;
  readonly memory: SecretMemory;
  readonly #authOf: (image: string) => string | undefined;
  readonly #secrets: Map<string, SecretId>;
  readonly #configs: Map<string, ConfigId>;

  constructor(plan: Plan, ports: RolloutPorts, authOf: (image: string) => string | undefined) {
    this.plan = plan;
    this.ports = ports;
    this.memory = ports.secretMemory ?? NO_SECRET_MEMORY;
    this.#authOf = authOf;
    this.#secrets = new Map(plan.ids.secrets);
    this.#configs = new Map(plan.ids.configs);
  }

  get call(): CallOptions {
    return { signal: this.ports.signal };
  }

  /** Ids known by now: those of the snapshot and of what was created since. */
  get ids(): KnownIds {
    return { secrets: this.#secrets, configs: this.#configs };
  }

  addSecret(name: string, id: SecretId): void {
    this.#secrets.set(name, id);
  }

  addConfig(name: string, id: ConfigId): void {
    this.#configs.set(name, id);
  }

  /** X-Registry-Auth value for a service's image. */
  authOf(spec: ServiceSpec): string | undefined {
    const image = spec.TaskTemplate.ContainerSpec?.Image ?? '';
    return this.#authOf(image.replace(/@.*$/, '')) ?? this.#authOf(image);
  }

  /** Retries what goes away by itself: races with what was created or removed a moment ago. */
  retry<T>(
    operation: Operation,
    isTransient: (error: unknown) => boolean,
    attempt: (lastError: unknown) => Promise<T>,
  ): Promise<T> {
    const { clock, signal, emit } = this.ports;
    const { kind, name } = operation;
    const onRetry = (error: unknown): void => {
      const reason = error instanceof Error ? error.message : String(error);
      emit({ type: 'step', kind, name, status: 'retrying', error: reason });
    };
    return retry({ clock, signal, delaysMs: RACE_DELAYS_MS, isTransient, onRetry }, attempt);
  }
}

/** How each kind of operation becomes API calls; exhaustive by type. */
const HANDLERS: Handlers = {
  'network-create': async ({ body }, { ports, call }) => {
    const { id, warning } = await ports.engine.networks.create(body, call);
    return { objectId: id, warnings: warning ? [warning] : [] };
  },
  'network-keep': keep,
  'secret-create': async ({ spec, name }, execution) => {
    const { id } = await execution.ports.engine.secrets.create(spec, execution.call);
    execution.addSecret(name, id);
    execution.memory.remember(id, spec);
    return { objectId: id };
  },
  'secret-update': updateSecret,
  'secret-verify': updateSecret,
  'secret-keep': keep,
  'config-create': async ({ spec, name }, execution) => {
    const { id } = await execution.ports.engine.configs.create(spec, execution.call);
    execution.addConfig(name, id);
    return { objectId: id };
  },
  'config-update': async (operation, execution) => {
    const { configs } = execution.ports.engine;
    const { objectId, spec } = operation;
    await execution.retry(operation, isOutOfSequence, async (lastError) => {
      const version = lastError
        ? (await configs.inspect(objectId, execution.call)).Version.Index
        : operation.version;
      await configs.update(objectId, spec, { version, ...execution.call });
    });
    return { objectId };
  },
  'config-keep': keep,
  'service-create': async (operation, execution) => {
    const spec = completed(operation.spec, execution);
    const registryAuth = execution.authOf(spec);
    const { id, warnings } = await withNetworks(operation, execution, () =>
      execution.ports.engine.services.create(spec, { registryAuth, ...execution.call }),
    );
    return { objectId: id, warnings };
  },
  'service-update': updateService,
  'service-keep': keep,
  'service-remove': async ({ objectId }, { ports, call }) => {
    await ignoringAbsence(ports.engine.services.remove(objectId, call));
    return { objectId };
  },
};

/** Carries out one operation. @throws EngineError, CancelledError */
export function perform(operation: Operation, execution: Execution): Promise<StepResult> {
  const handler = HANDLERS[operation.kind] as (
    operation: Operation,
    execution: Execution,
  ) => Promise<StepResult>;
  return handler(operation, execution);
}

async function keep(operation: { readonly objectId: string }): Promise<StepResult> {
  return { objectId: operation.objectId };
}

/** Sends name, content and labels; the engine refuses other content and changes labels only. */
async function updateSecret(
  operation: OperationOf<'secret-update' | 'secret-verify'>,
  execution: Execution,
): Promise<StepResult> {
  const { secrets } = execution.ports.engine;
  const { objectId, spec } = operation;
  await execution.retry(operation, isOutOfSequence, async (lastError) => {
    const version = lastError
      ? (await secrets.inspect(objectId, execution.call)).Version.Index
      : operation.version;
    await secrets.update(objectId, spec, { version, ...execution.call });
  });
  execution.memory.remember(objectId, spec);
  return { objectId };
}

/**
 * Updates a service; after losing a race it looks again and decides again.
 *
 * Sends nothing when somebody else has brought the service to the declared state meanwhile.
 */
async function updateService(
  operation: OperationOf<'service-update'>,
  execution: Execution,
): Promise<StepResult> {
  const { services } = execution.ports.engine;
  const { objectId } = operation;
  const declared = completed(operation.spec, execution);
  const registryAuth = execution.authOf(declared);
  const send = async (id: ServiceId, spec: ServiceSpec, version: number): Promise<StepResult> => {
    const options = { version, registryAuth, ...execution.call };
    const { warnings } = await withNetworks(operation, execution, () =>
      services.update(id, spec, options),
    );
    return { objectId, warnings };
  };
  return execution.retry(operation, isOutOfSequence, async (lastError) => {
    if (lastError === undefined) return send(objectId, declared, operation.version);
    const fresh = await services.inspect(objectId, execution.call);
    const networkNames = execution.plan.networkNames;
    const again = decideService(declared, fresh, {
      networkNames,
      apiVersion: execution.ports.engine.apiVersion,
    });
    if (again.action === 'keep' && registryAuth === undefined) return { objectId };
    return send(objectId, again.spec, fresh.Version.Index);
  });
}

/** The spec with the ids of what was created since the plan was made. */
function completed(spec: ServiceSpec, execution: Execution): ServiceSpec {
  const filled = withIds(spec, execution.ids);
  const container = filled.TaskTemplate.ContainerSpec;
  const hasIds =
    (container?.Secrets ?? []).every((one) => one.SecretID) &&
    (container?.Configs ?? []).every((one) => one.ConfigID);
  invariant(hasIds, `service ${spec.Name} refers to a secret or config without an id`);
  return filled;
}

/**
 * Retries while a network of the stack is not there yet, or not any more.
 *
 * After `rm` a node lists a dying network for a while: the plan keeps it, the manager has already
 * forgotten it. Then it is created again. @source spec/stack-file.md section 17.2
 */
function withNetworks<T>(
  operation: OperationOf<'service-create' | 'service-update'>,
  execution: Execution,
  attempt: () => Promise<T>,
): Promise<T> {
  const targets = new Set((operation.spec.TaskTemplate.Networks ?? []).map((one) => one.Target));
  const bodies = execution.plan.operations
    .flatMap((one) => ('body' in one ? [one.body] : []))
    .filter((body) => targets.has(body.Name));
  const isRace = (error: unknown): boolean => bodies.length > 0 && isNetworkMissing(error);
  return execution.retry(operation, isRace, async (lastError) => {
    if (lastError !== undefined) await recreateNetworks(bodies, execution);
    return attempt();
  });
}

async function recreateNetworks(
  bodies: readonly NetworkCreate[],
  { ports, call }: Execution,
): Promise<void> {
  for (const body of bodies) {
    try {
      await ports.engine.networks.create(body, call);
    } catch (error) {
      if (!(error instanceof EngineError) || error.kind !== 'conflict') throw error;
    }
  }
}

/** Swallows only "not found": somebody else removed it, which is what was wanted. */
export async function ignoringAbsence(removal: Promise<void>): Promise<void> {
  try {
    await removal;
  } catch (error) {
    if (!(error instanceof EngineError) || error.kind !== 'not-found') throw error;
  }
}

/** A version that somebody else has changed meanwhile. */
export function isOutOfSequence(error: unknown): boolean {
  return error instanceof EngineError && error.message.includes('update out of sequence');
}

function isNetworkMissing(error: unknown): boolean {
  return error instanceof EngineError && /network \S+ not found/.test(error.message);
}
