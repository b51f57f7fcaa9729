/** A stretch of the text, in UTF-16 offsets; `end` is exclusive. */
export interface Extent {
  readonly start: number;
  readonly end: number;
}

/** What the YAML reading found wrong, still in offsets. */
export interface YamlProblem {
  readonly code:
    | 'yaml-syntax'
    | 'yaml-alias'
    | 'yaml-tag'
    | 'yaml-limit'
    | 'duplicate-key'
    | 'key-not-string'
    | 'number-not-finite'
    | 'merge-not-mapping';
  /** Without the line; the diagnostic puts it in front, as docker does. */
  readonly message: string;
  readonly extent: Extent;
  readonly related?: { readonly message: string; readonly extent: Extent };
  readonly hint?: string;
}

/** Reading cannot go on behind this problem. Never leaves the `yaml` folder's entry points. */
export class YamlError extends Error {
  override readonly name = 'YamlError';
  readonly problem: YamlProblem;
  constructor(problem: YamlProblem) {
    super(problem.message);
    this.problem = problem;
  }
}

/** @throws YamlError always */
export function failSyntax(message: string, extent: Extent, hint?: string): never {
  throw new YamlError({ code: 'yaml-syntax', message, extent, ...(hint ? { hint } : {}) });
}
