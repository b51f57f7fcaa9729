import type { Severity, Span } from '../base/diagnostic.ts';

/** Keys and indices from the top of one file: `['services', 'web', 'ports', 0]`. */
export type Path = readonly (string | number)[];

/** A place in one of the input files; turned into a span when somebody wants to see it. */
export interface Place {
  /** Index into the input files, in command line order. */
  readonly file: number;
  readonly path: Path;
  /** Underline the key or (default) the value. */
  readonly part?: 'key' | 'value';
}

/** A diagnostic whose place is still a path: phases work on plain values and never on positions. */
export interface Problem {
  readonly code: string;
  readonly severity: Severity;
  readonly message: string;
  readonly place?: Place | undefined;
  /** Where reading itself stopped: there is no path yet. Wins over `place`. */
  readonly span?: Span | undefined;
  readonly related?: readonly {
    readonly message: string;
    readonly place?: Place;
    readonly span?: Span;
  }[];
  readonly hint?: string | undefined;
}

/** Takes problems; the phase goes on, so the user hears of all of them. */
export type Report = (problem: Problem) => void;
