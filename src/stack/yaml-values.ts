/**
 * Scalars that plain JSON cannot tell apart, as go-yaml reads them.
 *
 * A tree of a stack file holds null, boolean, string, number, arrays, plain objects (null
 * prototype) and these. A `number` that is an integer was written as an integer.
 * @source spec/stack-file.md section 4
 */
export type YamlScalar = null | boolean | string | number | bigint | YamlFloat | YamlTimestamp;

export type YamlValue = YamlScalar | readonly YamlValue[] | YamlMap;

export interface YamlMap {
  readonly [key: string]: YamlValue;
}

/** A float literal whose value is a whole number: `2.0`, `1e6`, `-0.0`. Others stay `number`. */
export class YamlFloat {
  readonly value: number;
  constructor(value: number) {
    this.value = value;
  }
}

/** `2024-01-02` or a full ISO timestamp, unquoted. */
export class YamlTimestamp {
  /** As written. */
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** Whether a value is a mapping of the tree (not one of the scalar classes). */
export function isYamlMap(value: unknown): value is YamlMap {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof YamlFloat) &&
    !(value instanceof YamlTimestamp)
  );
}
