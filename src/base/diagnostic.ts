/** 1-based line and column (in UTF-16 units). */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** A stretch of one source file; `end` is exclusive. */
export interface Span {
  /** As the user wrote it on the command line, `<stdin>` for `-`. */
  readonly file: string;
  readonly start: Position;
  readonly end: Position;
}

export type Severity = 'error' | 'warning' | 'note';

/** One problem in the user's input, as data. */
export interface Diagnostic {
  /** Stable kebab-case word, owned by the file that raises it. */
  readonly code: string;
  readonly severity: Severity;
  readonly message: string;
  /** Absent only where there is no file (a missing one, a flag). */
  readonly span?: Span | undefined;
  readonly related?: readonly { readonly message: string; readonly span: Span }[];
  /** The next step. */
  readonly hint?: string | undefined;
}

/** One source text, for excerpts. */
export interface SourceFile {
  readonly file: string;
  readonly text: string;
}
