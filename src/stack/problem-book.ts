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
  const diagnostics = (locate: Locate): readonly Diagnostic[] =>
    problems.slice(0, MAX_DIAGNOSTICS).map((problem) => toDiagnostic(problem, locate));
  return {
    report: (problem) => {
      problems.push(problem);
    },
    stopOnErrors: (locate) => {
      if (!problems.some(({ severity }) => severity === 'error')) return;
      // Errors first: warnings must not push them over the cap.
      problems.sort((a, b) => Number(b.severity === 'error') - Number(a.severity === 'error'));
      throw new StackFileError(diagnostics(locate));
    },
    diagnostics,
  };
}
