/** What `tstack explain CODE` says. */
export interface Explanation {
  /** Why the code is raised. */
  readonly cause: string;
  /** What raises it. */
  readonly example: string;
  /** What to do. */
  readonly fix: string;
}

/** Explanations by code. */
export type Explanations = Readonly<Record<string, Explanation>>;

/** States many explanations, each as cause, example, fix. */
export function explanations(
  table: Readonly<Record<string, readonly [cause: string, example: string, fix: string]>>,
): Explanations {
  return Object.fromEntries(
    Object.entries(table).map(([code, [cause, example, fix]]) => [code, { cause, example, fix }]),
  );
}
