import type { Span } from '../base/diagnostic.ts';
import { readDocument } from './document.ts';
import type { Format } from './format.ts';
import { interpolate } from './interpolate.ts';
import type { LoadedSources } from './load.ts';
import { createLocator } from './locate.ts';
import type { Place, Report } from './report.ts';
import { checkForbidden } from './forbidden-options.ts';
import { isDockerDocument, validate } from './validate.ts';
import { validateCompose } from './validate-compose.ts';
import { checkSameVersion, versionOf, type FileVersion } from './version.ts';
import type { YamlMap } from './yaml-values.ts';

/** How far the docker command's own defects are reproduced: not at all, or exactly. */
export type Compat = 'none' | 'docker';

/** What reading needs besides the files. */
export interface ReadOptions {
  readonly compat: Compat;
  /** Leaves every `$` alone (`config --skip-interpolation`). */
  readonly skipInterpolation?: boolean;
  /** The process environment, the only source of variables. */
  readonly env: Readonly<Record<string, string>>;
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
  /** Interpolated and valid for its version. */
  readonly value: YamlMap;
}

/** All files of one call, ready to merge left to right. */
export interface ReadResult {
  readonly files: readonly StackFile[];
  /** Of all files together. */
  readonly format: Format;
  /** Base of `env_file`, bind sources and secret/config files of all files. */
  readonly projectDirectory: string;
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
  { sources, projectDirectory }: LoadedSources,
  options: ReadOptions,
  report: Report,
): ReadResult | undefined {
  const counting = countErrors(report);
  const documents = sources.map((source) => readDocument(source, counting.report));
  const versions = documents.map((raw, file) => raw && versionOf(raw, file, counting.report));
  if (counting.errors === 0) checkSameVersion(versions.filter(isDefined), counting.report);
  const format = chooseFormat(documents.filter(isDefined), versions.filter(isDefined), options);
  const files: StackFile[] = [];
  for (const [file, source] of sources.entries()) {
    const raw = documents[file];
    const version = versions[file];
    if (!raw || !version) continue;
    const value = readFile({ file, raw, format, ...version }, options, counting.report);
    files.push({ ...source, ...version, raw, value });
  }
  if (counting.errors > 0) return undefined;
  return { files, format, projectDirectory, locate: createLocator(sources) };
}

/** @source D-0220 */
function chooseFormat(
  documents: readonly YamlMap[],
  versions: readonly FileVersion[],
  { compat }: ReadOptions,
): Format {
  if (compat === 'docker' || versions.some(({ versionGiven }) => versionGiven)) return 'docker';
  return documents.every(isDockerDocument) ? 'docker' : 'compose';
}

interface FileInput {
  readonly file: number;
  readonly raw: YamlMap;
  readonly version: string;
  readonly format: Format;
}

function readFile(
  { file, raw, version, format }: FileInput,
  options: ReadOptions,
  report: Report,
): YamlMap {
  const { compat, env } = options;
  checkForbidden(raw, { file, format }, report);
  const counting = countErrors(report);
  const tree =
    options.skipInterpolation === true
      ? raw
      : interpolate(raw, { file, env, compat }, counting.report);
  // What a broken template left behind would be reported once more.
  if (counting.errors > 0) return tree;
  if (format === 'compose') validateCompose({ file, tree }, report);
  else validate({ file, version, compat, tree }, report);
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
