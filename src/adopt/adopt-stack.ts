import type { JsonValue } from '../base/brand.ts';
import { EXIT_CODE, StackFileError, UserError } from '../base/errors.ts';
import { mergePatchBetween } from '../base/merge-patch.ts';
import { canonicalSpec } from '../plan/canonical-spec.ts';
import type { FieldChange } from '../plan/plan.ts';
import { decideService, networkNamesOf, withIds } from '../plan/service-operations.ts';
import type { StackModel } from '../stack/model.ts';
import { convertLoadedStack, loadStack } from '../stack/pipeline.ts';
import { printConfig } from '../stack/print-config.ts';
import type { StackSpec } from '../stack/stack-spec.ts';
import type { Service, ServiceSpec } from '../swarm/service.ts';
import { descopeName } from '../swarm/stack-labels.ts';
import { adoptNotes, type AdoptNote } from './adopt-notes.ts';
import { Declarations, type ConfigFile, type DeclarationOptions } from './declarations.ts';
import type { RunningStack } from './observe-running.ts';
import { written, type Part } from './part.ts';
import { writeService } from './write-service.ts';

/** A stack file for a stack that runs. */
export interface AdoptedStack {
  /** The file, as `config` prints it. */
  readonly text: string;
  /** Contents of configs that the file names. */
  readonly files: readonly ConfigFile[];
  /** What is worth knowing about the file. */
  readonly notes: readonly AdoptNote[];
  /** Whether the file says everything that the cluster holds. */
  readonly isWhole: boolean;
}

/** What a file said of a service, beside what the cluster holds. */
interface Comparison {
  readonly service: Service;
  readonly wanted: ServiceSpec;
  readonly changes: readonly FieldChange[];
}

const FILE = 'compose.yml';

/**
 * Writes the stack file whose plan against the same cluster is empty.
 *
 * Pure. The file is read back and compared as the plan compares: fields without a key of their own
 * are said as `x-tstack: {spec: …}`; what is different even then is a warning.
 * @throws UserError when no file can be written that reads as one
 */
export function adoptStack(running: RunningStack, options: DeclarationOptions = {}): AdoptedStack {
  const { stack } = running;
  const services = running.services.filter(
    ({ Spec }) => Spec.Name.startsWith(`${stack}_`) && Spec.TaskTemplate.ContainerSpec,
  );
  const declarations = new Declarations(running, options);
  const declared = new Set(services.map(({ Spec }) => descopeName(stack, Spec.Name)));
  const parts = new Map<string, Part>(
    services.map((service) => [
      descopeName(stack, service.Spec.Name),
      writeService(service, { stack, declarations, declared }),
    ]),
  );
  const reader = new Reader(stack, parts, declarations);
  reader.dropRefused();
  for (const { service, wanted, changes } of compare(services, running, reader.read().spec)) {
    const patch = changes.length === 0 ? undefined : patchOf(service, wanted, running);
    if (patch === undefined) continue;
    reader.patch(descopeName(stack, service.Spec.Name), patch);
  }
  const { model } = reader.read();
  const text = printConfig(withPaths(model, declarations.files));
  const left = compare(services, running, reader.readText(text).spec);
  const notes = adoptNotes(running, { patches: reader.patches(), left });
  const isWhole = notes.every(({ severity }) => severity === 'note');
  return { text, files: declarations.files, notes, isWhole };
}

/** What a plan would say of each service; images and what registries said of them are as they are. */
function compare(
  services: readonly Service[],
  running: RunningStack,
  spec: StackSpec,
): readonly Comparison[] {
  const networkNames = networkNamesOf(running.networks);
  return services.map((service) => {
    const found = spec.services.find((one) => one.Name === service.Spec.Name);
    const ids = idsOf(service.Spec);
    const wanted = withIds(withStoredImage(found ?? emptySpec(service), service.Spec), ids);
    const decision = decideService(wanted, service, { networkNames });
    return { service, wanted: decision.spec, changes: decision.changes };
  });
}

function emptySpec({ Spec }: Service): ServiceSpec {
  return { Name: Spec.Name, TaskTemplate: {} };
}

/** Digest and platforms come from a registry, which a plan asks. */
function withStoredImage(spec: ServiceSpec, stored: ServiceSpec): ServiceSpec {
  const task = spec.TaskTemplate;
  const Platforms = stored.TaskTemplate.Placement?.Platforms;
  const Image = stored.TaskTemplate.ContainerSpec?.Image;
  return {
    ...spec,
    TaskTemplate: {
      ...task,
      ...(Platforms && { Placement: { ...task.Placement, Platforms } }),
      ...(Image !== undefined && { ContainerSpec: { ...task.ContainerSpec, Image } }),
    },
  };
}

function idsOf({ TaskTemplate }: ServiceSpec): Parameters<typeof withIds>[1] {
  const { Secrets, Configs } = TaskTemplate.ContainerSpec ?? {};
  return {
    secrets: new Map((Secrets ?? []).map((one) => [one.SecretName, one.SecretID])),
    configs: new Map((Configs ?? []).map((one) => [one.ConfigName, one.ConfigID])),
  };
}

/** What has to be laid over a request for it to be what the cluster holds. */
function patchOf(
  { Spec }: Service,
  wanted: ServiceSpec,
  running: RunningStack,
): JsonValue | undefined {
  const names = networkNamesOf(running.networks);
  const patch = mergePatchBetween(canonicalSpec(wanted, names), canonicalSpec(Spec, names));
  return patch === undefined ? undefined : withoutIds(patch);
}

/** Objects are found by name; ids are those of one cluster. */
function withoutIds(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return (value as readonly JsonValue[]).map(withoutIds);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries<JsonValue>(value).map(([key, member]) => [
    key,
    key === 'SecretID' || key === 'ConfigID' ? '' : withoutIds(member),
  ]);
  return Object.fromEntries(members) as JsonValue;
}

/** `config` prints whole paths; those of the file's own configs are beside it. */
function withPaths(model: StackModel, files: readonly ConfigFile[]): StackModel {
  const paths = new Map(files.map(({ path }) => [absolute(path), path]));
  const configs = Object.entries(model.configs).map(([key, config]) => [
    key,
    config.file === undefined ? config : { ...config, file: paths.get(config.file) ?? config.file },
  ]);
  return { ...model, configs: Object.fromEntries(configs) as StackModel['configs'] };
}

function absolute(path: string): string {
  return path.startsWith('/') ? path : `/${path.replace(/^\.\//, '')}`;
}

/** Reads what was written, as a file of its own. */
class Reader {
  readonly #stack: string;
  readonly #parts: Map<string, Part>;
  readonly #declarations: Declarations;

  constructor(stack: string, parts: Map<string, Part>, declarations: Declarations) {
    this.#stack = stack;
    this.#parts = parts;
    this.#declarations = declarations;
  }

  /** Lays a patch over what `x-tstack` of a service says already. */
  patch(key: string, patch: JsonValue): void {
    const part = this.#parts.get(key) ?? {};
    const own = (part['x-tstack'] ?? {}) as { readonly [key: string]: JsonValue };
    const before = own['spec'];
    const spec = before === undefined ? patch : mergePatches(before, patch);
    this.#parts.set(key, { ...part, 'x-tstack': { ...own, spec } });
  }

  /** What is said in the Engine API's words, by service of the file. */
  patches(): ReadonlyMap<string, JsonValue> {
    const pairs = [...this.#parts].flatMap(([key, part]) => {
      const own = (part['x-tstack'] ?? {}) as { readonly [key: string]: JsonValue };
      return own['spec'] === undefined ? [] : [[key, own['spec']] as const];
    });
    return new Map(pairs);
  }

  /** Takes away the keys that the pipeline does not take as they are. */
  dropRefused(): void {
    if (this.#tryRead(this.#parts)) return;
    for (const [service, part] of this.#parts) {
      const { depends_on: order, ...alone } = part;
      if (this.#tryRead(new Map([[service, alone]]))) continue;
      let kept: Part = { image: part['image'] };
      for (const [key, value] of Object.entries(alone)) {
        const longer = { ...kept, [key]: value };
        if (this.#tryRead(new Map([[service, longer]]))) kept = longer;
      }
      this.#parts.set(service, { ...kept, depends_on: order });
    }
  }

  read(): { readonly spec: StackSpec; readonly model: StackModel } {
    return this.readText(this.#textOf(this.#parts));
  }

  readText(text: string): { readonly spec: StackSpec; readonly model: StackModel } {
    try {
      return this.#readText(text);
    } catch (error) {
      if (!(error instanceof StackFileError)) throw error;
      throw new UserError(`no stack file can say what ${this.#stack} is: ${error.message}`, {
        code: 'adopt-unreadable',
        exitCode: EXIT_CODE.failed,
        cause: error,
        hint: 'deploy the service in question from a file once, then adopt the stack',
      });
    }
  }

  #tryRead(parts: ReadonlyMap<string, Part>): boolean {
    try {
      const { model } = this.#readText(this.#textOf(parts));
      this.#readText(printConfig(model));
      return true;
    } catch (error) {
      if (error instanceof StackFileError) return false;
      throw error;
    }
  }

  /** JSON is YAML, and needs no thought about quotes. */
  #textOf(parts: ReadonlyMap<string, Part>): string {
    const services = [...parts].map(([name, part]) => [name, written(part) ?? {}]);
    const body = written({
      services: Object.fromEntries(services) as JsonValue,
      ...this.#declarations.sections(),
    });
    return JSON.stringify({ name: this.#stack, ...(doubleDollars(body ?? {}) as object) });
  }

  #readText(text: string): { readonly spec: StackSpec; readonly model: StackModel } {
    const contents = new Map(
      this.#declarations.files.map(({ path, bytes }) => [absolute(path), bytes]),
    );
    contents.set(FILE, new TextEncoder().encode(text));
    const loaded = loadStack(
      [FILE],
      {
        readFile: (path) => {
          const bytes = contents.get(path);
          return bytes
            ? { kind: 'data', bytes }
            : { kind: 'error', code: 'ENOENT', message: `${path} is not there` };
        },
        readStdin: () => new Uint8Array(),
        workingDirectory: '/',
      },
      { compat: 'none', env: {}, envFiles: [], profiles: [], projectName: this.#stack },
    );
    return { spec: convertLoadedStack(loaded, this.#stack).spec, model: loaded.model };
  }
}

/** One patch that does what two do, one after the other; both are objects. */
function mergePatches(first: JsonValue, second: JsonValue): JsonValue {
  if (![first, second].every((one) => typeof one === 'object' && one && !Array.isArray(one))) {
    return second;
  }
  const members = new Map(Object.entries(first as object) as [string, JsonValue][]);
  for (const [key, member] of Object.entries(second as object) as [string, JsonValue][]) {
    const before = members.get(key);
    members.set(key, before === undefined ? member : mergePatches(before, member));
  }
  return Object.fromEntries(members);
}

/** `$` begins a variable in a file. */
function doubleDollars(value: JsonValue): JsonValue {
  if (typeof value === 'string') return value.replaceAll('$', '$$$$');
  if (Array.isArray(value)) return (value as readonly JsonValue[]).map(doubleDollars);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries<JsonValue>(value).map(([key, one]) => [key, doubleDollars(one)]);
  return Object.fromEntries(members) as JsonValue;
}
