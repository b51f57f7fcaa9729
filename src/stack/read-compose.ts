import type { MarkedDocument } from './document.ts';
import { nameOfDirectory } from './format.ts';
import type { LoadedSources } from './load.ts';
import { createLocator } from './locate.ts';
import { resolvePath } from './paths.ts';
import { layerEnvFiles, shellEnv, type ProjectEnv } from './project-env.ts';
import { Provenance, type Traced } from './provenance.ts';
import { joinProject } from './read-project.ts';
import type { ReadOptions, ReadResult } from './read-stack.ts';
import { readTree, type ReadContext } from './read-tree.ts';
import type { Report } from './report.ts';
import { SourceBook } from './source-book.ts';
import { substitute } from './template.ts';
import { NEWEST_VERSION } from './version.ts';
import type { YamlMap } from './yaml-values.ts';

interface ComposeInput {
  readonly loaded: LoadedSources;
  readonly documents: readonly MarkedDocument[];
  readonly options: ReadOptions;
  readonly report: Report;
}

/**
 * Reads files of the Compose Specification's format: one project, one tree.
 *
 * @returns undefined when something is wrong, which is reported
 * @source compose-spec 04-version-and-name.md, 13-merge.md, 14-include.md
 */
export function readCompose(input: ComposeInput): ReadResult | undefined {
  const { loaded, documents, options, report } = input;
  const { sources, projectDirectory, readFile, workingDirectory } = loaded;
  const { env, name } = projectEnv(input);
  const book = new SourceBook(sources, { directory: projectDirectory, env });
  const provenance = new Provenance();
  const context: ReadContext = { book, provenance, readFile, workingDirectory, options, report };
  const trees = documents.map((document, file) => readTree(file, document, context));
  const [first] = sources;
  if (!first || !trees.every((tree) => tree !== undefined)) return undefined;
  const joined = joinProject(trees, [resolvePath(workingDirectory, first.name)], context);
  if (!joined) return undefined;
  reportOtherName(joined, { provenance, report, given: options.projectName });
  const root = withName(joined, name, provenance);
  checkName(root, { provenance, report, given: options.projectName });
  const { value } = root;
  const place = (path: Parameters<Provenance['find']>[1]) => provenance.find(root, path);
  const version = { version: NEWEST_VERSION, versionGiven: false };
  return {
    files: [{ ...first, ...version, raw: value, value, place }],
    format: 'compose',
    projectDirectory,
    env,
    sources,
    templates: book.templates(),
    scopeOf: (path) => book.scopeOf(place(path).file),
    locate: createLocator(sources),
  };
}

/**
 * The variables of a project: those of the command, then of `--env-file` or else of `.env`; and
 * its name, which is one of them.
 * @source docker docs, environment variables precedence; compose-spec 04-version-and-name.md
 */
function projectEnv({ loaded, documents, options, report }: ComposeInput): {
  readonly env: ProjectEnv;
  /** Given otherwise than by the files. */
  readonly name: string | undefined;
} {
  const { projectDirectory, readFile, workingDirectory } = loaded;
  const named = options.envFiles ?? [];
  const requests =
    named.length > 0
      ? named.map((path) => ({ path: resolvePath(workingDirectory, path), isOptional: false }))
      : [{ path: resolvePath(projectDirectory, '.env'), isOptional: true }];
  const env = layerEnvFiles(shellEnv(options.env), requests, {
    readFile,
    workingDirectory,
    report,
  });
  const given = options.projectName ?? env.values['COMPOSE_PROJECT_NAME'] ?? '';
  const name = given || nameInFiles(documents, env) || nameOfDirectory(projectDirectory);
  const values = Object.assign(Object.create(null) as Record<string, string>, env.values);
  values['COMPOSE_PROJECT_NAME'] = name;
  return { env: { ...env, values }, name: given === '' ? undefined : given };
}

/** The last `name` of the files, with its variables filled in; what is wrong is reported later. */
function nameInFiles(documents: readonly MarkedDocument[], { values }: ProjectEnv): string {
  const written = documents.findLast(({ tree }) => typeof tree['name'] === 'string')?.tree['name'];
  if (typeof written !== 'string') return '';
  const lookup = (name: string) => (Object.hasOwn(values, name) ? values[name] : undefined);
  const result = substitute(written, lookup, 'compose');
  return result.kind === 'text' ? result.text : '';
}

function withName(
  root: Traced<YamlMap>,
  name: string | undefined,
  provenance: Provenance,
): Traced<YamlMap> {
  if (name === undefined) return root;
  const entries = provenance.entriesOf(root);
  const place = entries.get('name')?.place ?? { ...root.place, path: ['name'] };
  entries.set('name', { value: name, place });
  return provenance.map(entries, root.place);
}

interface NameCheck {
  readonly provenance: Provenance;
  readonly report: Report;
  /** The stack's name on the command line. */
  readonly given: string | undefined;
}

/** Which of two names a stack gets should surprise nobody. */
function reportOtherName(root: Traced<YamlMap>, { provenance, report, given }: NameCheck): void {
  const name = provenance.entriesOf(root).get('name');
  if (!name || given === undefined || typeof name.value !== 'string') return;
  if (name.value === given) return;
  report({
    code: 'name-not-used',
    severity: 'note',
    message: `the stack is called "${given}", as the command says, not "${name.value}"`,
    place: name.place,
  });
}

/** Docker compose allows fewer names than Swarm. @source compose-spec 04-version-and-name.md */
function checkName(root: Traced<YamlMap>, { provenance, report, given }: NameCheck): void {
  const name = provenance.entriesOf(root).get('name');
  if (!name || given !== undefined) return;
  if (typeof name.value !== 'string' || name.value.includes('$')) return;
  if (/^[a-z0-9][a-z0-9_-]*$/.test(name.value)) return;
  report({
    code: 'invalid-project-name',
    severity: 'error',
    message: `invalid project name "${name.value}"`,
    place: name.place,
    hint: 'write lowercase letters, digits, hyphens and underscores, with a letter or digit first',
  });
}
