import { httpError } from '../http-errors.ts';
import { JsonMembers, JsonNumber, type JsonTree } from './parse-json.ts';

/** Where a value stands: the name of the outermost type, and the fields that lead to it. */
export interface FieldPath {
  readonly root: string;
  readonly fields: readonly string[];
}

/**
 * How a Go type takes JSON: what it accepts, what it makes of it, and how it complains.
 *
 * `decode` gives undefined for what the type does not tell from absence.
 */
export interface Shape {
  readonly goType: string;
  decode(tree: Exclude<JsonTree, null>, path: FieldPath): unknown;
}

/**
 * Decodes as Go does: names without regard to case, unknown ones ignored, null is absence.
 * @throws HttpError 400 `invalid JSON: json: cannot unmarshal …`
 * @source spec/engine-api.md section 1.3
 */
export function decodeJson(shape: Shape, tree: JsonTree): unknown {
  const root = shape.goType.slice(shape.goType.lastIndexOf('.') + 1);
  return tree === null ? undefined : shape.decode(tree, { root, fields: [] });
}

export const text: Shape = textOf('string');

/** A Go type whose values are texts. */
export function textOf(goType: string): Shape {
  return {
    goType,
    decode: (tree, path) => (typeof tree === 'string' ? tree : mismatch(tree, goType, path)),
  };
}

export const bool: Shape = {
  goType: 'bool',
  decode: (tree, path) => (typeof tree === 'boolean' ? tree : mismatch(tree, 'bool', path)),
};

interface IntegerLimits {
  readonly min: bigint;
  readonly max: bigint;
}

const INT64: IntegerLimits = { min: -(2n ** 63n), max: 2n ** 63n - 1n };

/** An integer type; beyond 2^53 the value is rounded, as all of JavaScript's numbers are. */
function integer(goType: string, limits: IntegerLimits): Shape {
  return {
    goType,
    decode(tree, path) {
      if (!(tree instanceof JsonNumber)) return mismatch(tree, goType, path);
      if (!/^-?\d{1,20}$/.test(tree.text)) return mismatch(tree, goType, path);
      const value = BigInt(tree.text);
      const fits = value >= limits.min && value <= limits.max;
      return fits ? Number(value) : mismatch(tree, goType, path);
    },
  };
}

export const int64: Shape = integer('int64', INT64);
export const int: Shape = integer('int', INT64);
export const duration: Shape = integer('time.Duration', INT64);
export const uint64: Shape = integer('uint64', { min: 0n, max: 2n ** 64n - 1n });
export const uint32: Shape = integer('uint32', { min: 0n, max: 2n ** 32n - 1n });
export const fileMode: Shape = integer('fs.FileMode', { min: 0n, max: 2n ** 32n - 1n });

/** A number with a fraction. */
export function float(goType: 'float32' | 'float64'): Shape {
  return {
    goType,
    decode: (tree, path) =>
      tree instanceof JsonNumber ? Number(tree.text) : mismatch(tree, goType, path),
  };
}

/** Bytes, as padded standard base64; kept in that form. */
export const bytes: Shape = {
  goType: '[]uint8',
  decode(tree, path) {
    if (typeof tree !== 'string') return mismatch(tree, '[]uint8', path);
    const at = firstBadBase64(tree);
    if (at === undefined) return tree.replaceAll(/[\r\n]/g, '');
    throw httpError('invalid-argument', `invalid JSON: illegal base64 data at input byte ${at}`);
  },
};

export function list(item: Shape): Shape {
  const goType = `[]${item.goType}`;
  return {
    goType,
    decode(tree, path) {
      if (!Array.isArray(tree)) return mismatch(tree, goType, path);
      const items = tree as readonly JsonTree[];
      return items.map((one) => (one === null ? zeroOf(item) : item.decode(one, path)));
    },
  };
}

/** A map from texts; values of null are dropped from maps of structs, empty in maps of texts. */
export function map(value: Shape): Shape {
  const goType = `map[string]${value.goType}`;
  return {
    goType,
    decode(tree, path) {
      if (!(tree instanceof JsonMembers)) return mismatch(tree, goType, path);
      return Object.fromEntries(
        tree.entries.map(([key, one]) => [
          key,
          one === null ? zeroOf(value) : value.decode(one, path),
        ]),
      );
    },
  };
}

/** A struct: its fields by their exact names. */
export function struct(goType: string, fields: Readonly<Record<string, Shape>>): Shape {
  const byName = new Map(Object.entries(fields));
  const byFold = new Map([...byName.keys()].map((name) => [name.toLowerCase(), name]));
  return {
    goType,
    decode(tree, path) {
      if (!(tree instanceof JsonMembers)) return mismatch(tree, goType, path);
      const value = new Map<string, unknown>();
      for (const [key, one] of tree.entries) {
        const name = byName.has(key) ? key : byFold.get(key.toLowerCase());
        const shape = name === undefined ? undefined : byName.get(name);
        if (name === undefined || !shape || one === null) continue;
        value.set(name, shape.decode(one, { ...path, fields: [...path.fields, name] }));
      }
      return Object.fromEntries(value);
    },
  };
}

/** Any value, as JSON.parse gives it. */
export const anything: Shape = { goType: 'interface {}', decode: (tree) => plain(tree) };

function plain(tree: JsonTree): unknown {
  if (tree instanceof JsonNumber) return Number(tree.text);
  if (tree instanceof JsonMembers) {
    return Object.fromEntries(tree.entries.map(([key, one]) => [key, plain(one)]));
  }
  return Array.isArray(tree) ? (tree as readonly JsonTree[]).map(plain) : tree;
}

/** What null among items or map values becomes. */
function zeroOf({ goType }: Shape): unknown {
  if (goType.startsWith('[]')) return [];
  if (goType === 'string') return '';
  return goType.startsWith('map[') || goType.includes('.') ? {} : 0;
}

function mismatch(tree: JsonTree, goType: string, { root, fields }: FieldPath): never {
  const place = fields.length > 0 ? `Go struct field ${root}.${fields.join('.')}` : 'Go value';
  const why = `json: cannot unmarshal ${wordFor(tree, goType)} into ${place} of type ${goType}`;
  throw httpError('invalid-argument', `invalid JSON: ${why}`);
}

/** Go names a number's text where the type is numeric, else only its kind. */
function wordFor(tree: JsonTree, goType: string): string {
  if (tree instanceof JsonNumber) {
    return /^(?:u?int\d*|float\d+|time\.Duration|fs\.FileMode)$/.test(goType)
      ? `number ${tree.text}`
      : 'number';
  }
  if (tree instanceof JsonMembers) return 'object';
  if (Array.isArray(tree)) return 'array';
  return typeof tree === 'boolean' ? 'bool' : 'string';
}

/** The first byte that is no base64; undefined when all is well. Line breaks do not count. */
function firstBadBase64(encoded: string): number | undefined {
  const bad = /[^A-Za-z0-9+/\r\n]/.exec(encoded)?.index ?? encoded.length;
  const tail = encoded.slice(bad).replaceAll(/[\r\n]/g, '');
  const digits = encoded.slice(0, bad).replaceAll(/[\r\n]/g, '').length;
  const wanted = ['', undefined, '==', '='][digits % 4];
  if (tail === wanted) return undefined;
  if (tail.startsWith('=') && wanted?.startsWith(tail)) return encoded.length;
  return wanted && tail.startsWith(wanted) ? bad + wanted.length : bad;
}
