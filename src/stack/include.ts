import { directoryOf, displayPath, resolvePath } from './paths.ts';
import { layerEnvFiles, type EnvFileRequest } from './project-env.ts';
import { isTracedList, isTracedMap, type Provenance, type Traced } from './provenance.ts';
import { openTree, type ReadContext, type ReadTree } from './read-tree.ts';
import type { Place } from './report.ts';
import type { SourceScope } from './source-book.ts';
import {
  isYamlMap,
  YamlFloat,
  YamlTimestamp,
  type YamlMap,
  type YamlValue,
} from './yaml-values.ts';

/** Projects within projects end here. */
const MAX_DEPTH = 32;

/** Sections that are brought along; names and extensions are the including project's own. */
const SECTIONS = ['services', 'networks', 'volumes', 'secrets', 'configs'] as const;

/** Joins the files of one included project, with what it includes itself. */
export type JoinProject = (
  trees: readonly ReadTree[],
  chain: readonly string[],
) => Traced<YamlMap> | undefined;

interface IncludeContext extends ReadContext {
  readonly join: JoinProject;
  /** Absolute paths of the main files from the command line's down to this project's. */
  readonly chain: readonly string[];
}

/**
 * Brings the services and resources of included projects into a project.
 *
 * Each is read as a project of its own: its own directory, its own defaults of variables. A name
 * that both have is refused, unless both say the same.
 * @source compose-spec 14-include.md
 */
export function importIncluded(root: Traced<YamlMap>, context: IncludeContext): Traced<YamlMap> {
  const { provenance } = context;
  const list = provenance.entriesOf(root).get('include');
  if (!list) return root;
  let result = root;
  for (const entry of isTracedList(list) ? provenance.itemsOf(list) : []) {
    const project = readIncluded(entry, context);
    if (project) result = importSections(result, project, context);
  }
  const entries = provenance.entriesOf(result);
  entries.delete('include');
  return provenance.map(entries, root.place);
}

function readIncluded(entry: Traced, context: IncludeContext): Traced<YamlMap> | undefined {
  const { provenance, book, chain } = context;
  const fields = isTracedMap(entry) ? provenance.entriesOf(entry) : new Map([['path', entry]]);
  const base = book.scopeOf(entry.place.file);
  const files = textsOf(fields.get('path'), provenance).map(({ value, place }) => ({
    path: resolvePath(base.directory, value),
    place,
  }));
  const [main] = files;
  if (!main || !mayInclude(main, context)) return undefined;
  const directory = textsOf(fields.get('project_directory'), provenance)[0]?.value;
  const scope = scopeOf(
    directory === undefined ? directoryOf(main.path) : resolvePath(base.directory, directory),
    textsOf(fields.get('env_file'), provenance).map(({ value, place }) => ({
      path: resolvePath(base.directory, value),
      isOptional: false,
      place,
    })),
    { base, context },
  );
  const trees = files.map((file) => openTree({ ...file, scope }, context));
  if (!trees.every((tree) => tree !== undefined)) return undefined;
  return context.join(trees, [...chain, main.path]);
}

function scopeOf(
  directory: string,
  envFiles: readonly EnvFileRequest[],
  { base, context }: { base: SourceScope; context: IncludeContext },
): SourceScope {
  const files = envFiles.length > 0 ? envFiles : [{ path: `${directory}/.env`, isOptional: true }];
  return { directory, env: layerEnvFiles(base.env, files, context) };
}

/** The strings of a string or a list of strings. */
function textsOf(
  traced: Traced | undefined,
  provenance: Provenance,
): readonly { readonly value: string; readonly place: Place }[] {
  if (!traced) return [];
  const items = isTracedList(traced) ? provenance.itemsOf(traced) : [traced];
  return items.flatMap(({ value, place }) => (typeof value === 'string' ? [{ value, place }] : []));
}

function mayInclude(
  main: { readonly path: string; readonly place: Place },
  { chain, report, workingDirectory }: IncludeContext,
): boolean {
  const isCycle = chain.includes(main.path);
  if (!isCycle && chain.length <= MAX_DEPTH) return true;
  const names = [...chain, main.path]
    .slice(isCycle ? chain.indexOf(main.path) : 0)
    .map((path) => displayPath(path, workingDirectory));
  report({
    code: isCycle ? 'include-cycle' : 'include-too-deep',
    severity: 'error',
    message: isCycle
      ? `include cycle detected: ${names.join(' → ')}`
      : `more than ${MAX_DEPTH} projects include one another`,
    place: main.place,
    hint: isCycle ? 'remove one of these includes' : 'include the inner projects directly',
  });
  return false;
}

function importSections(
  into: Traced<YamlMap>,
  project: Traced<YamlMap>,
  context: IncludeContext,
): Traced<YamlMap> {
  const { provenance } = context;
  const result = provenance.entriesOf(into);
  const imported = provenance.entriesOf(project);
  for (const section of SECTIONS) {
    const from = imported.get(section);
    if (!from || !isTracedMap(from)) continue;
    const known = result.get(section);
    const entries = known && isTracedMap(known) ? provenance.entriesOf(known) : new Map();
    for (const [name, entry] of provenance.entriesOf(from)) {
      const before = entries.get(name) as Traced | undefined;
      if (!before) entries.set(name, entry);
      else if (!isSame(before, entry, context))
        reportConflict(section, name, [before, entry], context);
    }
    result.set(section, provenance.map(entries, known?.place ?? from.place));
  }
  return provenance.map(result, into.place);
}

/** Whether both say the same; relative paths mean the same only in one directory. */
function isSame(left: Traced, right: Traced, { book }: IncludeContext): boolean {
  if (!isEqual(left.value, right.value)) return false;
  const [one, other] = [left, right].map(({ place }) => book.scopeOf(place.file).directory);
  return one === other || !hasRelativePath(left.value);
}

function hasRelativePath(value: YamlValue): boolean {
  if (!isYamlMap(value)) return false;
  const keys = ['build', 'env_file', 'label_file', 'volumes', 'file'];
  return keys.some((key) => Object.hasOwn(value, key));
}

function isEqual(left: YamlValue, right: YamlValue): boolean {
  if (left === right) return true;
  if (left instanceof YamlFloat) return right instanceof YamlFloat && left.value === right.value;
  if (left instanceof YamlTimestamp) {
    return right instanceof YamlTimestamp && left.text === right.text;
  }
  if (Array.isArray(left) && Array.isArray(right)) {
    const other = right as readonly YamlValue[];
    return (
      left.length === other.length && left.every((item, at) => isEqual(item, other[at] ?? null))
    );
  }
  if (!isYamlMap(left) || !isYamlMap(right)) return false;
  const keys = Object.keys(left);
  return (
    keys.length === Object.keys(right).length &&
    keys.every((key) => Object.hasOwn(right, key) && isEqual(left[key] ?? null, right[key] ?? null))
  );
}

function reportConflict(
  section: string,
  name: string,
  [before, entry]: readonly [Traced, Traced],
  { report }: IncludeContext,
): void {
  const atKey = ({ place }: Traced): Place => ({ ...place, part: 'key' });
  report({
    code: 'include-conflict',
    severity: 'error',
    message: `${section}.${name} conflicts with imported resource`,
    place: atKey(entry),
    related: [{ message: 'it is first declared here', place: atKey(before) }],
    hint: 'rename one of the two, or put an override file into the path list of the include',
  });
}
