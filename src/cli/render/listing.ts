import type { TemplateMap } from '../../base/go-template/value.ts';

/** Rows of one kind of thing, and how its fields are shown; every output format reads this. */
export interface Listing {
  /** Column titles by field name: all fields a template may use. */
  readonly titles: Readonly<Record<string, string>>;
  /** Fields of the default table, in order. */
  readonly columns: readonly string[];
  readonly rows: readonly TemplateMap[];
  /** Rows as tables show them, when that differs (`ps` marks the history of a slot). */
  readonly tableRows?: readonly TemplateMap[];
  /** Fields and their names in `raw`, in order; absent means the format is refused. */
  readonly raw?: readonly (readonly [name: string, field: string])[];
  /** The field `--quiet` prints. */
  readonly quietField: string;
}
