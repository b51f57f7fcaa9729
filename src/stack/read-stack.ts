import type { Span } from '../base/diagnostic.ts';
import { readMarkedDocument, type MarkedDocument } from './document.ts';
import type { Format } from './format.ts';
import { interpolate } from './interpolate.ts';
import type { LoadedSources, StackSource } from './load.ts';
import { createLocator } from './locate.ts';
import { resolvePath } from './paths.ts';
import { layerEnvFiles, shellEnv, type ProjectEnv } from './project-env.ts';
import { readCompose } from './read-compose.ts';
import type { Path, Place, Report } from './report.ts';
import type { SourceScope, Template } from './source-book.ts';
import { checkForbidden } from './forbidden-options.ts';
import { isDockerDocument, validate } from './validate.ts';
import { checkSameVersion, versionOf, type FileVersion } from './version.ts';
import type { YamlMap } from './yaml-values.ts';

/** How far the docker command's own defects are reproduced: not at all, or exactly. */
export type Compat = 'none' | 'docker';

/** What reading needs besides the files. */
export interface ReadOptions {
  readonly compat: Compat;
  /** Leaves every `$` alone (`config --skip-interpolation`). */
  readonly skipInterpolation?: boolean;
  /** The process environment. */
  readonly env: Readonly<Record<string, string>>;
  /** Of `--env-file`, in order; later ones win, the process environment wins over all. */
  readonly envFiles?: readonly string[];
  /** The name of the stack or project when it is given otherwise than by the files. */
  readonly projectName?: string;
  /** Active profiles; absent: those of COMPOSE_PROFILES. */
  readonly profiles?: readonly string[];
}

/** One stack file, read, interpolated and valid. Its index in the list is `Place.file`. */
export interface StackFile {
  /** As written on the command line, `<stdin>` for `-`. */
  readonly name: string;
  readonly text: string;
  /** `3.0` to `3.13`, as docker counts: an absent, empty or plain `3` version is `3.13`. */
  readonly version: string;
  readonly versionGiven: boolean;
  /** Before interpolation. */
  readonly raw: YamlMap;
  /** Interpolated and valid for its version; all files of a Compose project joined. */
  readonly value: YamlMap;
  /** Where a path of the value was written. */
  readonly place: (path: Path) => Place;
}

/** All files of one call, ready to merge left to right. */
export interface ReadResult {
  readonly files: readonly StackFile[];
  /** Of all files together. */
  readonly format: Format;
  /** Base of `env_file`, bind sources and secret/config files of all files. */
  readonly projectDirectory: string;
  /** Variables of the project itself. */
  readonly env: ProjectEnv;
  /** All texts: of the command line, included, extended; by `Place.file`. */
  readonly sources: readonly StackSource[];
  /** The same before their variables are filled in. */
  readonly templates: readonly Template[];
  /** What paths and variables at a path of a file's value refer to. */
  readonly scopeOf: (path: Path) => SourceScope;
  /** Where a place stands in its file; the nearest existing parent when the exact path does not. */
  readonly locate: (place: Place) => Span | undefined;
}

/**
 * Reads the loaded sources: YAML, version, forbidden options, interpolation, schema.
 *
 * @returns undefined when errors were reported; all problems that can be found are
 * @source spec/stack-file.md section 3, steps 2 to 4
 */
export function readStack(
  loaded: LoadedSources,
  options: ReadOptions,
  report: Report,
): ReadResult | undefined {
  const { sources, projectDirectory } = loaded;
  const counting = countErrors(report);
  const marked = sources.map((source) => readMarkedDocument(source, counting.report));
  const documents = marked.map((document) => document?.tree);
  const versions = documents.map((raw, file) => raw && versionOf(raw, file, counting.report));
  if (counting.errors === 0) checkSameVersion(versions.filter(isDefined), counting.report);
  const format = chooseFormat(marked, versions.filter(isDefined), options);
  if (format === 'compose') {
    if (counting.errors > 0) return undefined;
    const read = readCompose({
      loaded,
      documents: marked.filter(isDefined),
      options,
      report: counting.report,
    });
    return counting.errors > 0 ? undefined : read;
  }
  reportIgnoredTags(marked, options, counting.report);
  const env = envOfDocker(loaded, options, counting.report);
  const files: StackFile[] = [];
  for (const [file, source] of sources.entries()) {
    const raw = documents[file];
    const version = versions[file];
    if (!raw || !version) continue;
    const input = { file, raw, env: env.values, isInDotenv: dotenvOf(loaded, options), ...version };
    const value = readFile(input, options, counting.report);
    const place = (path: Path): Place => ({ file, path });
    files.push({ ...source, ...version, raw, value, place });
  }
  if (counting.errors > 0) return undefined;
  return {
    files,
    format,
    projectDirectory,
    env,
    sources,
    templates: files.map(({ raw }, file) => ({ file, tree: raw, env })),
    scopeOf: () => ({ directory: projectDirectory, env }),
    locate: createLocator(sources),
  };
}

/** docker stack reads no `.env`; files that a flag names are read. */
function envOfDocker(
  { readFile: read, workingDirectory }: LoadedSources,
  { env, envFiles = [] }: ReadOptions,
  report: Report,
): ProjectEnv {
  const requests = envFiles.map((path) => ({
    path: resolvePath(workingDirectory, path),
    isOptional: false,
  }));
  return layerEnvFiles(shellEnv(env), requests, { readFile: read, workingDirectory, report });
}

/** Whether the `.env` beside the files, which docker does not read, would set a variable. */
function dotenvOf(
  { readFile: read, projectDirectory, workingDirectory }: LoadedSources,
  { compat }: ReadOptions,
): (name: string) => boolean {
  let known: ProjectEnv | undefined;
  return (name) => {
    if (compat === 'docker') return false;
    const requests = [{ path: resolvePath(projectDirectory, '.env'), isOptional: true }];
    // What is wrong with a file that is not used is nobody's problem.
    const ports = { readFile: read, workingDirectory, report: () => undefined };
    known ??= layerEnvFiles(shellEnv({}), requests, ports);
    return known.origins.has(name);
  };
}

/** Merge tags mean nothing to docker stack. */
function reportIgnoredTags(
  documents: readonly (MarkedDocument | undefined)[],
  { compat }: ReadOptions,
  report: Report,
): void {
  if (compat === 'docker') return;
  for (const [file, document] of documents.entries()) {
    if (!document || document.marks.isEmpty) continue;
    report({
      code: 'merge-tag-ignored',
      severity: 'warning',
      message: '!reset and !override have no effect in files with a version, as in docker stack',
      place: { file, path: ['version'] },
      hint: 'remove "version" from all files; then compose-spec applies',
    });
  }
}

/** @source D-0220; docker does not heed merge tags, so whoever writes one means compose-spec */
function chooseFormat(
  documents: readonly (MarkedDocument | undefined)[],
  versions: readonly FileVersion[],
  { compat }: ReadOptions,
): Format {
  if (compat === 'docker' || versions.some(({ versionGiven }) => versionGiven)) return 'docker';
  return documents.every((one) => !one || (one.marks.isEmpty && isDockerDocument(one.tree)))
    ? 'docker'
    : 'compose';
}

interface FileInput {
  readonly file: number;
  readonly raw: YamlMap;
  readonly version: string;
  readonly env: Readonly<Record<string, string>>;
  readonly isInDotenv: (name: string) => boolean;
}

function readFile(
  { file, raw, version, env, isInDotenv }: FileInput,
  options: ReadOptions,
  report: Report,
): YamlMap {
  const { compat } = options;
  checkForbidden(raw, { file, format: 'docker' }, report);
  const counting = countErrors(report);
  const tree =
    options.skipInterpolation === true
      ? raw
      : interpolate(raw, { file, env, compat, format: 'docker', isInDotenv }, counting.report);
  // What a broken template left behind would be reported once more.
  if (counting.errors === 0) validate({ file, version, compat, tree }, report);
  return tree;
}

/** Passes problems on and counts the errors among them. */
function countErrors(report: Report): { readonly report: Report; readonly errors: number } {
  let errors = 0;
  return {
    report(problem) {
      if (problem.severity === 'error') errors += 1;
      report(problem);
    },
    get errors() {
      return errors;
    },
  };
}

function isDefined<T>(value: T | undefined): value is T {
  return value !== undefined;
}
