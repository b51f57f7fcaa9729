import { invariant } from '../../base/invariant.ts';
import type { Driver, GenericResource } from '../../swarm/object.ts';
import type { ContainerSpec } from '../../swarm/service.ts';
import type { StoreView } from '../store/store-view.ts';
import type { StoredConfig, StoredSecret, StoredTask } from '../store/stored-object.ts';
import { expandContainerSpec, expandPayload, toTemplateContext } from '../template.ts';
import type { TemplateContext } from '../template.ts';
import type { Assignment, TaskFile } from './executor.ts';

/**
 * What a node gets with a task: its container spec with the placeholders filled in, and the secrets
 * and configs it refers to, as they are now.
 * @throws ExpansionError when a placeholder of the container spec cannot be filled in
 * @source swarmkit agent/dependency.go, template/getter.go; spec/orchestrator.md 18.1, 19, 20
 */
export function resolveAssignment(view: StoreView, task: StoredTask): Assignment {
  const node = task.NodeID && view.get('node', task.NodeID);
  invariant(node || undefined, `task ${task.ID} is assigned to a node that does not exist`);
  const context = toTemplateContext(task, node || undefined);
  const container = expandContainerSpec(task.Spec.ContainerSpec ?? {}, context);
  return {
    task,
    node: node as Exclude<typeof node, '' | undefined>,
    service: view.get('service', task.ServiceID),
    container: withResources(container, task.GenericResources ?? []),
    files: () => readFiles(view, container, context),
  };
}

/**
 * Tells a task which generic resources it was given, in its environment.
 * @source swarmkit api/genericresource/string.go (EnvFormat)
 */
function withResources(
  container: ContainerSpec,
  resources: readonly GenericResource[],
): ContainerSpec {
  if (resources.length === 0) return container;
  const values = new Map<string, string[]>();
  for (const one of resources) {
    const { Kind, Value } =
      'NamedResourceSpec' in one ? one.NamedResourceSpec : one.DiscreteResourceSpec;
    values.set(Kind, [...(values.get(Kind) ?? []), String(Value)]);
  }
  const own = [...values].map(
    ([kind, all]) => `DOCKER_RESOURCE_${kind.toUpperCase()}=${all.join(',')}`,
  );
  return { ...container, Env: [...(container.Env ?? []), ...own] };
}

type Noun = TaskFile['kind'];

interface Reference {
  readonly kind: Noun;
  readonly file: TaskFile['file'];
  readonly object: StoredSecret | StoredConfig;
}

function readFiles(
  view: StoreView,
  container: ContainerSpec,
  context: TemplateContext,
): readonly TaskFile[] {
  const references = referencesOf(view, container);
  const payloads = (kind: Noun): ReadonlyMap<string, string> =>
    new Map(
      references
        .filter((one) => one.kind === kind && one.file)
        .map((one) => [one.file?.Name ?? '', decode(one.object.Spec.Data ?? '')]),
    );
  const scope = {
    env: container.Env ?? [],
    secrets: payloads('secret'),
    configs: payloads('config'),
  };
  return references.map(({ kind, file, object }) => {
    const { ID: id, Spec } = object;
    const data = Spec.Data ?? '';
    const name = Spec.Name;
    if (!Spec.Templating?.Name) return { kind, id, name, file, data };
    const expand = (): string => {
      assertGolang(Spec.Templating);
      return encode(expandPayload(decode(data), context, scope));
    };
    return { kind, id, name, file, data: within(kind, id, expand) };
  });
}

/** References whose object was removed meanwhile are errors: the task cannot be what it should. */
function referencesOf(view: StoreView, { Secrets, Configs }: ContainerSpec): readonly Reference[] {
  const secrets = (Secrets ?? []).map((one) => {
    const object = view.get('secret', one.SecretID);
    return {
      kind: 'secret' as const,
      file: one.File,
      object: existing('secret', one.SecretID, object),
    };
  });
  const configs = (Configs ?? []).map((one) => {
    const object = view.get('config', one.ConfigID);
    return {
      kind: 'config' as const,
      file: one.File,
      object: existing('config', one.ConfigID, object),
    };
  });
  return [...secrets, ...configs];
}

function existing<T>(kind: Noun, id: string, object: T | undefined): T {
  if (object === undefined) {
    throw new Error(`unable to get ${kind} from ${kind} store: ${kind} ${id} not found`);
  }
  return object;
}

function assertGolang(templating: Driver | undefined): void {
  if (templating?.Name !== 'golang') throw new Error('unrecognized template type');
}

function within(kind: Noun, id: string, work: () => string): string {
  try {
    return work();
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    const where = `unable to get ${kind} from ${kind} store: failed to expand templated ${kind} ${id}`;
    throw new Error(`${where}: ${why}`, { cause: error });
  }
}

function decode(base64: string): string {
  return new TextDecoder().decode(
    Uint8Array.from(atob(base64), (char) => char.codePointAt(0) ?? 0),
  );
}

function encode(text: string): string {
  return btoa(String.fromCodePoint(...new TextEncoder().encode(text)));
}
