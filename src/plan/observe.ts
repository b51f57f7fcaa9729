import { EngineError } from '../base/errors.ts';
import type { CallOptions, EngineClient, EngineInfo, Filters } from '../engine/client.ts';
import { swarmProblem } from '../engine/swarm-problem.ts';
import type { StackSpec } from '../stack/stack-spec.ts';
import type { Network } from '../swarm/network.ts';
import type { Service } from '../swarm/service.ts';
import { LABEL_NAMESPACE } from '../swarm/stack-labels.ts';
import type { Snapshot } from './snapshot.ts';

/** Characters of names beyond which a list is asked for whole: servers limit a request's line. */
const MAX_FILTER_LENGTH = 4000;

/**
 * Looks at everything a deploy of `spec` depends on.
 *
 * A constant number of list calls, all at once; only networks that no list shows (the hidden twins
 * of `host` and `bridge`) are asked for one by one.
 * @throws EngineError with exit code 9 when the engine is not a manager, or what a call threw
 */
export async function observe(
  engine: EngineClient,
  spec: StackSpec,
  options: CallOptions = {},
): Promise<Snapshot> {
  const label: Filters = { label: [`${LABEL_NAMESPACE}=${spec.stack}`] };
  const reads = Promise.all([
    // Whole: other stacks hold ports and address space.
    engine.services.list({}, options),
    engine.networks.list({}, options),
    engine.secrets.list({ filters: label }, options),
    byNames(secretNames(spec), (query) => engine.secrets.list(query, options)),
    engine.configs.list({ filters: label }, options),
    byNames(configNames(spec), (query) => engine.configs.list(query, options)),
  ]);
  // What the engine says about itself explains failed reads better than they do.
  const [info, seen] = await Promise.allSettled([engine.info(options), reads]);
  if (info.status === 'rejected') throw info.reason;
  const problem = swarmProblem(info.value);
  if (problem) throw problem;
  if (seen.status === 'rejected') throw seen.reason;
  const [all, networks, secrets, moreSecrets, configs, moreConfigs] = seen.value;
  const isOwn = ({ Spec }: Service): boolean => Spec.Labels?.[LABEL_NAMESPACE] === spec.stack;
  const serviceNames = new Set(spec.services.map((one) => one.Name));
  const snapshot: Snapshot = {
    stack: spec.stack,
    apiVersion: engine.apiVersion,
    isEmbedded: runtimeOf(info.value) !== undefined,
    hasOnlyNames: ['process', 'simulated'].includes(runtimeOf(info.value) ?? ''),
    services: all.filter(isOwn),
    foreignServices: all.filter((one) => !isOwn(one) && serviceNames.has(one.Spec.Name)),
    otherServices: all.filter((one) => !isOwn(one)),
    networks,
    secrets: distinct([...secrets, ...moreSecrets], (one) => one.ID),
    configs: distinct([...configs, ...moreConfigs], (one) => one.ID),
  };
  return { ...snapshot, networks: await withHiddenNetworks(engine, snapshot, { spec, options }) };
}

/** tstackd answers as an engine of its kind does, but names a runtime where others name disks. */
function runtimeOf({ DriverStatus }: EngineInfo): string | undefined {
  return (DriverStatus ?? []).find(([name]) => name === 'Runtime')?.[1];
}

/** Lists by name filter, which matches prefixes or more; the caller compares exactly. */
async function byNames<T>(
  names: readonly string[],
  list: (query: { readonly filters?: Filters }) => Promise<readonly T[]>,
): Promise<readonly T[]> {
  if (names.length === 0) return [];
  const length = names.reduce((sum, name) => sum + name.length + 3, 0);
  return list(length > MAX_FILTER_LENGTH ? {} : { filters: { name: names } });
}

function secretNames(spec: StackSpec): readonly string[] {
  return [...spec.secrets.map((one) => one.Name), ...spec.externalSecrets.map((one) => one.name)];
}

function configNames(spec: StackSpec): readonly string[] {
  return [...spec.configs.map((one) => one.Name), ...spec.externalConfigs.map((one) => one.name)];
}

function distinct<T>(items: readonly T[], idOf: (item: T) => string): readonly T[] {
  return [...new Map(items.map((item) => [idOf(item), item])).values()];
}

/**
 * The snapshot's networks, and those its services are attached to that no list shows.
 *
 * Only asked for when a service of the file joins a network whose id is not known: otherwise a
 * stored id that stands for itself compares just as well.
 */
async function withHiddenNetworks(
  engine: EngineClient,
  snapshot: Snapshot,
  { spec, options }: { readonly spec: StackSpec; readonly options: CallOptions },
): Promise<readonly Network[]> {
  const networks = snapshot.networks;
  const isKnown = (target: string): boolean =>
    networks.some((one) => one.Id === target || one.Name === target);
  const created = new Set(spec.networks.map((one) => one.Name));
  const isUnclear = spec.services
    .flatMap((one) => one.TaskTemplate.Networks ?? [])
    .some(({ Target }) => !created.has(Target) && (isPredefined(Target) || !isKnown(Target)));
  if (!isUnclear) return networks;
  const swarmIds = new Set(networks.filter((one) => one.Scope === 'swarm').map((one) => one.Id));
  const hidden = [...new Set(snapshot.services.flatMap(attachedTo))].filter(
    (id) => !(swarmIds as ReadonlySet<string>).has(id),
  );
  const found = await Promise.all(
    hidden.map(async (id) => {
      try {
        return await engine.networks.inspect(id, options);
      } catch (error) {
        if (error instanceof EngineError && error.kind === 'not-found') return undefined;
        throw error;
      }
    }),
  );
  return distinct([...networks, ...found.filter((one) => one !== undefined)], (one) => one.Id);
}

function attachedTo(service: Service): readonly string[] {
  const { TaskTemplate, Networks } = service.Spec;
  return (TaskTemplate.Networks ?? Networks ?? []).map((one) => one.Target);
}

/** Networks every node has; services reach them through hidden twins. */
export function isPredefined(name: string): boolean {
  return ['host', 'bridge', 'none', 'default'].includes(name);
}
