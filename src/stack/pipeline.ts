import type { Diagnostic } from '../base/diagnostic.ts';
import { checkSupport } from './check-support.ts';
import { convertStack } from './convert.ts';
import type { EnvFile } from './cursor.ts';
import { nameOfDirectory } from './format.ts';
import { InvariantError } from '../base/invariant.ts';
import { createLocator, type Locate } from './locate.ts';
import { loadSources, type LoadPorts, type StackSource } from './load.ts';
import { mergeModels } from './merge.ts';
import type { StackModel } from './model.ts';
import { normaliseFile } from './normalise.ts';
import { collectNotices, type Notices } from './notices.ts';
import { createOrigin } from './origin.ts';
import { chooseProfiles, profilesOf, reportUnknownProfiles, selectProfiles } from './profiles.ts';
import { createProblemBook, type ProblemBook } from './problem-book.ts';
import type { ReadFile } from './read-file.ts';
import { readStack, type ReadOptions, type ReadResult } from './read-stack.ts';
import type { Place, Report } from './report.ts';
import { rotatesContent } from './keys/x-tstack-table.ts';
import { checkDeploy, checkModel, checkSpec } from './rules/index.ts';
import type { MergedReport } from './rules/rule.ts';
import { runToCompletion } from './run-to-completion.ts';
import type { StackSpec } from './stack-spec.ts';

/** The stack files of one call, read, merged and in normal form. */
export interface LoadedStack {
  /** Without the services of profiles that are not active. */
  readonly model: StackModel;
  /** All profiles that services name, sorted. */
  readonly profiles: readonly string[];
  /** Accepted keys without effect, for `deploy` to name. */
  readonly notices: Notices;
  /** Warnings and notes. */
  readonly diagnostics: readonly Diagnostic[];
  /** The texts, for excerpts. */
  readonly sources: readonly StackSource[];
  /** What converting needs again. */
  readonly origin: StackOrigin;
}

/** Where a loaded stack came from. */
export interface StackOrigin {
  readonly read: ReadResult;
  readonly readFile: ReadFile;
  readonly options: ReadOptions;
}

/**
 * Load, interpolate, validate, normalise, merge: what `config` shows.
 *
 * @param paths - as on the command line; `-` is standard input
 * @throws StackFileError with all problems of the first phase that found errors
 * @source spec/stack-file.md section 3
 */
export function loadStack(
  paths: readonly string[],
  ports: LoadPorts,
  options: ReadOptions,
): LoadedStack {
  const book = createProblemBook();
  const loaded = loadSources(paths, ports, book.report);
  const locate: Locate = loaded ? createLocator(loaded.sources) : () => undefined;
  const read = loaded && readStack(loaded, options, book.report);
  if (!loaded || !read) throw stopped(book, locate);
  const origin: StackOrigin = { read, readFile: ports.readFile, options };
  const models = normaliseFiles(origin, book);
  // In compose's format what is refused is told together with what is malformed.
  if (read.format === 'docker') book.stopOnErrors(locate);
  const merged = models.reduce((base, over) => mergeModels(base, over, options));
  const choice = chooseProfiles(options.profiles ?? [], read.env.values);
  reportUnknownProfiles(merged, choice, book.report);
  const model = selectProfiles(
    withName(merged, read.projectDirectory),
    choice,
    reportMerged(read, book),
  );
  if (model.format === 'docker') book.stopOnErrors(locate);
  if (model.format === 'compose') {
    checkSupport(read.files, { services: model.services, report: reportPlaced(read, book) });
    book.stopOnErrors(locate);
  }
  checkModel(model, {
    compat: options.compat,
    format: read.format,
    report: reportMerged(read, book),
  });
  book.stopOnErrors(locate);
  const diagnostics = book.diagnostics(locate);
  const { sources } = read;
  return {
    model,
    profiles: profilesOf(merged),
    notices: collectNotices(read.files),
    diagnostics,
    sources,
    origin,
  };
}

/** A stack as requests to the engine, and what else the user should hear. */
export interface ConvertedStack {
  readonly spec: StackSpec;
  /** Warnings and notes of converting; those of loading are with the loaded stack. */
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Convert and check: what `deploy` and `plan` work on. Reads secret and config files.
 *
 * @param stack - name of the stack
 * @throws StackFileError with everything that docker or the engine would find late
 * @source spec/stack-file.md sections 8 to 13
 */
export function convertLoadedStack(loaded: LoadedStack, stack: string): ConvertedStack {
  const { read, readFile, options } = loaded.origin;
  const book = createProblemBook();
  const report = reportMerged(read, book);
  const { compat } = options;
  const { format } = read;
  const model = compat === 'docker' ? loaded.model : runToCompletion(loaded.model, report);
  const spec = convertStack(model, {
    stack,
    compat,
    format,
    readFile,
    scopeOf: read.scopeOf,
    report,
  });
  checkDeploy(loaded.model, { compat, format, report });
  checkSpec(spec, { compat, format, report });
  book.stopOnErrors(read.locate);
  const origin = createOrigin(read.files);
  return {
    spec: {
      ...spec,
      ...(rotatesContent(loaded.model) && { rotates: true }),
      locate: (path) => read.locate(origin(path)),
    },
    diagnostics: book.diagnostics(read.locate),
  };
}

function withName(model: StackModel, directory: string): StackModel {
  if (model.format === 'docker' || model.name !== undefined) return model;
  return { ...model, name: nameOfDirectory(directory) };
}

function normaliseFiles({ read, readFile, options }: StackOrigin, book: ProblemBook): StackModel[] {
  const envFiles = new Map<string, EnvFile>();
  return read.files.map((file, index) =>
    normaliseFile(file, {
      file: index,
      minor: Number(file.version.split('.')[1] ?? 0),
      scopeOf: read.scopeOf,
      compat: options.compat,
      format: read.format,
      report: reportPlaced(read, book),
      readFile,
      envFiles,
    }),
  );
}

/** Reports problems of the files' values where the parts of the values were written. */
function reportPlaced({ files }: ReadResult, book: ProblemBook): Report {
  const written = ({ file, path, part }: Place): Place => ({
    ...(files[file]?.place(path) ?? { file, path }),
    ...(part && { part }),
  });
  return (problem) => {
    book.report({ ...problem, place: problem.place && written(problem.place) });
  };
}

/** Reports problems of the merged model where they were written. */
function reportMerged(read: ReadResult, book: ProblemBook): MergedReport {
  const origin = createOrigin(read.files);
  return (path, problem) => {
    book.report({ ...problem, place: origin(path) });
  };
}

function stopped(book: ProblemBook, locate: Locate): Error {
  book.stopOnErrors(locate);
  return new InvariantError('reading gave nothing and reported nothing');
}
