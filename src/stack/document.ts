import { invariant } from '../base/invariant.ts';
import { LineIndex } from './line-index.ts';
import type { StackSource } from './load.ts';
import type { Problem, Report } from './report.ts';
import { type YamlMap, isYamlMap } from './yaml-values.ts';
import type { MergeMarks } from './yaml/merge-marks.ts';
import { readLocatedYaml, readMarkedYaml } from './yaml/read-yaml.ts';
import { YamlError, type YamlProblem } from './yaml/yaml-error.ts';

/**
 * One stack file as plain values.
 *
 * Reads without places first; only a broken file is read again, for places and for everything
 * that is wrong with it.
 * @returns undefined when the file is broken; every problem is reported
 * @source spec/stack-file.md section 4
 */
export function readDocument(source: StackSource, report: Report): YamlMap | undefined {
  return readMarkedDocument(source, report)?.tree;
}

/** A file as plain values, and where its tags for merging stand. */
export interface MarkedDocument {
  readonly tree: YamlMap;
  readonly marks: MergeMarks;
}

/** As `readDocument`, with the tags for merging. */
export function readMarkedDocument(
  source: StackSource,
  report: Report,
): MarkedDocument | undefined {
  const read = readFast(source.text);
  if (read === undefined) {
    const { problems } = readLocatedYaml(source.text);
    invariant(problems.length > 0, `the two readings of ${source.name} disagree`);
    const index = new LineIndex(source.name, source.text);
    for (const problem of problems) report(toProblem(problem, index));
    return undefined;
  }
  const { value, marks } = read;
  if (isYamlMap(value)) return { tree: value, marks };
  const start = { line: 1, column: 1 };
  report({
    code: 'top-level-not-mapping',
    severity: 'error',
    message: 'top-level object must be a mapping',
    span: { file: source.name, start, end: start },
    hint:
      value === null
        ? 'the file is empty; write at least "services: {}"'
        : 'write keys such as "services:" at the top of the file',
  });
  return undefined;
}

function readFast(text: string): ReturnType<typeof readMarkedYaml> | undefined {
  try {
    return readMarkedYaml(text);
  } catch (error) {
    if (error instanceof YamlError) return undefined;
    throw error;
  }
}

/** Codes whose text names a line in docker's words; the others never do. */
const WITH_LINE: ReadonlySet<YamlProblem['code']> = new Set([
  'yaml-syntax',
  'yaml-alias',
  'yaml-tag',
  'yaml-limit',
  'duplicate-key',
  'merge-not-mapping',
]);

function toProblem(problem: YamlProblem, index: LineIndex): Problem {
  const span = index.span(problem.extent);
  const { related } = problem;
  const first = related && index.span(related.extent);
  const isDuplicate = problem.code === 'duplicate-key' && first;
  const message = isDuplicate ? `${problem.message} at line ${first.start.line}` : problem.message;
  return {
    code: problem.code,
    severity: 'error',
    message: WITH_LINE.has(problem.code) ? `yaml: line ${span.start.line}: ${message}` : message,
    span,
    ...(related && first ? { related: [{ message: related.message, span: first }] } : {}),
    hint: problem.hint,
  };
}
