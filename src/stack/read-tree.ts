import { decodeText } from './decode-text.ts';
import { readMarkedDocument, type MarkedDocument } from './document.ts';
import { checkForbidden } from './forbidden-options.ts';
import { interpolate } from './interpolate.ts';
import { describeFailure } from './load.ts';
import { takeMergeTags } from './merge-tags.ts';
import { displayPath } from './paths.ts';
import type { Provenance, Traced } from './provenance.ts';
import type { ReadFile } from './read-file.ts';
import type { ReadOptions } from './read-stack.ts';
import type { Path, Place, Report } from './report.ts';
import { MAX_FILES, type SourceBook, type SourceScope } from './source-book.ts';
import { validateCompose } from './validate-compose.ts';
import type { YamlMap } from './yaml-values.ts';

/** What reading the files of a project works with. */
export interface ReadContext {
  readonly book: SourceBook;
  readonly provenance: Provenance;
  readonly readFile: ReadFile;
  /** Absolute. */
  readonly workingDirectory: string;
  readonly options: ReadOptions;
  readonly report: Report;
}

/** One file of a project: interpolated, valid, without merge tags. */
export interface ReadTree {
  /** Index in the book. */
  readonly file: number;
  readonly root: Traced<YamlMap>;
  /** Where earlier files (and extended services) say nothing any more. */
  readonly replaced: readonly Path[];
}

/** Interpolates and validates a document; undefined when something is wrong, which is reported. */
export function readTree(
  file: number,
  { tree, marks }: MarkedDocument,
  context: ReadContext,
): ReadTree | undefined {
  const { book, options } = context;
  let errors = 0;
  const report: Report = (problem) => {
    if (problem.severity === 'error') errors += 1;
    context.report(problem);
  };
  const untagged = takeMergeTags(tree, { marks, file, report });
  book.keep(file, untagged.tree);
  checkForbidden(untagged.tree, { file, format: 'compose' }, report);
  const { compat } = options;
  const { values: env } = book.scopeOf(file).env;
  const value =
    options.skipInterpolation === true
      ? untagged.tree
      : interpolate(untagged.tree, { file, env, compat, format: 'compose' }, report);
  // What a broken template left behind would be reported once more.
  if (errors === 0) validateCompose({ file, tree: value }, report);
  if (errors > 0) return undefined;
  return { file, root: { value, place: { file, path: [] } }, replaced: untagged.replaced };
}

/** A file that another file names. */
export interface FileRequest {
  /** Absolute. */
  readonly path: string;
  /** Where it is named. */
  readonly place: Place;
  readonly scope: SourceScope;
}

/** Reads a file that another file names; undefined when something is wrong, which is reported. */
export function openTree(request: FileRequest, context: ReadContext): ReadTree | undefined {
  const { book, report } = context;
  const { place, scope } = request;
  const name = displayPath(request.path, context.workingDirectory);
  const content = context.readFile(name);
  if (content.kind === 'error') {
    const hint = 'the path is relative to the directory of the file that names it';
    const message = describeFailure(name, content);
    report({ code: 'file-not-readable', severity: 'error', message, place, hint });
    return undefined;
  }
  if (!book.hasRoomFor(content.bytes.length)) {
    report({
      code: 'too-many-files',
      severity: 'error',
      message: `${name}: the files of a stack may be ${MAX_FILES} and have 64 MiB together`,
      place,
      hint: 'include and extend fewer files',
    });
    return undefined;
  }
  const text = decodeText(name, content.bytes, report);
  if (text === undefined) return undefined;
  const document = readMarkedDocument({ name, text }, report);
  const file = book.add({ name, text }, scope);
  return document && readTree(file, document, context);
}
