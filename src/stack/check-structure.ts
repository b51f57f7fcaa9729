import { EXPLAIN_FORMAT } from './formats.ts';
import type { KeyFacts, Shape, ValueType } from './keys/table/shape.ts';
import type { Path } from './report.ts';
import {
  isYamlMap,
  YamlFloat,
  YamlTimestamp,
  type YamlMap,
  type YamlValue,
} from './yaml-values.ts';
import { firstDuplicate } from './first-duplicate.ts';

/** One thing in a file that its shape does not allow, in the words of JSON Schema. */
export interface Violation {
  readonly keyword:
    | 'type'
    | 'additionalProperties'
    | 'propertyNames'
    | 'required'
    | 'uniqueItems'
    | 'enum'
    | 'minimum'
    | 'format';
  readonly path: Path;
  readonly params: Readonly<Record<string, unknown>>;
}

const NAME = /^[a-zA-Z0-9._-]+$/;

/**
 * Everything in a file that the key table does not allow.
 *
 * A text with a `$` is taken for anything when `isRaw`: its variables are not filled in yet.
 */
export function violationsOf(
  tree: YamlMap,
  shape: Shape,
  { isRaw = false }: { isRaw?: boolean } = {},
): readonly Violation[] {
  const walk = new Walk(isRaw);
  walk.value(tree, shape);
  return walk.found;
}

class Walk {
  readonly found: Violation[] = [];
  readonly #path: (string | number)[] = [];
  readonly #isRaw: boolean;

  constructor(isRaw: boolean) {
    this.#isRaw = isRaw;
  }

  value(value: YamlValue, shape: Shape): void {
    if (this.#isRaw && typeof value === 'string' && value.includes('$')) return;
    if (!isOfShape(value, shape)) {
      this.#report('type', { type: shape.reads ?? shape.types.map(schemaType) });
    } else if (Array.isArray(value)) this.#list(value as readonly YamlValue[], shape);
    else if (isYamlMap(value)) this.#mapping(value, shape);
    else this.#scalar(value, shape);
  }

  #list(list: readonly YamlValue[], { items, unique }: Shape): void {
    if (items) for (const [index, item] of list.entries()) this.#inside(index, item, items);
    const pair = unique === true ? firstDuplicate(list) : undefined;
    if (pair) this.#report('uniqueItems', { i: pair[0], j: pair[1] });
  }

  #mapping(map: YamlMap, shape: Shape): void {
    for (const key of Object.keys(map)) {
      const known = shapeOfKey(shape, key);
      if (known === 'unknown') {
        const keys = Object.keys(shape.keys ?? {});
        const isName = shape.names === true;
        if (key === '') this.#report('propertyNames', {});
        else this.#report('additionalProperties', { additionalProperty: key, known: keys, isName });
      } else if (known) this.#inside(key, map[key] ?? null, known);
    }
    for (const key of shape.required ?? []) {
      if (!Object.hasOwn(map, key)) this.#report('required', { missingProperty: key });
    }
  }

  #inside(step: string | number, value: YamlValue, shape: Shape): void {
    this.#path.push(step);
    this.value(value, shape);
    this.#path.pop();
  }

  #scalar(value: YamlValue, { words, format, minimum }: Shape): void {
    if (typeof value === 'string') {
      if (words && !words.includes(value)) this.#report('enum', { allowedValues: words });
      if (format && EXPLAIN_FORMAT[format](value) !== undefined) this.#report('format', { format });
    } else if (typeof value === 'number') {
      if (minimum !== undefined && value < minimum) this.#report('minimum', { limit: minimum });
      if (format === 'ports' && value > 65_535) this.#report('minimum', { limit: 65_535 });
    }
  }

  #report(keyword: Violation['keyword'], params: Violation['params']): void {
    this.found.push({ keyword, path: [...this.#path], params });
  }
}

/** What a key of a mapping holds; undefined when anything (`x-`). */
export function shapeOfKey(shape: Shape, key: string): Shape | KeyFacts | 'unknown' | undefined {
  if (shape.keys && Object.hasOwn(shape.keys, key)) return shape.keys[key];
  if (shape.closed !== true && key.startsWith('x-')) return undefined;
  if (shape.entries && key !== '' && (shape.names !== true || NAME.test(key))) return shape.entries;
  return shape.keys || shape.entries ? 'unknown' : undefined;
}

/** How texts of each kind are written. */
const READS: Readonly<Record<NonNullable<Shape['reads']>, RegExp>> = {
  boolean: /^(?:true|false|yes|no|y|n|on|off|1|0)$/i,
  integer: /^[-+]?\d+$/,
  number: /^[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?$/,
};

function isOfShape(value: YamlValue, { types, reads }: Shape): boolean {
  if (reads && typeof value === 'string') return READS[reads].test(value);
  return types.some((type) => isOfType(value, type));
}

/** The shape of a place; undefined where anything may stand, or nothing. */
export function shapeAt(root: Shape, path: Path): Shape | undefined {
  let shape: Shape | undefined = root;
  for (const step of path) {
    const next: ReturnType<typeof shapeOfKey> =
      typeof step === 'number' ? shape.items : shapeOfKey(shape, step);
    if (!next || next === 'unknown') return undefined;
    shape = next;
  }
  return shape;
}

function isOfType(value: YamlValue, type: ValueType): boolean {
  switch (type) {
    case 'string':
      return typeof value === 'string' || value instanceof YamlTimestamp;
    case 'integer':
      return isWhole(value);
    case 'number':
      return isWhole(value) || typeof value === 'number' || value instanceof YamlFloat;
    case 'boolean':
      return typeof value === 'boolean';
    case 'null':
      return value === null;
    case 'list':
      return Array.isArray(value);
    case 'mapping':
      return isYamlMap(value);
  }
}

function isWhole(value: YamlValue): boolean {
  return (
    typeof value === 'bigint' ||
    (typeof value === 'number' && Number.isInteger(value)) ||
    value instanceof YamlFloat
  );
}

function schemaType(type: ValueType): string {
  if (type === 'mapping') return 'object';
  return type === 'list' ? 'array' : type;
}
