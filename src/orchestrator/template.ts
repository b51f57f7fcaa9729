import { executeTemplate } from '../base/go-template/execute.ts';
import { BUILT_INS, LAZY_FUNCTIONS, type FunctionTable } from '../base/go-template/built-ins.ts';
import { parseTemplate } from '../base/go-template/parse.ts';
import { TemplateError } from '../base/go-template/template-error.ts';
import { printValue, type TemplateValue } from '../base/go-template/value.ts';
import type { NodeDescription } from '../swarm/node.ts';
import type { StringMap } from '../swarm/object.ts';
import type { ContainerSpec, Mount } from '../swarm/service.ts';
import type { StoredNode, StoredTask } from './store/stored-object.ts';
import { slotName, taskName, type NamedTask } from './task-name.ts';

/** What a placeholder can name, with SwarmKit's members. */
export type TemplateContext = {
  readonly Service: {
    readonly ID: string;
    readonly Name: string;
    readonly Labels: StringMap;
  };
  readonly Node: {
    readonly ID: string;
    readonly Hostname: string;
    readonly Platform: { readonly Architecture: string; readonly OS: string };
  };
  readonly Task: { readonly ID: string; readonly Name: string; readonly Slot: string };
};

/** A placeholder that cannot be expanded; the message is SwarmKit's. */
export class ExpansionError extends Error {
  override readonly name = 'ExpansionError';
}

/** SwarmKit calls every template so in its messages. */
const NAME = 'expansion';

/** Go's names of the members' types, by path, for messages about unknown members. */
const TYPES: Readonly<Record<string, string>> = {
  '': '*template.Context',
  Service: 'struct { ID string; Name string; Labels map[string]string }',
  Node: 'struct { ID string; Hostname string; Platform template.Platform }',
  'Node.Platform': 'template.Platform',
  Task: 'struct { ID string; Name string; Slot string }',
};

const FUNCTIONS: FunctionTable = {
  ...BUILT_INS,
  join: (separator, ...parts) => parts.map(printValue).join(printValue(separator)),
};

/**
 * The values of a task's placeholders.
 * @source swarmkit template/context.go (NewContext); spec/orchestrator.md section 19
 */
export function toTemplateContext(
  task: NamedTask & Pick<StoredTask, 'ServiceID'>,
  node: { readonly Description?: NodeDescription } | Pick<StoredNode, 'Description'> | undefined,
): TemplateContext {
  const { Hostname, Platform } = node?.Description ?? {};
  return {
    Service: {
      ID: task.ServiceID,
      Name: task.ServiceAnnotations.Name,
      Labels: task.ServiceAnnotations.Labels ?? {},
    },
    Node: {
      ID: task.NodeID ?? '',
      Hostname: Hostname ?? '',
      Platform: { Architecture: Platform?.Architecture ?? '', OS: Platform?.OS ?? '' },
    },
    Task: { ID: task.ID, Name: taskName(task), Slot: slotName(task) },
  };
}

/**
 * The container spec with the placeholders in environment, mounts and host name expanded; all
 * else is taken as it is. A spec without placeholders is given back itself.
 * @throws ExpansionError `expanding env failed: …`
 * @source swarmkit template/expand.go (ExpandContainerSpec); spec/orchestrator.md section 19
 */
export function expandContainerSpec(
  container: ContainerSpec,
  context: TemplateContext,
): ContainerSpec {
  const expand: Expand = (text) => expandText(text, context, FUNCTIONS);
  const { Env, Mounts, Hostname } = container;
  const env = within('expanding env failed', () => Env?.map((one) => expandEnv(one, expand)));
  const mounts = within('expanding mounts failed', () =>
    Mounts?.map((mount) => expandMount(mount, expand)),
  );
  const hostname = within('expanding hostname failed', () =>
    Hostname === undefined ? undefined : expand(Hostname),
  );
  return {
    ...container,
    ...(env && { Env: env }),
    ...(mounts && { Mounts: mounts }),
    ...(hostname !== undefined && { Hostname: hostname }),
  };
}

/** What a secret's or config's payload can reach besides the context. */
export interface PayloadScope {
  /** The task's environment, already expanded, `KEY=value`. */
  readonly env: readonly string[];
  /** Payloads of the task's other references by target file name. */
  readonly secrets: ReadonlyMap<string, string>;
  readonly configs: ReadonlyMap<string, string>;
}

/**
 * A payload with its placeholders expanded.
 *
 * The node's host name and platform are empty here, as in SwarmKit (Q21): D-0281.
 * @throws ExpansionError when it refers to what the task does not have
 * @source swarmkit template/expand.go (expandPayload); spec/orchestrator.md section 19
 */
export function expandPayload(text: string, context: TemplateContext, scope: PayloadScope): string {
  const variables = new Map(
    scope.env.map((entry) => {
      const at = entry.indexOf('=');
      return at < 0 ? [entry, ''] : [entry.slice(0, at), entry.slice(at + 1)];
    }),
  );
  const lookUp = (noun: string, values: ReadonlyMap<string, string>) => (name: TemplateValue) => {
    const found = values.get(printValue(name));
    if (found === undefined) throw new Error(`${noun} target ${printValue(name)} not found`);
    return found;
  };
  const Node = { ...NO_NODE, ID: context.Node.ID };
  return expandText(
    text,
    { ...context, Node },
    {
      ...FUNCTIONS,
      env: (name) => variables.get(printValue(name)) ?? '',
      secret: lookUp('secret', scope.secrets),
      config: lookUp('config', scope.configs),
    },
  );
}

const NO_NODE = { Hostname: '', Platform: { Architecture: '', OS: '' } };

type Expand = (text: string) => string;

function expandText(text: string, context: TemplateContext, functions: FunctionTable): string {
  if (!text.includes('{{')) return text;
  try {
    const names = new Set([...Object.keys(functions), ...LAZY_FUNCTIONS]);
    const nodes = parseTemplate(text, names, NAME);
    return executeTemplate(nodes, context, {
      template: text,
      name: NAME,
      functions,
      strict: true,
      typeOf: (path) => TYPES[path.join('.')],
    });
  } catch (error) {
    if (error instanceof TemplateError) throw new ExpansionError(error.message);
    throw error;
  }
}

/** Only what stands right of the first `=`; the name is taken as it is. */
function expandEnv(entry: string, expand: Expand): string {
  const at = entry.indexOf('=');
  if (at < 0) return entry;
  return within(
    `expanding env ${JSON.stringify(entry)}`,
    () => `${entry.slice(0, at)}=${expand(entry.slice(at + 1))}`,
  );
}

function expandMount(mount: Mount, expand: Expand): Mount {
  const { Source, Target, VolumeOptions } = mount;
  const source = within(`expanding mount source ${JSON.stringify(Source ?? '')}`, () =>
    Source === undefined ? undefined : expand(Source),
  );
  const target = within(`expanding mount target ${JSON.stringify(Target)}`, () => expand(Target));
  return {
    ...mount,
    ...(source !== undefined && { Source: source }),
    Target: target,
    ...(VolumeOptions && { VolumeOptions: expandVolume(VolumeOptions, expand) }),
  };
}

function expandVolume(volume: NonNullable<Mount['VolumeOptions']>, expand: Expand) {
  const { Labels, DriverConfig } = volume;
  const labels = within('expanding volume labels', () => Labels && expandMap(Labels, expand));
  const options = within(
    'expanding volume driver config',
    () => DriverConfig?.Options && expandMap(DriverConfig.Options, expand),
  );
  return {
    ...volume,
    ...(labels && { Labels: labels }),
    ...(options && { DriverConfig: { ...DriverConfig, Options: options } }),
  };
}

function expandMap(map: StringMap, expand: Expand): StringMap {
  return Object.fromEntries(Object.entries(map).map(([key, value]) => [key, expand(value)]));
}

/** Says where an expansion failed. */
function within<T>(where: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof ExpansionError) throw new ExpansionError(`${where}: ${error.message}`);
    throw error;
  }
}
