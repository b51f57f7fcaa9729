import type { Diagnostic } from '../base/diagnostic.ts';
import { StackFileError } from '../base/errors.ts';
import { toDiagnostic, type Locate } from './locate.ts';
import type { Problem, Report } from './report.ts';

/** A user sees no more than this many errors of one run. */
const MAX_DIAGNOSTICS = 100;

/** Takes the problems of all phases and stops the pipeline after one that found errors. */
export interface ProblemBook {
  readonly report: Report;
  /** @throws StackFileError with every problem so far, when one is an error */
  stopOnErrors(locate: Locate): void;
  /** Everything reported, located, in file order. */
  diagnostics(locate: Locate): readonly Diagnostic[];
}

/** An empty book. */
export function createProblemBook(): ProblemBook {
  const problems: Problem[] = [];
  // Errors first: warnings must not push them over the cap.
  const chosen = (): readonly Problem[] =>
    problems.toSorted((a, b) => rank(a) - rank(b)).slice(0, MAX_DIAGNOSTICS);
  const diagnostics = (locate: Locate): readonly Diagnostic[] =>
    chosen()
      .map((problem) => ({ problem, diagnostic: toDiagnostic(problem, locate) }))
      .sort(compareByPlace)
      .map(({ diagnostic }) => diagnostic);
  return {
    report: (problem) => {
      problems.push(problem);
    },
    stopOnErrors: (locate) => {
      if (problems.some(({ severity }) => severity === 'error')) {
        throw new StackFileError(diagnostics(locate));
      }
    },
    diagnostics,
  };
}

function rank({ severity }: Problem): number {
  return severity === 'error' ? 0 : 1;
}

interface Located {
  readonly problem: Problem;
  readonly diagnostic: Diagnostic;
}

/** File order, then place; what has no place comes first. */
function compareByPlace(a: Located, b: Located): number {
  const [left, right] = [sortKey(a), sortKey(b)];
  const at = left.findIndex((part, index) => part !== right[index]);
  return at < 0 ? 0 : (left[at] ?? 0) - (right[at] ?? 0);
}

function sortKey({ problem, diagnostic }: Located): readonly number[] {
  const { line, column } = diagnostic.span?.start ?? { line: 0, column: 0 };
  return [problem.place?.file ?? -1, line, column];
}
